import type { Stored } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { Service } from '../api/types.generated.ts';
import { setServiceDefaults } from './defaults/service.ts';
import { allocateService, updateServiceAllocations } from './service-allocation.ts';
import { validateService, validateServiceStatus, validateServiceUpdate } from './validation/service.ts';
import { serviceWarnings } from './validation/service-warnings.ts';
import { labelsText } from './workload-columns.ts';

/** kubernetes: pkg/registry/core/service/strategy.go, storage/storage.go */
export const serviceStrategy: Strategy<Service> = {
  setDefaults: setServiceDefaults,
  nameRule: 'label',
  prepareForCreate(service, context) {
    service.status = { loadBalancer: {} };
    allocateService(service, context);
  },
  prepareForUpdate: updateServiceAllocations,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  warnings: serviceWarnings,
  selectableFields: (service) => ({
    'spec.clusterIP': service.spec?.clusterIP ?? '',
    'spec.type': service.spec?.type ?? '',
  }),
  columns: [
    nameColumn,
    { name: 'Type', value: (s) => s.spec?.type ?? '' },
    { name: 'Cluster-IP', value: (s) => s.spec?.clusterIPs?.[0] || s.spec?.clusterIP || '<none>' },
    { name: 'External-IP', value: externalAddress },
    { name: 'Port(s)', value: portsText },
    ageColumn,
    { name: 'Selector', priority: 1, value: (s) => labelsText(s.spec?.selector) },
  ],
};

function externalAddress(service: Stored<Service>): string {
  const { type, externalIPs = [], externalName } = service.spec ?? {};
  const given = externalIPs.join(',');
  if (type === 'ExternalName') return externalName ?? '';
  if (type !== 'LoadBalancer') return given || '<none>';
  const ingress = (service.status?.loadBalancer?.ingress ?? [])
    .map((i) => i.ip || i.hostname || '')
    .filter((a) => a !== '');
  const all = [...ingress, ...externalIPs];
  return all.length > 0 ? all.join(',') : '<pending>';
}

function portsText(service: Stored<Service>): string {
  const ports = service.spec?.ports ?? [];
  if (ports.length === 0) return '<none>';
  return ports.map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`).join(',');
}

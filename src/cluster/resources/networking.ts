import type { Stored } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type {
  EndpointSlice,
  Ingress,
  IngressClass,
  IPAddress,
  NetworkPolicy,
  ServiceCIDR,
} from '../api/types.generated.ts';
import { selectorColumn } from './core.ts';
import { setEndpointSliceDefaults, setNetworkPolicyDefaults } from './defaults/networking.ts';
import {
  validateEndpointSlice,
  validateEndpointSliceUpdate,
  validateIngress,
  validateIngressClass,
  validateIngressClassUpdate,
  validateNetworkPolicy,
} from './validation/networking.ts';
import { validateIngressPoints } from './validation/service.ts';
import { validateServiceCidr, validateServiceCidrUpdate } from './validation/service-cidr.ts';
import { endpointSliceWarnings, ingressWarnings } from './validation/service-warnings.ts';

/** At most three, then how many more. */
function some(items: readonly string[], none: string): string {
  if (items.length === 0) return none;
  return items.length > 3 ? `${items.slice(0, 3).join(',')} + ${items.length - 3} more...` : items.join(',');
}

export const endpointSliceStrategy: Strategy<EndpointSlice> = {
  setDefaults: setEndpointSliceDefaults,
  generation: true,
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  warnings: endpointSliceWarnings,
  columns: [
    nameColumn,
    { name: 'AddressType', value: (s) => s.addressType ?? '' },
    {
      name: 'Ports',
      value: (s) =>
        s.ports === undefined || s.ports === null || s.ports.length === 0
          ? '<unset>'
          : some(
              s.ports.map((p) => (p.port ? String(p.port) : '*')),
              '<unset>',
            ),
    },
    {
      name: 'Endpoints',
      value: (s) =>
        some(
          (s.endpoints ?? []).flatMap((e) => e.addresses),
          '<unset>',
        ),
    },
    ageColumn,
  ],
};

function hosts(ingress: Stored<Ingress>): string {
  const names = (ingress.spec?.rules ?? []).map((rule) => rule.host ?? '').filter((host) => host !== '');
  return names.length === 0 ? '*' : some(names, '*');
}

function address(ingress: Stored<Ingress>): string {
  return (ingress.status?.loadBalancer?.ingress ?? [])
    .map((i) => i.ip || i.hostname || '')
    .filter((a) => a !== '')
    .join(',');
}

export const ingressStrategy: Strategy<Ingress> = {
  generation: true,
  prepareForCreate(ingress) {
    ingress.status = { loadBalancer: {} };
  },
  validate: validateIngress,
  warnings: ingressWarnings,
  validateUpdate: validateIngress,
  validateStatusUpdate: (ingress) =>
    validateIngressPoints(ingress.status?.loadBalancer?.ingress ?? [], 'status.loadBalancer.ingress', false),
  columns: [
    nameColumn,
    {
      name: 'Class',
      value: (i) => i.spec?.ingressClassName ?? '<none>',
    },
    { name: 'Hosts', value: hosts },
    { name: 'Address', value: address },
    { name: 'Ports', value: (i) => (i.spec?.tls?.length ? '80, 443' : '80') },
    ageColumn,
  ],
};

function parametersText(ingressClass: Stored<IngressClass>): string {
  const parameters = ingressClass.spec?.parameters;
  if (!parameters) return '<none>';
  const kind = parameters.apiGroup ? `${parameters.kind}.${parameters.apiGroup}` : parameters.kind;
  return `${kind}/${parameters.name}`;
}

export const ingressClassStrategy: Strategy<IngressClass> = {
  generation: true,
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
  columns: [
    {
      ...nameColumn,
      value: (c) =>
        c.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
          ? `${c.metadata.name} (default)`
          : c.metadata.name,
    },
    { name: 'Controller', value: (c) => c.spec?.controller ?? '' },
    { name: 'Parameters', value: parametersText },
    ageColumn,
  ],
};

export const networkPolicyStrategy: Strategy<NetworkPolicy> = {
  setDefaults: setNetworkPolicyDefaults,
  generation: true,
  validate: validateNetworkPolicy,
  validateUpdate: validateNetworkPolicy,
  columns: [nameColumn, { name: 'Pod-Selector', value: selectorColumn }, ageColumn],
};

export const serviceCidrStrategy: Strategy<ServiceCIDR> = {
  validate: validateServiceCidr,
  validateUpdate: validateServiceCidrUpdate,
  columns: [nameColumn, { name: 'CIDRs', value: (c) => (c.spec?.cidrs ?? []).join(',') }, ageColumn],
};

export const ipAddressStrategy: Strategy<IPAddress> = {
  columns: [
    nameColumn,
    {
      name: 'ParentRef',
      value: (ip) => {
        const parent = ip.spec?.parentRef;
        const resource = parent?.group ? `${parent.resource}.${parent.group}` : (parent?.resource ?? '');
        return `${resource}/${parent?.namespace ? `${parent.namespace}/` : ''}${parent?.name ?? ''}`;
      },
    },
  ],
};

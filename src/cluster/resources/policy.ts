import type { Stored } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { ageColumn, ageSince, nameColumn } from '../api/table.ts';
import type {
  CertificateSigningRequest,
  ControllerRevision,
  HorizontalPodAutoscaler,
  PodDisruptionBudget,
  PriorityClass,
  RuntimeClass,
} from '../api/types.generated.ts';
import { setHpaDefaults, setPriorityClassDefaults } from './defaults/policy.ts';
import { hpaTargets } from './hpa-targets.ts';
import { validateCertificateSigningRequest } from './validation/certificates.ts';
import {
  validateHpa,
  validatePdb,
  validatePdbStatus,
  validatePdbUpdate,
  validatePriorityClass,
  validatePriorityClassUpdate,
  validateRuntimeClass,
  validateRuntimeClassUpdate,
} from './validation/policy.ts';

export const hpaStrategy: Strategy<HorizontalPodAutoscaler> = {
  setDefaults: setHpaDefaults,
  prepareForCreate(hpa) {
    // Go writes this list even when there is none.
    hpa.status = { currentMetrics: null, desiredReplicas: 0 } as unknown as HorizontalPodAutoscaler['status'];
  },
  validate: validateHpa,
  validateUpdate: validateHpa,
  columns: [
    nameColumn,
    { name: 'Reference', value: (h) => `${h.spec?.scaleTargetRef?.kind}/${h.spec?.scaleTargetRef?.name}` },
    { name: 'Targets', value: hpaTargets },
    { name: 'MinPods', value: (h) => String(h.spec?.minReplicas ?? '<unset>') },
    { name: 'MaxPods', type: 'integer', value: (h) => h.spec?.maxReplicas ?? 0 },
    { name: 'Replicas', type: 'integer', value: (h) => h.status?.currentReplicas ?? 0 },
    ageColumn,
  ],
};

export const podDisruptionBudgetStrategy: Strategy<PodDisruptionBudget> = {
  generation: true,
  prepareForCreate(budget) {
    budget.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  },
  validate: validatePdb,
  validateUpdate: validatePdbUpdate,
  validateStatusUpdate: validatePdbStatus,
  columns: [
    nameColumn,
    { name: 'Min Available', value: (p) => String(p.spec?.minAvailable ?? 'N/A') },
    { name: 'Max Unavailable', value: (p) => String(p.spec?.maxUnavailable ?? 'N/A') },
    { name: 'Allowed Disruptions', type: 'integer', value: (p) => p.status?.disruptionsAllowed ?? 0 },
    ageColumn,
  ],
};

export const priorityClassStrategy: Strategy<PriorityClass> = {
  setDefaults: setPriorityClassDefaults,
  generation: 'fixed',
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', value: (p) => p.value ?? 0 },
    { name: 'Global-Default', value: (p) => String(p.globalDefault ?? false) },
    ageColumn,
    { name: 'PreemptionPolicy', value: (p) => p.preemptionPolicy ?? '<unset>' },
  ],
};

export const runtimeClassStrategy: Strategy<RuntimeClass> = {
  validate: validateRuntimeClass,
  validateUpdate: validateRuntimeClassUpdate,
  columns: [nameColumn, { name: 'Handler', value: (r) => r.handler ?? '' }, ageColumn],
};

export const controllerRevisionStrategy: Strategy<ControllerRevision> = {
  columns: [
    nameColumn,
    {
      name: 'Controller',
      value: (r) => {
        const owner = r.metadata.ownerReferences?.find((reference) => reference.controller);
        if (!owner) return '<none>';
        const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
        return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
      },
    },
    { name: 'Revision', type: 'integer', value: (r) => r.revision ?? 0 },
    ageColumn,
  ],
};

function csrCondition(csr: Stored<CertificateSigningRequest>): string {
  const types = (csr.status?.conditions ?? []).map((condition) => condition.type);
  const texts = ['Denied', 'Failed', 'Approved'].filter((type) => types.includes(type));
  const text = texts.includes('Denied') ? 'Denied' : texts.includes('Approved') ? 'Approved' : 'Pending';
  const issued = csr.status?.certificate ? ',Issued' : '';
  return `${text}${types.includes('Failed') ? ',Failed' : ''}${issued}`;
}

export const certificateSigningRequestStrategy: Strategy<CertificateSigningRequest> = {
  prepareForCreate(csr, { user }) {
    // Who asked is what the authenticator said, never what the request says.
    const { username: _, uid: __, groups: ___, extra: ____, ...spec } = csr.spec;
    csr.spec = {
      ...spec,
      ...(user?.extra
        ? { extra: Object.fromEntries(Object.entries(user.extra).map(([key, list]) => [key, [...list]])) }
        : {}),
      ...(user && user.groups.length > 0 ? { groups: [...user.groups] } : {}),
      ...(user?.uid ? { uid: user.uid } : {}),
      ...(user ? { username: user.name } : {}),
    };
    csr.status = {};
  },
  prepareForUpdate(csr, old) {
    csr.spec = old.spec;
  },
  validate: validateCertificateSigningRequest,
  selectableFields: (csr) => ({ 'spec.signerName': csr.spec?.signerName ?? '' }),
  columns: [
    nameColumn,
    { name: 'Age', value: (c, now) => ageSince(c.metadata.creationTimestamp, now) },
    { name: 'SignerName', value: (c) => c.spec?.signerName ?? '<none>' },
    { name: 'Requestor', value: (c) => c.spec?.username ?? '' },
    {
      name: 'RequestedDuration',
      value: (c, now) =>
        c.spec?.expirationSeconds
          ? ageSince(new Date(now - c.spec.expirationSeconds * 1000).toISOString(), now)
          : '<none>',
    },
    { name: 'Condition', value: csrCondition },
  ],
};

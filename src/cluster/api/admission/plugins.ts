import type { AdmissionPlugin } from './admission.ts';
import { certificateSubjectRestriction } from './certificate-subject.ts';
import { claimResize } from './claim-resize.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import { nodeTaint } from './node-taint.ts';
import { podResize } from './pod-resize.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { podTolerations } from './pod-tolerations.ts';
import { priority } from './priority.ts';
import { rbacEscalation } from './rbac-escalation.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-protection.ts';
import { terminatingDefinition } from './terminating-definition.ts';
import { validatingAdmissionPolicy } from './validating-admission-policy.ts';
import { mutatingWebhooks, validatingWebhooks } from './webhooks.ts';

/** The plugins that run, in the order of kube-apiserver. */
export const admissionPlugins: readonly AdmissionPlugin[] = [
  terminatingDefinition,
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  nodeTaint,
  podSecurity,
  podTolerations,
  priority,
  defaultStorageClass,
  storageObjectInUseProtection,
  claimResize,
  runtimeClass,
  certificateSubjectRestriction,
  defaultIngressClass,
  rbacEscalation,
  podResize,
  mutatingWebhooks,
  validatingAdmissionPolicy,
  validatingWebhooks,
  resourceQuota,
];

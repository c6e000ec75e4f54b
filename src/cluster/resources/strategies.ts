import type { ApiObject } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { componentStatusStrategy } from '../api/virtual/component-statuses.ts';
import {
  mutatingWebhookStrategy,
  validatingAdmissionPolicyBindingStrategy,
  validatingAdmissionPolicyStrategy,
  validatingWebhookStrategy,
} from './admission-registration.ts';
import { apiServiceStrategy } from './api-service.ts';
import { eventFields } from './conversion/event.ts';
import * as core from './core.ts';
import { cronJobStrategy } from './cron-job.ts';
import { customResourceDefinitionStrategy } from './custom-resource-definition.ts';
import { daemonSetStrategy } from './daemon-set.ts';
import { deploymentStrategy } from './deployment.ts';
import * as flowControl from './flow-control.ts';
import { jobStrategy } from './job.ts';
import * as networking from './networking.ts';
import { podStrategy } from './pod.ts';
import { podTemplateStrategy } from './pod-template.ts';
import * as policy from './policy.ts';
import * as rbac from './rbac.ts';
import { replicaSetStrategy } from './replica-set.ts';
import { replicationControllerStrategy } from './replication-controller.ts';
import { serviceStrategy } from './service.ts';
import { statefulSetStrategy } from './stateful-set.ts';
import * as storage from './storage.ts';
import { validateEventsEvent } from './validation/core.ts';

const strategies = new Map<string, Strategy>();

/** Registers what a kind does beyond its schema. The strategy is only ever given objects of its kind. */
function register<T extends ApiObject>(resource: string, strategy: Strategy<T>): void {
  strategies.set(resource, strategy);
}

register('apiservices.apiregistration.k8s.io', apiServiceStrategy);
register('pods', podStrategy);
register('podtemplates', podTemplateStrategy);
register('replicationcontrollers', replicationControllerStrategy);
register('replicasets.apps', replicaSetStrategy);
register('deployments.apps', deploymentStrategy);
register('daemonsets.apps', daemonSetStrategy);
register('statefulsets.apps', statefulSetStrategy);
register('controllerrevisions.apps', policy.controllerRevisionStrategy);
register('jobs.batch', jobStrategy);
register('cronjobs.batch', cronJobStrategy);
register('services', serviceStrategy);
register('configmaps', core.configMapStrategy);
register('secrets', core.secretStrategy);
register('serviceaccounts', core.serviceAccountStrategy);
register('namespaces', core.namespaceStrategy);
register('nodes', core.nodeStrategy);
register('endpoints', core.endpointsStrategy);
register('componentstatuses', componentStatusStrategy);
register('events', core.eventStrategy);
register('events.events.k8s.io', {
  ...core.eventStrategy,
  validate: validateEventsEvent,
  selectableFields: eventFields,
});
register('flowschemas.flowcontrol.apiserver.k8s.io', flowControl.flowSchemaStrategy);
register('prioritylevelconfigurations.flowcontrol.apiserver.k8s.io', flowControl.priorityLevelStrategy);
register('leases.coordination.k8s.io', core.leaseStrategy);
register('limitranges', core.limitRangeStrategy);
register('resourcequotas', core.resourceQuotaStrategy);
register('roles.rbac.authorization.k8s.io', rbac.roleStrategy);
register('clusterroles.rbac.authorization.k8s.io', rbac.clusterRoleStrategy);
register('rolebindings.rbac.authorization.k8s.io', rbac.roleBindingStrategy);
register('clusterrolebindings.rbac.authorization.k8s.io', rbac.clusterRoleBindingStrategy);
register('endpointslices.discovery.k8s.io', networking.endpointSliceStrategy);
register('ingresses.networking.k8s.io', networking.ingressStrategy);
register('ingressclasses.networking.k8s.io', networking.ingressClassStrategy);
register('networkpolicies.networking.k8s.io', networking.networkPolicyStrategy);
register('servicecidrs.networking.k8s.io', networking.serviceCidrStrategy);
register('ipaddresses.networking.k8s.io', networking.ipAddressStrategy);
register('persistentvolumes', storage.persistentVolumeStrategy);
register('persistentvolumeclaims', storage.persistentVolumeClaimStrategy);
register('storageclasses.storage.k8s.io', storage.storageClassStrategy);
register('csinodes.storage.k8s.io', storage.csiNodeStrategy);
register('csidrivers.storage.k8s.io', storage.csiDriverStrategy);
register('volumeattachments.storage.k8s.io', storage.volumeAttachmentStrategy);
register('horizontalpodautoscalers.autoscaling', policy.hpaStrategy);
register('poddisruptionbudgets.policy', policy.podDisruptionBudgetStrategy);
register('priorityclasses.scheduling.k8s.io', policy.priorityClassStrategy);
register('runtimeclasses.node.k8s.io', policy.runtimeClassStrategy);
register('mutatingwebhookconfigurations.admissionregistration.k8s.io', mutatingWebhookStrategy);
register('validatingwebhookconfigurations.admissionregistration.k8s.io', validatingWebhookStrategy);
register('validatingadmissionpolicies.admissionregistration.k8s.io', validatingAdmissionPolicyStrategy);
register('validatingadmissionpolicybindings.admissionregistration.k8s.io', validatingAdmissionPolicyBindingStrategy);
register('customresourcedefinitions.apiextensions.k8s.io', customResourceDefinitionStrategy);
register('certificatesigningrequests.certificates.k8s.io', policy.certificateSigningRequestStrategy);

const NOTHING: Strategy = {};

/** What a kind does beyond its schema; nothing for kinds that are only stored. */
export function strategyOf(resource: string): Strategy {
  return strategies.get(resource) ?? NOTHING;
}

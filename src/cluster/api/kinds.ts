import type { Kind } from './client.ts';
import type { ApiObject } from './object.ts';
import type * as t from './types.generated.ts';

function kind<T extends ApiObject>(group: string, version: string, plural: string): Kind<T> {
  return { group, version, plural };
}

// The kinds that the cluster's own components work with.
export const CONFIG_MAPS = kind<t.ConfigMap>('', 'v1', 'configmaps');
export const ENDPOINTS = kind<t.Endpoints>('', 'v1', 'endpoints');
export const EVENTS = kind<t.Event>('', 'v1', 'events');
export const NAMESPACES = kind<t.Namespace>('', 'v1', 'namespaces');
export const NODES = kind<t.Node>('', 'v1', 'nodes');
export const PERSISTENT_VOLUME_CLAIMS = kind<t.PersistentVolumeClaim>('', 'v1', 'persistentvolumeclaims');
export const PERSISTENT_VOLUMES = kind<t.PersistentVolume>('', 'v1', 'persistentvolumes');
export const PODS = kind<t.Pod>('', 'v1', 'pods');
export const REPLICATION_CONTROLLERS = kind<t.ReplicationController>('', 'v1', 'replicationcontrollers');
export const RESOURCE_QUOTAS = kind<t.ResourceQuota>('', 'v1', 'resourcequotas');
export const SECRETS = kind<t.Secret>('', 'v1', 'secrets');
export const SERVICE_ACCOUNTS = kind<t.ServiceAccount>('', 'v1', 'serviceaccounts');
export const SERVICES = kind<t.Service>('', 'v1', 'services');
export const CONTROLLER_REVISIONS = kind<t.ControllerRevision>('apps', 'v1', 'controllerrevisions');
export const DAEMON_SETS = kind<t.DaemonSet>('apps', 'v1', 'daemonsets');
export const DEPLOYMENTS = kind<t.Deployment>('apps', 'v1', 'deployments');
export const REPLICA_SETS = kind<t.ReplicaSet>('apps', 'v1', 'replicasets');
export const STATEFUL_SETS = kind<t.StatefulSet>('apps', 'v1', 'statefulsets');
export const HORIZONTAL_POD_AUTOSCALERS = kind<t.HorizontalPodAutoscaler>(
  'autoscaling',
  'v2',
  'horizontalpodautoscalers',
);
export const CRON_JOBS = kind<t.CronJob>('batch', 'v1', 'cronjobs');
export const JOBS = kind<t.Job>('batch', 'v1', 'jobs');
export const VALIDATING_ADMISSION_POLICIES = kind<t.ValidatingAdmissionPolicy>(
  'admissionregistration.k8s.io',
  'v1',
  'validatingadmissionpolicies',
);
export const CERTIFICATE_SIGNING_REQUESTS = kind<t.CertificateSigningRequest>(
  'certificates.k8s.io',
  'v1',
  'certificatesigningrequests',
);
export const LEASES = kind<t.Lease>('coordination.k8s.io', 'v1', 'leases');
export const ENDPOINT_SLICES = kind<t.EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices');
export const INGRESSES = kind<t.Ingress>('networking.k8s.io', 'v1', 'ingresses');
export const NETWORK_POLICIES = kind<t.NetworkPolicy>('networking.k8s.io', 'v1', 'networkpolicies');
export const INGRESS_CLASSES = kind<t.IngressClass>('networking.k8s.io', 'v1', 'ingressclasses');
export const POD_DISRUPTION_BUDGETS = kind<t.PodDisruptionBudget>('policy', 'v1', 'poddisruptionbudgets');
export const CLUSTER_ROLES = kind<t.ClusterRole>('rbac.authorization.k8s.io', 'v1', 'clusterroles');
export const PRIORITY_CLASSES = kind<t.PriorityClass>('scheduling.k8s.io', 'v1', 'priorityclasses');
export const STORAGE_CLASSES = kind<t.StorageClass>('storage.k8s.io', 'v1', 'storageclasses');
export const SERVICE_CIDRS = kind<t.ServiceCIDR>('networking.k8s.io', 'v1', 'servicecidrs');
export const IP_ADDRESSES = kind<t.IPAddress>('networking.k8s.io', 'v1', 'ipaddresses');

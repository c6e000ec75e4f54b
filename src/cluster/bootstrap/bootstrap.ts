import { memoize } from '../../world/memoize.ts';
import { deepEqual, isRecord, type Stored } from '../api/object.ts';
import type { ApiServer } from '../api/server.ts';
import { toSeconds } from '../apimachinery/time.ts';
import { CONTROL_PLANE_OBJECTS } from './control-plane.generated.ts';
import { keepIpAddresses } from './ip-addresses.ts';
import { KUBEADM_OBJECTS } from './kubeadm.generated.ts';

/** How soon the kubernetes Service is back after somebody deleted it, ms. */
const RESTORE_DELAY = 500;
/** How often the API server looks after its endpoints, ms. kubernetes: DefaultEndpointReconcilerInterval */
const ENDPOINTS_PERIOD = 10_000;
/** Where it writes them. */
const ENDPOINTS_RESOURCES = ['endpoints', 'endpointslices.discovery.k8s.io'];
const OWN_KEY = 'default/kubernetes';

/** What kube-apiserver puts into an empty store. */
export function bootstrapStore(server: ApiServer): void {
  putAll(server, CONTROL_PLANE_OBJECTS, (resource) =>
    resource === 'serviceaccounts' ? 'kube-controller-manager' : 'kube-apiserver',
  );
  keepIpAddresses(server);
  putKubernetesService(server);
  putKubernetesEndpoints(server);
}

/** Puts in place what kube-apiserver makes when it first starts: namespaces, RBAC, priorities, the kubernetes Service. */
export function bootstrapControlPlane(server: ApiServer): void {
  bootstrapStore(server);
  // kube-apiserver looks after its own Service. kubernetes: pkg/controlplane/controller/kubernetesservice
  server.store.subscribe('services', ({ type, object: { metadata } }) => {
    if (type !== 'DELETED' || metadata.name !== 'kubernetes' || metadata.namespace !== 'default') return;
    server.world.loop.after(RESTORE_DELAY, () => {
      if (!server.store.get('services', OWN_KEY)) putKubernetesService(server);
    });
  });
}

/**
 * Puts in place what `kubeadm init` adds: kubeadm's ConfigMaps and roles, kube-proxy, CoreDNS. `adapt`: makes the
 * recorded JSON that of another cluster.
 */
export function bootstrapKubeadm(server: ApiServer, adapt: (json: string) => string = (json) => json): void {
  putAll(server, adapt(KUBEADM_OBJECTS), () => 'kubeadm');
}

/** The objects that `kubeadm init` makes under these names: its add-ons. */
export function kubeadmObjects(names: readonly string[]): { resource: string; object: Record<string, unknown> }[] {
  return pairsOf(KUBEADM_OBJECTS).filter(({ object }) => {
    const metadata = object['metadata'];
    return isRecord(metadata) && names.includes(String(metadata['name']));
  });
}

/**
 * Puts the endpoints of the API server back that somebody deleted or changed, at the next look of the API server,
 * which is once in ten seconds. `running`: whether it lives then. kubernetes: pkg/controlplane/reconcilers/lease.go
 */
export function keepApiServerEndpoints(server: ApiServer, running: () => boolean): void {
  const { loop } = server.world;
  const begin = loop.now;
  let due = false;
  const look = () => {
    due = false;
    if (running()) restoreKubernetesEndpoints(server);
    else later();
  };
  const later = () => {
    if (due) return;
    due = true;
    loop.at(begin + (Math.floor((loop.now - begin) / ENDPOINTS_PERIOD) + 1) * ENDPOINTS_PERIOD, look);
  };
  for (const resource of ENDPOINTS_RESOURCES)
    server.store.subscribe(resource, ({ object: { metadata } }) => {
      if (metadata.name === 'kubernetes' && metadata.namespace === 'default') later();
    });
}

function putAll(server: ApiServer, json: string, managerOf: (resource: string) => string): void {
  for (const { resource, object } of pairsOf(json)) putBootstrap(server, resource, object, managerOf(resource));
}

/** The objects of a text, which nobody changes: they are the same for each world. */
const pairsOf = memoize(8, (json: string): { resource: string; object: Record<string, unknown> }[] => {
  const objects: unknown = JSON.parse(json);
  if (!Array.isArray(objects)) return [];
  return objects.flatMap((pair) => {
    const [resource, object]: unknown[] = Array.isArray(pair) ? pair : [];
    return typeof resource === 'string' && isRecord(object) ? [{ resource, object }] : [];
  });
});

/** Stores an object as it is, with a uid and a time of its own, as `fieldManager` made it. */
export function putBootstrap(
  server: ApiServer,
  resource: string,
  object: Record<string, unknown>,
  fieldManager = 'kube-apiserver',
): Stored {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const own = {
    name: String(metadata['name']),
    uid: server.world.random.uid(),
    resourceVersion: '',
    creationTimestamp: toSeconds(server.world.now),
  };
  const stored = server.store.putOwn(
    resource,
    Object.assign({}, object, {
      apiVersion: String(object['apiVersion']),
      kind: String(object['kind']),
      metadata: Object.assign({}, metadata, own),
    }),
  );
  server.managers.created(stored, { fieldManager });
  return stored;
}

function putKubernetesService(server: ApiServer): void {
  const [, port = '6443'] = server.address.split(':');
  const address = server.serviceCidr.replace(/\.\d+\/\d+$/, '.1');
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  putBootstrap(server, 'services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels },
    spec: {
      clusterIP: address,
      clusterIPs: [address],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: Number(port) }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  });
}

function putKubernetesEndpoints(server: ApiServer): void {
  for (const [resource, object] of Object.entries(kubernetesEndpoints(server))) putBootstrap(server, resource, object);
}

/** Those that are not as they should be. What else somebody wrote on them stays. */
function restoreKubernetesEndpoints(server: ApiServer): void {
  for (const [resource, object] of Object.entries(kubernetesEndpoints(server))) {
    const old = server.store.get(resource, OWN_KEY);
    if (!old) {
      putBootstrap(server, resource, object);
      continue;
    }
    const { metadata: _, ...wanted } = object;
    const current: Record<string, unknown> = { ...old };
    if (Object.entries(wanted).some(([field, value]) => !deepEqual(current[field], value)))
      server.store.put(resource, { ...old, ...wanted });
  }
}

function kubernetesEndpoints(server: ApiServer): Readonly<Record<string, Record<string, unknown>>> {
  const [host = '', port = '6443'] = server.address.split(':');
  return {
    endpoints: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
      },
      subsets: [{ addresses: [{ ip: host }], ports: [{ name: 'https', port: Number(port), protocol: 'TCP' }] }],
    },
    'endpointslices.discovery.k8s.io': {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        generation: 1,
        labels: { 'kubernetes.io/service-name': 'kubernetes' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: [host], conditions: { ready: true } }],
      ports: [{ name: 'https', port: Number(port), protocol: 'TCP' }],
    },
  };
}

import type { Client } from '../../cluster/api/client.ts';
import { NODES, PODS, SERVICES } from '../../cluster/api/kinds.ts';
import type { IngressLoadBalancerIngress } from '../../cluster/api/types.generated.ts';

/** The addresses that Ingresses show: those of the Service in front of the controller. kubernetes/ingress-nginx: internal/ingress/status/status.go */
export function serviceAddresses(client: Client, key: string): IngressLoadBalancerIngress[] {
  const [namespace = '', name = ''] = key.split('/');
  const service = client.get(SERVICES, namespace, name);
  const { spec } = service ?? {};
  const external = (spec?.externalIPs ?? []).map((ip) => ({ ip }));
  switch (spec?.type) {
    case 'ExternalName':
      return [{ hostname: spec.externalName ?? '' }];
    case 'NodePort':
      return external.length > 0 ? external : [{ ip: spec.clusterIP ?? '' }];
    case 'LoadBalancer': {
      const given = service?.status?.loadBalancer?.ingress ?? [];
      return [...given.map(({ ip, hostname }) => (ip ? { ip } : { hostname })), ...external];
    }
    default:
      return spec?.clusterIP ? [{ ip: spec.clusterIP }] : [];
  }
}

/**
 * The addresses of the nodes where the controller's Pods run and are ready; `notReady` is told of the others.
 * kubernetes/ingress-nginx: internal/ingress/status/status.go runningAddresses
 */
export function nodeAddresses(
  client: Client,
  namespace: string,
  podName: string,
  notReady: (pod: string, node: string) => void,
): IngressLoadBalancerIngress[] {
  const own = client.get(PODS, namespace, podName);
  const component = own?.metadata.labels?.['app.kubernetes.io/component'];
  const name = own?.metadata.labels?.['app.kubernetes.io/name'];
  const found = new Set<string>();
  for (const pod of client.list(PODS, namespace)) {
    const { labels = {} } = pod.metadata;
    const same = labels['app.kubernetes.io/component'] === component && labels['app.kubernetes.io/name'] === name;
    if (!same || pod.status?.phase !== 'Running') continue;
    if (!pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) {
      notReady(`${namespace}/${pod.metadata.name}`, pod.spec?.nodeName ?? '');
      continue;
    }
    const addresses = client.get(NODES, '', pod.spec?.nodeName ?? '')?.status?.addresses ?? [];
    const chosen =
      addresses.find(({ type }) => type === 'ExternalIP') ?? addresses.find(({ type }) => type === 'InternalIP');
    if (chosen) found.add(chosen.address);
  }
  return [...found].sort().map((ip) => ({ ip }));
}

import type { Stored } from '../api/object.ts';

/** Resources whose folder below /registry is not their plural. kubernetes: pkg/registry/.../storage.go, pkg/kubeapiserver/default_storage_factory_builder.go */
const FOLDERS: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  'ingresses.networking.k8s.io': 'ingress',
  'events.events.k8s.io': 'events',
  'apiservices.apiregistration.k8s.io': 'apiregistration.k8s.io/apiservices',
  'customresourcedefinitions.apiextensions.k8s.io': 'apiextensions.k8s.io/customresourcedefinitions',
};

/** Groups that come with the API server lie at the top, those of custom resources below their own name. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/** `/registry/pods/default/web`: where the API server keeps an object of `plural.group`. */
export function registryKey(resource: string, { metadata }: Stored, isCustom: (resource: string) => boolean): string {
  const [plural = '', ...rest] = resource.split('.');
  const group = rest.join('.');
  const known = FOLDERS[resource];
  const folder = known ?? (isCustom(resource) || !isBuiltIn(group) ? `${group}/${plural}` : plural);
  const namespace = metadata.namespace ? `${metadata.namespace}/` : '';
  return `/registry/${folder}/${namespace}${metadata.name}`;
}

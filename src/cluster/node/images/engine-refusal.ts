import type { ImageCatalog } from './catalog.ts';
import type { ImageReference } from './reference.ts';

/** Registries that answer; the others have names that nobody knows. */
const REGISTRIES = ['docker.io', 'registry.k8s.io', 'quay.io', 'ghcr.io', 'gcr.io'];

/** Why Docker Engine cannot pull an image that no registry has, without `Error response from daemon:`. */
export function engineRefusal(reference: ImageReference, catalog: ImageCatalog): string {
  const { registry, repository, tag, full } = reference;
  if (!REGISTRIES.includes(registry)) {
    const host = registry.split(':')[0] ?? '';
    return `Get "https://${registry}/v2/": dial tcp: lookup ${host}: no such host`;
  }
  if (catalog.hasRepository(reference))
    return `manifest for ${full.replace(/^docker\.io\/(library\/)?/, '')} not found: manifest unknown: manifest unknown`;
  if (registry === 'docker.io')
    return `pull access denied for ${repository.replace(/^library\//, '')}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;
  return `manifest for ${registry}/${repository}:${tag} not found: manifest unknown: manifest unknown`;
}

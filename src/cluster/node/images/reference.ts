/** A name of an image, taken apart. */
export interface ImageReference {
  /** `docker.io`, `registry.k8s.io`, `localhost:5000`. */
  readonly registry: string;
  /** `library/nginx`. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** `docker.io/library/nginx:1.27`: as the runtime names it. */
  readonly full: string;
}

const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Why a name of an image cannot be used. kubernetes: distribution/reference errors */
export class InvalidReference extends Error {}

/** docker's short names: `nginx` is docker.io/library/nginx:latest. Raises InvalidReference. */
export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const digest = at < 0 ? '' : text.slice(at + 1);
  if (at >= 0 && !DIGEST.test(digest)) throw new InvalidReference('invalid reference format');
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const tag = tagged ? named.slice(colon + 1) : '';
  const name = tagged ? named.slice(0, colon) : named;
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = slash >= 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = hasRegistry ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const path = hasRegistry ? name.slice(slash + 1) : name;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (repository !== repository.toLowerCase() && NAME.test(repository.toLowerCase())) {
    throw new InvalidReference(`invalid reference format: repository name (${repository}) must be lowercase`);
  }
  if (!NAME.test(repository) || (tagged && !TAG.test(tag))) throw new InvalidReference('invalid reference format');
  const shownTag = tag === '' && digest === '' ? 'latest' : tag;
  const full = `${registry}/${repository}${shownTag === '' ? '' : `:${shownTag}`}${digest === '' ? '' : `@${digest}`}`;
  return { registry, repository, tag: shownTag, digest, full };
}

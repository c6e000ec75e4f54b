import type { HttpRequest } from '../../../world/network/http.ts';
import type { Endpoint } from '../../proxy/forward.ts';
import type { Filter, PathModifier } from '../gateway/types.ts';

/** A service of a router: its servers, or a status that stands for one that could not be loaded. */
export interface Share {
  readonly name: string;
  readonly weight: number;
  readonly servers: readonly Endpoint[];
  readonly scheme: 'http' | 'https';
  /** Answered instead of asking a server. */
  readonly status?: number;
}

export interface Middleware {
  readonly filter: Filter;
  /** The path of the match that it belongs to. */
  readonly prefix: string;
}

/** One way of a request through Traefik. */
export interface Router {
  /** `default-web-foo-com@kubernetes` */
  readonly name: string;
  /** As Traefik's rules are written: ``Host(`a`) && PathPrefix(`/`)``. */
  readonly rule: string;
  readonly priority: number;
  readonly entryPoints: readonly string[];
  readonly tls: boolean;
  readonly matches: (request: HttpRequest) => boolean;
  readonly middlewares: readonly Middleware[];
  readonly shares: readonly Share[];
}

/** What a path becomes by a modifier, with the slashes put right. */
export function modifiedPath(path: string, modifier: PathModifier | undefined, prefix: string): string {
  if (!modifier) return path;
  if (modifier.type === 'ReplaceFullPath') return modifier.replaceFullPath ?? '/';
  const rest = path.slice(prefix.replace(/\/+$/, '').length);
  const joined = `${(modifier.replacePrefixMatch ?? '').replace(/\/+$/, '')}${rest === '' || rest.startsWith('/') ? rest : `/${rest}`}`;
  return joined === '' ? '/' : joined.startsWith('/') ? joined : `/${joined}`;
}

/** Letters and digits with dashes between them: how Traefik makes names. traefik: pkg/provider/provider.go Normalize */
export function normalize(text: string): string {
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join('-');
}

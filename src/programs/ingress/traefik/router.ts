import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from '../../../world/bytes.ts';
import type { HttpRequest } from '../../../world/network/http.ts';
import type { Endpoint } from '../../proxy/forward.ts';
import type { Filter, PathModifier } from '../gateway/types.ts';
import { type EntryPoint, INTERNAL } from './flags.ts';
import type { Entry } from './logger.ts';

/** Servers that share the requests of a router. */
export interface Service {
  /** Without the provider: `default-web-80`. */
  readonly name: string;
  readonly servers: readonly Endpoint[];
  readonly scheme: 'http' | 'https' | 'h2c';
  /** Whether servers are told the host that the client asked for. */
  readonly passHostHeader: boolean;
  /** The cookie that keeps a client with its server. */
  readonly cookie?: string;
}

/** A service with its part of the requests. */
export interface Share {
  readonly service: Service;
  readonly weight: number;
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
  /** With its provider: `default-web-foo-com@kubernetes`. */
  readonly name: string;
  /** As Traefik's rules are written: `Host("a") && PathPrefix("/")`. */
  readonly rule: string;
  readonly priority: number;
  /** Empty: all but the internal one. */
  readonly entryPoints: readonly string[];
  readonly tls: boolean;
  readonly matches: (request: HttpRequest) => boolean;
  readonly middlewares: readonly Middleware[];
  /** Middlewares that only a name is known of; without the provider they belong to that of the router. */
  readonly middlewareNames: readonly string[];
  /** Why the rule cannot be understood. */
  readonly ruleProblem?: string;
  /** The name of what its requests go to. */
  readonly service: string;
  readonly shares: readonly Share[];
  /** Its clients are told what fails in the way of gRPC. */
  readonly grpc?: boolean;
}

/** A router with what became of it. traefik: pkg/config/runtime RouterInfo */
export interface RunningRouter extends Router {
  readonly status: 'enabled' | 'disabled' | 'warning';
  readonly errors: readonly string[];
  /** The entry points that know it. */
  readonly using: readonly string[];
}

/** A router for each entry point with settings of its own. traefik: pkg/server/aggregator.go applyModel */
function applyModels(router: Router, entryPoints: readonly EntryPoint[]): Router[] {
  const names =
    router.entryPoints.length > 0
      ? router.entryPoints
      : entryPoints.map(({ name }) => name).filter((name) => name !== INTERNAL);
  const isModel = (name: string) => entryPoints.some((entry) => entry.name === name && entry.tls);
  const plain = names.filter((name) => !isModel(name));
  const own = names.filter(isModel).map((name) => ({
    ...router,
    name: names.length > 1 ? `${name}-${router.name}` : router.name,
    entryPoints: [name],
    tls: true,
  }));
  return plain.length > 0 ? [{ ...router, entryPoints: plain }, ...own] : own;
}

/** What tells routers of one name apart. traefik: pkg/provider/kubernetes/gateway/kubernetes.go makeRouterName */
export function ruleHash(rule: string): string {
  return bytesToHex(sha256(encode(rule))).slice(0, 20);
}

/** What runs of the providers' routers, highest priority first, and what the log says of the others. traefik: pkg/server/router/router.go */
export function running(
  routers: readonly Router[],
  entryPoints: readonly EntryPoint[],
): { readonly routers: readonly RunningRouter[]; readonly log: readonly Entry[] } {
  const log: Entry[] = [];
  const found = routers
    .flatMap((router) => applyModels(router, entryPoints))
    .map((router) => check(router, entryPoints, log));
  return { routers: found.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1)), log };
}

function check(router: Router, entryPoints: readonly EntryPoint[], log: Entry[]): RunningRouter {
  const errors: string[] = [];
  let status: RunningRouter['status'] = 'enabled';
  const using: string[] = [];
  const say = (message: string, fields: Record<string, string>) => log.push({ level: 'ERROR', message, fields });
  for (const entryPointName of router.entryPoints) {
    if (entryPoints.some(({ name }) => name === entryPointName)) using.push(entryPointName);
    else {
      errors.push(`entryPoint ${JSON.stringify(entryPointName)} doesn't exist`);
      status = 'warning';
      say("EntryPoint doesn't exist", { routerName: router.name, entryPointName });
    }
  }
  if (using.length === 0) {
    errors.push('no valid entryPoint for this router');
    status = 'disabled';
    say('No valid entryPoint for this router', { routerName: router.name });
  }
  const unknown = router.middlewareNames.map((name) => `middleware ${JSON.stringify(name)} does not exist`)[0];
  for (const problem of [unknown, router.ruleProblem]) {
    if (problem === undefined || status === 'disabled') continue;
    errors.push(problem);
    status = 'disabled';
    for (const entryPointName of using) say('', { entryPointName, routerName: router.name, error: problem });
  }
  // traefik: pkg/server/router/tcp/manager.go buildEntryPointHandler
  if (router.tls && !/\bHost\(/.test(router.rule))
    for (const entryPointName of using)
      log.push({
        level: 'WARN',
        message: `No domain found in rule ${router.rule}, the TLS options applied for this router will depend on the SNI of each request`,
        fields: { entryPointName, routerName: router.name },
      });
  return { ...router, status, errors, using };
}

/** What a path becomes by a modifier. traefik: pkg/middlewares/gatewayapi/urlrewrite, redirect */
export function modifiedPath(path: string, modifier: PathModifier | undefined, prefix: string): string {
  if (!modifier) return path;
  if (modifier.type === 'ReplaceFullPath') return modifier.replaceFullPath ?? '/';
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : path;
  const joined = joinPath(modifier.replacePrefixMatch ?? '', rest);
  return path.endsWith('/') && !joined.endsWith('/') ? `${joined}/` : joined;
}

/** Go's path.Join. */
function joinPath(...parts: readonly string[]): string {
  const whole = parts.filter((part) => part !== '').join('/');
  return whole === '' ? '' : cleanPath(whole);
}

/** Go's path.Clean: no empty parts, no `.`, no `..` that leads back. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!rooted) kept.push(part);
  }
  return (rooted ? '/' : '') + kept.join('/') || (rooted ? '/' : '.');
}

/** Letters and digits with dashes between them: how Traefik makes names. traefik: pkg/provider/configuration.go Normalize */
export function normalize(text: string): string {
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join('-');
}

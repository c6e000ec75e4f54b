import { BoundedRegExp } from '../../../shell/utilities/bounded-regex.ts';
import { hostMatches, prefixMatches } from '../matching.ts';
import { type Configuration, DEFAULT_SERVER, type Location, type Server } from './configuration.ts';

/** The server of a host: by name, then by wildcard, then the default one. */
export function serverOf({ servers }: Configuration, host: string): Server | undefined {
  const exact = servers.get(host);
  if (exact) return exact;
  for (const [name, server] of servers) if (name.startsWith('*.') && hostMatches(name, host)) return server;
  return servers.get(DEFAULT_SERVER);
}

export interface Routed {
  readonly location: Location;
  /** The path after rewriting. */
  readonly path: string;
}

/**
 * The location of a path, and what the path becomes. Paths are in order of length; where a host uses regular
 * expressions each path is one, anchored at the start and without regard to case, as nginx gets them.
 * kubernetes/ingress-nginx: internal/ingress/controller/template/template.go buildLocation, buildProxyPass
 */
export function routeOf(server: Server, path: string): Routed | undefined {
  const location = server.regex ? byPattern(server, path) : byPath(server, path);
  return location && { location, path: rewritten(location, path) };
}

function byPattern(server: Server, path: string): Location | undefined {
  return server.locations.find((location) => patternOf(`^${location.path}`)?.test(path));
}

function byPath(server: Server, path: string): Location | undefined {
  const exact = server.locations.find((location) => location.type === 'Exact' && location.path === path);
  return exact ?? server.locations.find((location) => covers(location, path));
}

function covers({ type, path: rule }: Location, path: string): boolean {
  if (type === 'Exact') return false;
  // nginx knows only prefixes of characters for what is left to the implementation.
  return type === 'Prefix' ? prefixMatches(rule, path) : path.startsWith(rule);
}

function rewritten({ path: rule, settings }: Location, path: string): string {
  const { rewriteTarget } = settings;
  if (rewriteTarget === '' || rewriteTarget === rule) return path;
  const match = patternOf(rule)?.exec(path);
  if (!match) return path;
  return rewriteTarget.replace(/\$\{?(\d)\}?/g, (_, group: string) => match[Number(group)] ?? '');
}

const patterns = new Map<string, RegExp | undefined>();

/** A path as a regular expression; undefined for one that is none. */
function patternOf(text: string): RegExp | undefined {
  if (!patterns.has(text)) {
    if (patterns.size > 1000) patterns.clear();
    patterns.set(text, compile(text));
  }
  return patterns.get(text);
}

function compile(text: string): RegExp | undefined {
  try {
    return new BoundedRegExp(text, 'i');
  } catch {
    return undefined;
  }
}

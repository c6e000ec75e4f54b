import { goQuote } from '../../../cluster/apimachinery/go-quote.ts';
import { BoundedRegExp } from '../../../shell/utilities/bounded-regex.ts';
import type { HttpRequest } from '../../../world/network/http.ts';
import { hostOf, prefixMatches } from '../matching.ts';
import type { NamedMatch, RouteMatch } from './types.ts';

export interface Rule {
  /** As Traefik writes it. */
  readonly text: string;
  readonly priority: number;
  readonly matches: (request: HttpRequest) => boolean;
}

/** The hosts that a listener and a route have in common: undefined for none, empty for any. */
export function commonHosts(listener: string | undefined, route: readonly string[]): string[] | undefined {
  if (listener === undefined || listener === '') return [...route];
  if (route.length === 0) return [listener];
  const found = route.flatMap((host) => covers(listener, host) ?? covers(host, listener) ?? []);
  return found.length > 0 ? found : undefined;
}

function covers(wide: string, narrow: string): string | undefined {
  if (wide === narrow) return narrow;
  return wide.startsWith('*.') && narrow.endsWith(wide.slice(1)) ? narrow : undefined;
}

/** traefik: pkg/provider/kubernetes/gateway/httproute.go buildMatchRule */
export function ruleOf(hosts: readonly string[], match: RouteMatch): Rule {
  const path = pathRule(match.path?.type ?? 'PathPrefix', match.path?.value ?? '/');
  const texts = [path.text];
  const tests: ((request: HttpRequest) => boolean)[] = [path.matches];
  let { priority } = path;
  const { method } = match;
  if (typeof method === 'string') {
    texts.push(`Method(${goQuote(method)})`);
    tests.push((request) => request.method === method);
    priority += 1000;
  }
  for (const header of match.headers ?? []) {
    texts.push(named('Header', header));
    tests.push((request) => valueFits(header, request.headers.get(header.name.toLowerCase())));
    priority += 100;
  }
  for (const parameter of match.queryParams ?? []) {
    texts.push(named('Query', parameter));
    tests.push((request) => valueFits(parameter, request.query.find(([name]) => name === parameter.name)?.[1]));
    priority += 10;
  }
  if (hosts.length > 0) {
    texts.unshift(hostText(hosts));
    tests.unshift((request) => hosts.some((host) => hostFits(host, hostOf(request.headers.get('host')))));
    priority += Math.max(...hosts.map((host) => host.length));
  }
  return { text: texts.join(' && '), priority, matches: (request) => tests.every((test) => test(request)) };
}

/** traefik: pkg/provider/kubernetes/gateway/grpcroute.go buildGRPCMatchRule */
export function grpcRuleOf(hosts: readonly string[], match: RouteMatch): Rule {
  const { method, headers = [] } = match;
  const texts = headers.map((header) => named('Header', header));
  const tests = headers.map(
    (header) => (request: HttpRequest) => valueFits(header, request.headers.get(header.name.toLowerCase())),
  );
  if (typeof method === 'object') {
    const path = `/${method.service || '[^/]+'}/${method.method || '[^/]+'}`;
    const pattern = patternOf(path);
    texts.unshift(`PathRegexp(${goQuote(path)})`);
    tests.unshift((request) => pattern?.test(request.path) ?? false);
  } else texts.unshift('PathPrefix("/")');
  const rest = texts.join(' && ');
  if (hosts.length > 0)
    tests.unshift((request) => hosts.some((host) => hostFits(host, hostOf(request.headers.get('host')))));
  return {
    text: hosts.length > 0 ? `${hostText(hosts)} && ${rest}` : rest,
    priority: Math.max(0, ...hosts.map((host) => host.length)) + rest.length,
    matches: (request) => tests.every((test) => test(request)),
  };
}

function pathRule(type: string, value: string): Rule {
  if (type === 'Exact')
    return { text: `Path(${goQuote(value)})`, priority: 100_000, matches: ({ path }) => path === value };
  if (type === 'RegularExpression') {
    const pattern = patternOf(value);
    return {
      text: `PathRegexp(${goQuote(value)})`,
      priority: 10_000 + value.length * 100,
      matches: ({ path }) => pattern?.test(path) ?? false,
    };
  }
  if (value === '/') return { text: 'PathPrefix("/")', priority: 1, matches: () => true };
  const bare = value.replace(/\/+$/, '');
  return {
    text: `(Path(${goQuote(bare)}) || PathPrefix(${goQuote(`${bare}/`)}))`,
    priority: 10_000 + value.length * 100,
    matches: ({ path }) => prefixMatches(value, path),
  };
}

function named(what: 'Header' | 'Query', { type, name, value }: NamedMatch): string {
  return `${what}${type === 'RegularExpression' ? 'Regexp' : ''}(${goQuote(name)},${goQuote(value)})`;
}

function valueFits({ type, value }: NamedMatch, given: string | undefined): boolean {
  if (given === undefined) return false;
  return type === 'RegularExpression' ? (patternOf(value)?.test(given) ?? false) : given === value;
}

/** A wildcard of the Gateway API covers any number of labels. */
function hostFits(rule: string, host: string): boolean {
  return rule.startsWith('*.')
    ? host.endsWith(rule.slice(1)) && host.length >= rule.length
    : rule.toLowerCase() === host;
}

function hostText(hosts: readonly string[]): string {
  const rules = hosts.map((host) =>
    host.startsWith('*.')
      ? `HostRegexp(${goQuote(`^[a-z0-9-\\.]+\\.${host.slice(2).replace(/\./g, '\\.')}$`)})`
      : `Host(${goQuote(host)})`,
  );
  return rules.length === 1 ? (rules[0] ?? '') : `(${rules.join(' || ')})`;
}

function patternOf(text: string): RegExp | undefined {
  try {
    return new BoundedRegExp(text);
  } catch {
    return undefined;
  }
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostMatches, prefixMatches } from '../../../src/programs/ingress/matching.ts';
import { locationSettings } from '../../../src/programs/ingress/nginx/annotations.ts';
import type { Configuration, Location, Server } from '../../../src/programs/ingress/nginx/configuration.ts';
import { routeOf, serverOf } from '../../../src/programs/ingress/nginx/route.ts';
import { inCidr } from '../../../src/programs/proxy/cidr.ts';
import { md5Crypt, passwordFits } from '../../../src/programs/proxy/htpasswd.ts';

const nobody = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'x', uid: '', resourceVersion: '', creationTimestamp: '' },
};
const plain = locationSettings(nobody, {});
type Rule = Pick<Location, 'path' | 'type'>;

function serverWith(rules: readonly Rule[], settings = plain, regex = false): Server {
  const locations = rules
    .map(
      (rule): Location => ({
        ...rule,
        upstream: `${rule.type} ${rule.path}`,
        ingress: undefined,
        settings,
        fallback: [],
      }),
    )
    .sort((a, b) => b.path.length - a.path.length);
  return { host: 'h', locations, tls: false, certificate: undefined, regex };
}

/** The documentation's rule, element by element, written without regard to how the controller finds it. */
function expected(rules: readonly Rule[], path: string): string | undefined {
  const elements = (text: string) => text.split('/').filter((part) => part !== '');
  const exact = rules.find((rule) => rule.type === 'Exact' && rule.path === path);
  if (exact) return `Exact ${exact.path}`;
  let best: Rule | undefined;
  for (const rule of rules) {
    if (rule.type === 'Exact') continue;
    const wanted = elements(rule.path);
    const given = elements(path);
    if (!wanted.every((part, index) => given[index] === part)) continue;
    if (!best || wanted.length > elements(best.path).length) best = rule;
  }
  return best && `${best.type} ${best.path}`;
}

const element = fc.constantFrom('a', 'b', 'ab', 'abc');
const path = fc.array(element, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const rules = fc.uniqueArray(fc.record({ path, type: fc.constantFrom<Rule['type']>('Exact', 'Prefix') }), {
  selector: ({ path, type }) => `${type} ${path}`,
  maxLength: 8,
});

test('the most exact and then the longest path wins', () => {
  fc.assert(
    fc.property(rules, path, fc.boolean(), (given, at, slash) => {
      const asked = slash && at !== '/' ? `${at}/` : at;
      expect(routeOf(serverWith(given), asked)?.location.upstream).toBe(expected(given, asked));
    }),
    { numRuns: 1500 },
  );
});

test('prefixes go by elements', () => {
  for (const [prefix, at, fits] of [
    ['/', '/anything', true],
    ['/foo', '/foo/', true],
    ['/foo/', '/foo', true],
    ['/aaa/bb', '/aaa/bbb', false],
    ['/aaa/bbb', '/aaa/bbb/ccc', true],
  ] as const)
    expect(prefixMatches(prefix, at), `${prefix} ${at}`).toBe(fits);
});

test('a wildcard covers one label', () => {
  for (const [rule, host, fits] of [
    ['*.foo.com', 'bar.foo.com', true],
    ['*.foo.com', 'baz.bar.foo.com', false],
    ['*.foo.com', 'foo.com', false],
    ['foo.com', 'foo.com', true],
  ] as const)
    expect(hostMatches(rule, host), `${rule} ${host}`).toBe(fits);
  const servers = new Map(['_', '*.foo.com', 'a.foo.com'].map((host) => [host, { ...serverWith([]), host }]));
  const configuration: Configuration = { servers, upstreams: new Map(), warnings: [] };
  const chosen = ['a.foo.com', 'b.foo.com', 'x.b.foo.com', 'nobody'].map((host) => serverOf(configuration, host)?.host);
  expect(chosen).toEqual(['a.foo.com', '*.foo.com', '_', '_']);
});

test('rewrite-target puts groups of the path into another one', () => {
  const settings = { ...plain, rewriteTarget: '/$2' };
  const server = serverWith([{ path: '/something(/|$)(.*)', type: 'ImplementationSpecific' }], settings, true);
  const paths = ['/something', '/something/', '/something/new', '/SOMETHING/x'].map((at) => routeOf(server, at)?.path);
  expect(paths).toEqual(['/', '/', '/new', '/x']);
  expect(routeOf(server, '/other')).toBeUndefined();
});

test('passwords of htpasswd and openssl', () => {
  // openssl passwd -apr1 -salt abcdefgh secret; openssl passwd -1 -salt xyz '…'
  expect(md5Crypt('secret', 'abcdefgh')).toBe('$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/');
  expect(passwordFits('a longer password than sixteen', '$1$xyz$/heoZvsjQycCGlsJS0NkX/')).toBe(true);
  expect(passwordFits('secret', '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=')).toBe(true);
  expect(passwordFits('wrong', '$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/')).toBe(false);
});

test('addresses in ranges', () => {
  expect(inCidr('10.244.1.7', '10.244.0.0/16')).toBe(true);
  expect(inCidr('10.245.1.7', '10.244.0.0/16')).toBe(false);
  expect(inCidr('192.168.64.1', '192.168.64.1')).toBe(true);
  expect(inCidr('192.168.64.1', '0.0.0.0/0')).toBe(true);
});

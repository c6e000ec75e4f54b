import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routerSettings, serviceSettings } from '../../../src/programs/ingress/traefik/annotations.ts';
import { Balancer } from '../../../src/programs/ingress/traefik/balancer.ts';
import { FlagError, readFlags } from '../../../src/programs/ingress/traefik/flags.ts';
import { cleanPath, modifiedPath, type Router, running } from '../../../src/programs/ingress/traefik/router.ts';

test('a balancer gives each its part, whatever the weights', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }), (weights) => {
      const balancer = new Balancer();
      balancer.update(weights.map((weight, index) => ({ name: String(index), weight })));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (total === 0) {
        expect(balancer.next()).toBeUndefined();
        return;
      }
      const counts = weights.map(() => 0);
      for (let i = 0; i < total * 3; i++) {
        const chosen = Number(balancer.next());
        counts[chosen] = (counts[chosen] ?? 0) + 1;
      }
      for (const [index, weight] of weights.entries())
        expect(Math.abs((counts[index] ?? 0) - 3 * weight)).toBeLessThanOrEqual(1);
    }),
  );
});

test('paths are cleaned and changed as Go does', () => {
  expect(['/a/../b', '//a', '/a/./b/', '/..', 'a/../..', ''].map(cleanPath)).toEqual([
    '/b',
    '/a',
    '/a/b',
    '/',
    '..',
    '.',
  ]);
  const prefix = (replacePrefixMatch: string) => ({ type: 'ReplacePrefixMatch', replacePrefixMatch });
  expect(modifiedPath('/a/x', prefix('/b'), '/a')).toBe('/b/x');
  expect(modifiedPath('/a/', prefix('/b'), '/a')).toBe('/b/');
  expect(modifiedPath('/a', prefix('/'), '/a')).toBe('/');
  expect(modifiedPath('/a/x', { type: 'ReplaceFullPath', replaceFullPath: '/c' }, '/a')).toBe('/c');
});

describe('flags', () => {
  test('entry points, and one of its own for /ping and the API', () => {
    const { entryPoints } = readFlags([
      '--entryPoints.web.address=:80/tcp',
      '--entrypoints.websecure.address=:443',
      '--entrypoints.websecure.http.tls',
      '--ping',
    ]);
    expect(entryPoints).toEqual([
      { name: 'web', port: 80, tls: false, trusting: false },
      { name: 'websecure', port: 443, tls: true, trusting: false },
      { name: 'traefik', port: 8080, tls: false, trusting: false },
    ]);
  });

  test('unknown ones, and those that lack a value', () => {
    const why = (...args: string[]) => {
      try {
        readFlags(args);
        return '';
      } catch (error) {
        return error instanceof FlagError ? error.message : String(error);
      }
    };
    expect(why('--entrypoint.web.address=:80')).toBe(
      'failed to decode configuration from flags: field not found, node: entrypoint',
    );
    expect(why('--nonsense')).toBe('flag needs an argument: -nonsense');
  });
});

test('annotations of Ingresses and Services', () => {
  const key = (name: string) => `traefik.ingress.kubernetes.io/${name}`;
  expect(routerSettings({ [key('router.entrypoints')]: 'web, websecure', [key('router.tls')]: 'true' })).toEqual({
    entryPoints: ['web', 'websecure'],
    tls: true,
    priority: 0,
    pathMatcher: 'PathPrefix',
    middlewares: [],
  });
  expect(routerSettings({ [key('router.priority')]: 'high' })).toBe('strconv.ParseInt: parsing "high": invalid syntax');
  expect(serviceSettings({ [key('service.sticky.cookie.name')]: 'seat' })).toEqual({
    passHostHeader: true,
    cookie: 'seat',
  });
});

test('routers are split by entry points that have settings, and disabled where something is missing', () => {
  const entryPoints = [
    { name: 'web', port: 80, tls: false, trusting: false },
    { name: 'websecure', port: 443, tls: true, trusting: false },
  ];
  const router = (name: string, more: Partial<Router>): Router => ({
    name: `${name}@kubernetes`,
    rule: 'PathPrefix("/")',
    priority: 15,
    entryPoints: [],
    tls: false,
    matches: () => true,
    middlewares: [],
    middlewareNames: [],
    service: 'web',
    shares: [],
    ...more,
  });
  const { routers, log } = running(
    [router('a', {}), router('b', { middlewareNames: ['auth@file'] }), router('c', { entryPoints: ['gone'] })],
    entryPoints,
  );
  expect(routers.map(({ name, tls, status }) => [name, tls, status])).toEqual([
    ['a@kubernetes', false, 'enabled'],
    ['b@kubernetes', false, 'disabled'],
    ['c@kubernetes', false, 'disabled'],
    ['websecure-a@kubernetes', true, 'enabled'],
    ['websecure-b@kubernetes', true, 'disabled'],
  ]);
  const errors = log.filter(({ level }) => level === 'ERROR');
  expect(errors.map(({ message, fields }) => message || fields['error'])).toEqual([
    'middleware "auth@file" does not exist',
    'middleware "auth@file" does not exist',
    "EntryPoint doesn't exist",
    'No valid entryPoint for this router',
  ]);
  expect(log.filter(({ level }) => level === 'WARN').map(({ message }) => message)).toEqual(
    Array(2).fill(
      'No domain found in rule PathPrefix("/"), the TLS options applied for this router will depend on the SNI of each request',
    ),
  );
});

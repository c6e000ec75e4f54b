import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { byVersion, discoveryDocument } from '../../../../src/cluster/api/schema/discovery.ts';
import { servedResources } from '../../../../src/cluster/api/schema/served-resources.ts';

const resources = servedResources().map((resource) => ({ ...resource, strategy: {} }));
const facts = JSON.parse(readFileSync(new URL('../../../../scripts/facts/discovery.json', import.meta.url), 'utf8'));
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

describe('discovery', () => {
  it.each(Object.keys(facts.lists))('lists the resources of %s as the API server does', (groupVersion) => {
    const path = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
    expect(discoveryDocument(path, resources, '')).toMatchObject({
      groupVersion,
      resources: facts.lists[groupVersion],
    });
  });

  it('lists groups with the preferred version first', () => {
    const { groups } = discoveryDocument('/apis', resources, '') as {
      groups: { name: string; preferredVersion: { version: string } }[];
    };
    expect(groups.map((group) => group.name)).toEqual(facts.groups.map((group: { name: string }) => group.name));
    expect(groups.find((group) => group.name === 'autoscaling')?.preferredVersion.version).toBe('v2');
  });

  it('answers for the resources of api-resources.txt and no others', () => {
    const lines = readFileSync(new URL('../../../../scripts/facts/api-resources.txt', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1);
    const preferred = resources.filter((r) => r.group !== 'autoscaling' || r.version === 'v2');
    expect(preferred.map((r) => r.plural).sort()).toEqual(lines.map((line) => line.split(' ')[0]).sort());
  });

  it('puts everything in two documents for clients that ask for it', () => {
    const { items } = discoveryDocument('/apis', resources, aggregated) as { items: { metadata: { name: string } }[] };
    expect(items.map((item) => item.metadata.name)).toContain('apps');
    expect(discoveryDocument('/apis/nothing.example/v1', resources, '')).toBeUndefined();
  });

  it('orders versions as Kubernetes does', () => {
    expect(['foo1', 'v1alpha1', 'v10', 'v11beta2', 'v2', 'v1', 'v3beta1'].sort(byVersion)).toEqual([
      'v10',
      'v2',
      'v1',
      'v11beta2',
      'v3beta1',
      'v1alpha1',
      'foo1',
    ]);
  });
});

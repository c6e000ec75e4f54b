import { expect, it } from 'vitest';
import { questionOf } from '../../../src/cluster/api/authorization.ts';
import { parseRequestInfo } from '../../../src/cluster/api/request-info.ts';
import { buildWorld } from '../../../src/scenarios/build.ts';
import { prepare, runStep } from '../../conformance/player.ts';

it('asks about the resource for requests of resources and about the path for others', () => {
  expect(questionOf(parseRequestInfo('GET', '/api/v1/namespaces/a/pods/b/log', []))).toEqual({
    verb: 'get',
    group: '',
    resource: 'pods',
    subresource: 'log',
    namespace: 'a',
    name: 'b',
  });
  expect(questionOf(parseRequestInfo('GET', '/healthz', [])).path).toBe('/healthz');
});

it('lets an impersonated user do what the roles of his groups allow', () => {
  const built = buildWorld('bare', 'authorization');
  const { folder, home } = prepare(built);
  expect(runStep(built, 'kubectl auth can-i list pods --as bob', folder, home)).toMatchObject({
    exit: 1,
    stdout: 'no\n',
  });
  const text =
    'kubectl create role reader --verb=list --resource=pods && kubectl create rolebinding bob --role=reader --user=bob && kubectl auth can-i list pods --as bob';
  expect(runStep(built, text, folder, home).stdout).toContain('yes');
});

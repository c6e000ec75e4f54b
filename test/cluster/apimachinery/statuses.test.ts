import { describe, expect, test } from 'vitest';
import { FieldError, StatusError } from '../../../src/cluster/apimachinery/errors.ts';
import { applyJsonPatch } from '../../../src/cluster/apimachinery/json-patch.ts';
import type { Json, JsonObject } from '../../../src/cluster/apimachinery/json-value.ts';
import { applyMergePatch } from '../../../src/cluster/apimachinery/merge-patch.ts';
import { validateDns1123Label } from '../../../src/cluster/apimachinery/names.ts';
import { noKindMatch } from '../../../src/cluster/apimachinery/no-kind-match.ts';
import { applyStrategicMergePatch } from '../../../src/cluster/apimachinery/strategic-merge-patch.ts';
import { readFixture } from './fixtures.ts';
import { kindSchema, patchSchema } from './openapi-schema.ts';

// Statuses as a real API server v1.36.4 answered them.
const recorded = readFixture('statuses') as unknown as Record<string, { request: Json[]; status: JsonObject }>;
const deployments = { group: 'apps', plural: 'deployments' };
const deployment = { group: 'apps', kind: 'Deployment' };
const replicas = FieldError.invalid('spec.replicas', -1, 'must be greater than or equal to 0');
const media = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

const built: Record<string, StatusError> = {
  notFound: StatusError.notFound(deployments, 'nope'),
  notFoundCore: StatusError.notFound({ group: '', plural: 'pods' }, 'nope'),
  alreadyExists: StatusError.alreadyExists(deployments, 'st'),
  conflict: StatusError.conflict(deployments, 'st'),
  invalid: StatusError.invalid(deployment, 'st2', [replicas]),
  invalidMany: StatusError.invalid(deployment, 'st2', [
    replicas,
    ...validateDns1123Label('A_').map((error) =>
      FieldError.invalid('spec.template.spec.containers[0].name', 'A_', error),
    ),
    FieldError.notSupported('spec.template.spec.restartPolicy', 'X', ['Always', 'OnFailure', 'Never']),
    FieldError.notSupported('spec.template.spec.restartPolicy', 'X', ['Always']),
  ]),
  noPath: StatusError.noSuchPath(),
  method: StatusError.methodNotAllowed(),
  mediaType: StatusError.unsupportedPatchType(),
  mediaTypePost: StatusError.unsupportedMediaType(media),
  accept: StatusError.notAcceptable([
    ...media,
    'application/json;stream=watch',
    'application/vnd.kubernetes.protobuf;stream=watch',
  ]),
  anonymousPath: StatusError.forbidden(undefined, '', 'User "system:anonymous" cannot get path "/foo"'),
  anonymous: StatusError.forbidden(
    deployments,
    '',
    'User "system:anonymous" cannot list resource "deployments" in API group "apps" in the namespace "default"',
  ),
  badToken: StatusError.unauthorized(),
};

describe('a Status is built as the server builds it', () => {
  test.each(Object.entries(built))('%s', (name, error) => {
    expect(error.toStatus()).toEqual(recorded[name]?.status);
  });
});

const live: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'st' },
  spec: {
    replicas: 1,
    strategy: { type: 'RollingUpdate' },
    template: {
      spec: {
        containers: [
          {
            name: 'a',
            image: 'n',
            imagePullPolicy: 'Always',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
          },
        ],
      },
    },
  },
};
const schema = patchSchema(kindSchema('apps/v1', 'Deployment'));

const refused = ['jsonPatch', 'jsonPatchTest', 'jsonPatchObject', 'jsonPatchItem', 'jsonPatchOpNumber', 'mergeList'];
const refusedStrategic = [
  'smpKey',
  'smpRetain',
  'smpDirective',
  'smpList',
  'smpOrder',
  'smpListOfLists',
  'smpDeletePrimitive',
];

describe('a patch is refused as the server refuses it', () => {
  test.each([...refused, ...refusedStrategic])('%s', (name) => {
    const { request = [], status } = recorded[name] ?? {};
    const body = request[2] === '[]' ? [] : request[2];
    const apply = () => {
      if (name.startsWith('json')) return applyJsonPatch(live, body);
      return name.startsWith('merge') ? applyMergePatch(live, body) : applyStrategicMergePatch(live, body, schema);
    };
    expect(failureOf(apply)).toEqual(status);
  });
});

function failureOf(run: () => unknown): Json {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error.toStatus();
    throw error;
  }
  return null;
}

test('values in field errors', () => {
  expect(String(FieldError.duplicate('spec.ports[3]', { port: 80, name: '<a>' }))).toBe(
    'spec.ports[3]: Duplicate value: {"port":80,"name":"\\u003ca\\u003e"}',
  );
  expect(String(FieldError.required('spec.selector'))).toBe('spec.selector: Required value');
  expect(String(FieldError.tooLong('a', 'xxx', 2))).toBe('a: Too long: may not be more than 2 bytes');
  expect(String(FieldError.tooMany('a', 3, 1))).toBe('a: Too many: 3: must have at most 1 item');
  expect(String(FieldError.invalid('a', null, 'no'))).toBe('a: Invalid value: null: no');
  expect(String(FieldError.invalid('a', true, 'no'))).toBe('a: Invalid value: true: no');
});

test('unknown kinds', () => {
  expect(noKindMatch('Foo', '', ['v1'])).toBe('no matches for kind "Foo" in version "v1"');
  expect(noKindMatch('Foo', 'apps', ['v1', 'v1beta1'])).toBe(
    'no matches for kind "Foo" in versions ["apps/v1" "apps/v1beta1"]',
  );
});

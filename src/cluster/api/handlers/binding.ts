import type { HttpResponse } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { at, isRecord } from '../object.ts';
import type { Resource } from '../resource.ts';
import { jsonResponse } from '../response.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { readBody } from './body.ts';
import { writeOptions } from './options.ts';

/** pods/binding: what a scheduler posts. kubernetes: pkg/registry/core/pod/storage assignPod */
export function bindPod(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info } = request;
  const node = at(readBody(request.http), 'target', 'name');
  if (typeof node !== 'string' || node === '') throw StatusError.badRequest('target.name: Required value');
  server.registry.update(
    resource,
    info.namespace,
    info.name,
    (old) => {
      const bound = at(old, 'spec', 'nodeName');
      if (typeof bound === 'string' && bound !== '') {
        throw StatusError.conflict(
          { group: '', plural: 'pods/binding' },
          info.name,
          `pod ${info.name} is already assigned to node "${bound}"`,
        );
      }
      const spec = at(old, 'spec');
      return { ...old, spec: { ...(isRecord(spec) ? spec : {}), nodeName: node } };
    },
    { ...writeOptions(request), trusted: true },
    'binding',
  );
  return jsonResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

import { type HttpResponse, queryValue } from '../../../world/network/http.ts';
import { FieldError, StatusError } from '../../apimachinery/errors.ts';
import { type ApiObject, at, isRecord } from '../object.ts';
import type { Resource } from '../resource.ts';
import { decodeApplied } from '../schema/decode.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { addWarnings, objectResponse } from './answer.ts';
import { readBody } from './body.ts';
import { writeOptions } from './options.ts';

/** PATCH with an apply configuration. kubernetes: apiserver/pkg/endpoints/handlers/patch.go applyPatcher */
export function applyServerSide(
  server: ApiServer,
  request: ApiRequest,
  resource: Resource,
  subresource: string,
): HttpResponse {
  const { info, http } = request;
  const given = readBody(http);
  const body = isRecord(given) && resource.conversion ? resource.conversion.toStored(given) : given;
  if (!isRecord(body)) throw StatusError.badRequest('error decoding YAML: the patch is not an object');
  const manager = queryValue(http, 'fieldManager') ?? '';
  if (manager === '') {
    throw StatusError.invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      FieldError.required('fieldManager', 'is required for apply patch'),
    ]);
  }
  const force = queryValue(http, 'force') === 'true';
  if (at(body, 'metadata', 'managedFields') !== undefined)
    throw StatusError.badRequest('metadata.managedFields must be nil');
  const name = at(body, 'metadata', 'name');
  if (typeof name === 'string' && name !== '' && name !== info.name) {
    throw StatusError.badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
  }
  const options = { ...writeOptions(request), fieldManager: manager };
  const live = server.registry.find(resource, info.namespace, info.name);
  if (!live && subresource !== '') throw StatusError.notFound(resource, info.name);
  const uid = at(body, 'metadata', 'uid');
  if (!live && typeof uid === 'string' && uid !== '')
    throw StatusError.conflict(
      resource,
      info.name,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  const shown = `${info.namespace}/${info.name}`;
  const typed = (object: ApiObject) => decodeApplied(resource, object, shown);
  const apply = { resource, manager, force, subresource, time: server.world.now };
  if (!live) {
    const first = server.apply(body, undefined, [], apply);
    const created = server.registry.create(
      resource,
      info.namespace,
      typed({ ...first.object, metadata: { ...first.object.metadata, name: info.name } }),
      options,
    );
    if (!options.dryRun) server.managers.set(created.metadata.uid, first.managedFields);
    addWarnings(request, resource, created, undefined);
    return objectResponse(server, request, resource, created, 201);
  }
  const merged = server.apply(body, live, server.managers.of(live), apply);
  const updated = server.registry.update(
    resource,
    info.namespace,
    info.name,
    () => typed(merged.object),
    options,
    subresource,
  );
  if (!options.dryRun) server.managers.set(updated.metadata.uid, merged.managedFields);
  addWarnings(request, resource, updated, live);
  return objectResponse(server, request, resource, updated);
}

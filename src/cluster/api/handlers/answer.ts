import { encode } from '../../../world/bytes.ts';
import { bodyText, type HttpResponse, queryValue } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { type ApiObject, deepCopy, isRecord, type Stored } from '../object.ts';
import type { Resource } from '../resource.ts';
import { jsonResponse } from '../response.ts';
import { decodeObject } from '../schema/decode.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { partialMetadata, type TableObject, tableOf } from '../table.ts';
import { readBody } from './body.ts';
import { fieldValidationOf, writeOptions } from './options.ts';
import { RequestedManagedFields, updateWith } from './requested-managed-fields.ts';

const SHOWN_BYTES = 30;

/** The format that the Accept header asks for. */
export function presentation(request: ApiRequest): 'Table' | 'PartialObjectMetadata' | 'plain' {
  const accept = request.http.headers.get('accept') ?? '';
  if (/as=Table\b/.test(accept)) return 'Table';
  return /as=PartialObjectMetadata/.test(accept) ? 'PartialObjectMetadata' : 'plain';
}

/** An object as it goes out: in the version of the request, with its managedFields. */
export function outgoing(server: ApiServer, resource: Resource, stored: Stored): Stored {
  const object = asRequested(resource, stored);
  const managedFields = server.managers.of(stored);
  return managedFields.length === 0
    ? object
    : { ...object, metadata: { ...object.metadata, managedFields: [...managedFields] } };
}

/** A stored object in the version of the resource. */
export function asRequested(resource: Resource, stored: Stored): Stored {
  return resource.conversion ? resource.conversion.fromStored(stored) : stored;
}

export function objectResponse(
  server: ApiServer,
  request: ApiRequest,
  resource: Resource,
  object: Stored,
  status = 200,
): HttpResponse {
  const form = presentation(request);
  if (form === 'Table') return jsonResponse(status, oneRowTable(server, request, resource, object));
  if (form !== 'plain') return jsonResponse(status, partialMetadata(outgoing(server, resource, object)));
  return jsonResponse(
    status,
    object.metadata.resourceVersion === ''
      ? unwritten(asRequested(resource, object))
      : outgoing(server, resource, object),
  );
}

/** What a dry run would have created: nothing was written, so it has no version. */
function unwritten(object: Stored): ApiObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

export function oneRowTable(server: ApiServer, request: ApiRequest, resource: Resource, object: Stored): TableObject {
  return tableOf(resource, [object], server.world.now, includeObject(request), {
    resourceVersion: object.metadata.resourceVersion,
  });
}

export function includeObject(request: ApiRequest): 'None' | 'Metadata' | 'Object' {
  const given = queryValue(request.http, 'includeObject') ?? 'Metadata';
  return given === 'None' || given === 'Object' ? given : 'Metadata';
}

/** Text that is no JSON is refused with its first bytes. kubernetes: serializer/recognizer, json.go notRegistered */
export function readObjectBody({ http }: ApiRequest, kind: string, duplicates: string[] = []): unknown {
  try {
    return readBody(http, duplicates);
  } catch (error) {
    if (!(error instanceof StatusError) || !http.body || http.body.kind === 'json') throw error;
    const bytes = encode(bodyText(http.body));
    const hex = [...bytes.slice(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    throw StatusError.badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${error.message} (${hex}${bytes.length > SHOWN_BYTES ? ' ...' : ''})`,
    );
  }
}

/** The object in the body of a create or update, in the version that is stored. */
export function decode(request: ApiRequest, resource: Resource): ApiObject {
  const duplicates: string[] = [];
  const body = readObjectBody(request, resource.kind, duplicates);
  if (body === undefined) throw StatusError.badRequest('Request body is empty');
  const object = decodeObject(resource, body, fieldValidationOf(request.http), request.warnings, duplicates);
  return resource.conversion ? resource.conversion.toStored(object) : object;
}

/** kubernetes: registry/rest EnsureObjectNamespaceMatchesRequestNamespace: what has no namespace loses a given one. */
export function checkNamespace(request: ApiRequest, resource: Resource, object: ApiObject): void {
  const given = object.metadata?.namespace;
  if (!given || given === request.info.namespace) return;
  if (!resource.namespaced) {
    object.metadata = { ...object.metadata, namespace: undefined };
    return;
  }
  throw StatusError.badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
}

export function addWarnings(request: ApiRequest, resource: Resource, object: ApiObject, old: Stored | undefined): void {
  request.warnings.push(...(resource.strategy.warnings?.(object, old) ?? []));
}

/** PUT of an object or of a subresource that has the object's own form. */
export function putObject(
  server: ApiServer,
  request: ApiRequest,
  resource: Resource,
  subresource: string,
): HttpResponse {
  const { info } = request;
  const object = decode(request, resource);
  checkNamespace(request, resource, object);
  const name = object.metadata?.name;
  if (!name)
    throw StatusError.badRequest(`the name of the object (based on URL) was undeterminable: name must be provided`);
  if (name !== info.name) {
    throw StatusError.badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
  }
  const options = writeOptions(request);
  const given = object.metadata?.managedFields;
  const managed = given === undefined ? undefined : new RequestedManagedFields(server);
  let before: Stored | undefined;
  const change = (old: Stored) => {
    before = old;
    managed?.take(old, given);
    return object;
  };
  const updated = updateWith(
    managed,
    options,
    () => server.registry.update(resource, info.namespace, info.name, change, options, subresource),
    resource,
    () => before,
  );
  addWarnings(request, resource, updated, undefined);
  return objectResponse(server, request, resource, updated);
}

/** A private copy of a stored object, to be changed. */
export function editable(object: Stored): ApiObject & Record<string, unknown> {
  const copy: unknown = deepCopy(object);
  return isRecord(copy) ? copy : {};
}

import { type HttpResponse, queryValue } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import type { Stored } from '../object.ts';
import { selectableFields } from '../object-registry.ts';
import { apiVersionOf, qualifiedResource, type Resource } from '../resource.ts';
import { jsonResponse, response } from '../response.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { partialMetadata, tableOf } from '../table.ts';
import { readComponentStatuses } from '../virtual/component-statuses.ts';
import { watch } from '../watch.ts';
import {
  addWarnings,
  checkNamespace,
  decode,
  includeObject,
  objectResponse,
  oneRowTable,
  outgoing,
  presentation,
  putObject,
} from './answer.ts';
import { readBody } from './body.ts';
import { checkListOptions, pageOf, watchSeconds } from './list-options.ts';
import { deleteOptions, selectionOf, writeOptions } from './options.ts';
import { patchResource } from './patch.ts';
import { findSubresource } from './subresources.ts';

/** What every request for a deprecated kind is told. kubernetes: APILifecycleDeprecated */
const DEPRECATED: Readonly<Record<string, string>> = {
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

/** Answers a request for a resource, or raises StatusError. */
export function handleResource(server: ApiServer, request: ApiRequest): HttpResponse {
  const resource = server.resources.need(request.info.group, request.info.version, request.info.resource);
  // What cannot be done with a kind is said without a warning.
  const deprecation = !resource.verbs.includes(request.info.verb)
    ? ''
    : (DEPRECATED[qualifiedResource(resource)] ?? ('deprecation' in resource ? resource.deprecation : ''));
  if (typeof deprecation === 'string' && deprecation !== '') request.warnings.push(deprecation);
  // A Namespace's own path names it twice; what has no namespace is stored without one.
  return answer(
    server,
    resource.namespaced ? request : { ...request, info: { ...request.info, namespace: '' } },
    resource,
  );
}

function answer(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info } = request;
  if (info.subresource !== '') {
    const handler = findSubresource(resource, info.subresource);
    // Of custom kinds the server says that the object is missing.
    if (!handler)
      throw 'openAPIV3Schema' in resource ? StatusError.notFound(resource, info.name) : StatusError.noSuchPath();
    return handler(server, request, resource);
  }
  const verb = info.verb;
  if (!resource.verbs.includes(verb)) throw StatusError.methodNotAllowed();
  if (resource.namespaced && info.namespace === '' && !['list', 'watch'].includes(verb)) {
    throw StatusError.methodNotAllowed();
  }
  if (resource.aggregated) return resource.aggregated(server, request);
  if (qualifiedResource(resource) === 'componentstatuses') return readComponentStatuses(server, request, resource);
  switch (verb) {
    case 'get':
      return objectResponse(server, request, resource, server.registry.get(resource, info.namespace, info.name));
    case 'list':
      return listResources(server, request, resource);
    case 'watch':
      return watchResources(server, request, resource);
    case 'create':
      return createResource(server, request, resource);
    case 'update':
      return updateResource(server, request, resource);
    case 'patch':
      return patchResource(server, request, resource, '');
    case 'delete':
      return deleteResource(server, request, resource);
    case 'deletecollection':
      return deleteCollection(server, request, resource);
    default:
      throw StatusError.methodNotAllowed();
  }
}

function fieldNames(server: ApiServer, resource: Resource): string[] {
  const names = resource.namespaced ? ['metadata.name', 'metadata.namespace'] : ['metadata.name'];
  const sample = server.registry.sample(resource);
  return [...names, ...Object.keys(resource.strategy.selectableFields?.(sample) ?? {})];
}

/** kubernetes: apimachinery/pkg/runtime/scheme.go ConvertFieldLabel: kinds with fields of their own have their own words. */
function fieldLabelError({ strategy }: Resource, label: string): string {
  if (strategy.fieldLabelError) return strategy.fieldLabelError(label);
  if (strategy.selectableFields) return `field label not supported: ${label}`;
  return `${JSON.stringify(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function listResources(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info, http } = request;
  checkListOptions(http);
  const selection = selectionOf(http, info.name, fieldNames(server, resource), (label) =>
    fieldLabelError(resource, label),
  );
  const all = server.registry.list(resource, info.namespace, selection);
  const page = pageOf(all, http, server.store.revision);
  const form = presentation(request);
  if (form === 'Table') {
    return jsonResponse(200, tableOf(resource, page.items, server.world.now, includeObject(request), page.metadata));
  }
  const partial = form === 'PartialObjectMetadata';
  return jsonResponse(200, {
    kind: partial ? 'PartialObjectMetadataList' : `${resource.kind}List`,
    apiVersion: partial ? 'meta.k8s.io/v1' : apiVersionOf(resource),
    metadata: page.metadata,
    items: page.items.map((object) =>
      partial ? partialMetadata(outgoing(server, resource, object)) : outgoing(server, resource, object),
    ),
  });
}

function watchResources(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info, http } = request;
  checkListOptions(http);
  const selection = selectionOf(http, info.name, fieldNames(server, resource), (label) =>
    fieldLabelError(resource, label),
  );
  const form = presentation(request);
  const version = Number(queryValue(http, 'resourceVersion') ?? '0');
  const items = watch(server.store, resource, {
    namespace: info.namespace,
    selection,
    selects: (object) =>
      !selection.narrow ||
      (selection.labels(object.metadata.labels ?? {}) && selection.fields(selectableFields(resource, object))),
    resourceVersion: Number.isFinite(version) ? version : 0,
    present: (object) => {
      if (form === 'Table') return oneRowTable(server, request, resource, object);
      return form === 'plain'
        ? outgoing(server, resource, object)
        : partialMetadata(outgoing(server, resource, object));
    },
  });
  const seconds = watchSeconds(http);
  if (seconds !== undefined) server.world.loop.after(seconds * 1000, () => items.end());
  return response(200, { kind: 'stream', items });
}

function createResource(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info } = request;
  const object = decode(request, resource);
  checkNamespace(request, resource, object);
  const create = server.virtual.get(`${resource.plural}.${resource.group}`);
  if (create) return jsonResponse(201, create(server, request, object));
  const created = server.registry.create(resource, info.namespace, object, writeOptions(request));
  addWarnings(request, resource, created, undefined);
  return objectResponse(server, request, resource, created, 201);
}

function updateResource(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  return putObject(server, request, resource, '');
}

function deleteResource(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info } = request;
  const options = deleteOptions(request.http, readBody(request.http));
  const write = { ...writeOptions(request), dryRun: options.dryRun ?? false };
  const { object, gone } = server.registry.delete(resource, info.namespace, info.name, options, write);
  if (!gone || RETURNS_OBJECT.has(resource.plural)) return jsonResponse(200, outgoing(server, resource, object));
  return jsonResponse(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: info.name,
      ...(resource.group === '' ? {} : { group: resource.group }),
      kind: resource.plural,
      uid: object.metadata.uid,
    },
  });
}

/** Kinds whose deletion answers with the object. kubernetes: ReturnDeletedObject in pkg/registry */
const RETURNS_OBJECT = new Set([
  'pods',
  'podtemplates',
  'serviceaccounts',
  'services',
  'persistentvolumes',
  'persistentvolumeclaims',
  'resourcequotas',
  'storageclasses',
  'csidrivers',
  'csinodes',
  'volumeattachments',
]);

function deleteCollection(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info, http } = request;
  const selection = selectionOf(http, '', fieldNames(server, resource), (label) => fieldLabelError(resource, label));
  const options = deleteOptions(http, readBody(http));
  const write = { ...writeOptions(request), dryRun: options.dryRun ?? false };
  const items: Stored[] = [];
  for (const object of server.registry.list(resource, info.namespace, selection)) {
    items.push(
      server.registry.delete(resource, object.metadata.namespace ?? '', object.metadata.name, options, write).object,
    );
  }
  return jsonResponse(200, {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(server.store.revision) },
    items,
  });
}

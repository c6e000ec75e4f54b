import type { HttpResponse } from '../../../world/network/http.ts';
import { FieldError, StatusError } from '../../apimachinery/errors.ts';
import { applyJsonPatch } from '../../apimachinery/json-patch.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { applyMergePatch } from '../../apimachinery/merge-patch.ts';
import { type ApiObject, at, isRecord, type Stored } from '../object.ts';
import type { Column, Resource } from '../resource.ts';
import { jsonResponse } from '../response.ts';
import { decodeObject, decodePatched } from '../schema/decode.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { ageColumn, nameColumn, tableOf } from '../table.ts';
import { editable, includeObject, presentation } from './answer.ts';
import { readBody } from './body.ts';
import { writeOptions } from './options.ts';

/** The scale subresource: an autoscaling/v1 Scale seen through a workload. kubernetes: pkg/registry/apps/deployment/storage */
export function handleScale(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info } = request;
  const current = server.registry.get(resource, info.namespace, info.name);
  if (info.verb === 'get') return scaleResponse(server, request, resource, current);
  if (info.verb !== 'update' && info.verb !== 'patch') throw StatusError.methodNotSupported(resource, info.verb);
  const wanted = requestedScale(request, scaleOf(resource, current));
  const replicas = Number(at(wanted, 'spec', 'replicas') ?? 0);
  const version = at(wanted, 'metadata', 'resourceVersion');
  if (replicas < 0) {
    const error = FieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    throw StatusError.invalid({ group: 'autoscaling', kind: 'Scale' }, info.name, [error]);
  }
  const updated = server.registry.update(
    resource,
    info.namespace,
    info.name,
    (old) => {
      if (typeof version === 'string' && version !== '' && version !== old.metadata.resourceVersion) {
        throw StatusError.conflict(
          resource,
          info.name,
          'the object has been modified; please apply your changes to the latest version and try again',
        );
      }
      const object = editable(old);
      return put(object, resource.scale?.specReplicas ?? ['spec', 'replicas'], replicas);
    },
    writeOptions(request),
    'scale',
  );
  return scaleResponse(server, request, resource, updated);
}

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** The Scale that a request asks for. Raises StatusError when it is none. */
function requestedScale({ info, http, warnings }: ApiRequest, scale: ScaleObject): ApiObject {
  const body = readBody(http);
  if (body === undefined) throw StatusError.badRequest('Request body is empty');
  if (info.verb === 'update') return decodeObject(SCALE, body, 'Ignore', warnings);
  const byOperations = http.headers.get('content-type')?.startsWith('application/json-patch');
  const wanted = byOperations ? applyJsonPatch(scale, body) : applyMergePatch(scale, body);
  const shown = () => JSON.stringify(wanted);
  return decodePatched(SCALE, wanted, { strategic: false, shown }, 'Ignore', warnings);
}

/** autoscaling/v1 Scale */
type ScaleObject = { readonly kind: string; readonly apiVersion: string; readonly [field: string]: unknown };

/** The object with a value at the end of a way; maps on the way are made. */
function put<T extends Record<string, unknown>>(object: T, way: readonly string[], value: unknown): T {
  const [first = '', ...rest] = way;
  const below = object[first];
  return { ...object, [first]: rest.length === 0 ? value : put(isRecord(below) ? below : {}, rest, value) };
}

/** kubernetes: pkg/printers/internalversion/printers.go printScale */
const SCALE_COLUMNS: readonly Column[] = [
  nameColumn,
  { name: 'Desired', type: 'integer', value: (object) => Number(at(object, 'spec', 'replicas') ?? 0) },
  { name: 'Available', type: 'integer', value: (object) => Number(at(object, 'status', 'replicas') ?? 0) },
  ageColumn,
];

function scaleResponse(server: ApiServer, request: ApiRequest, resource: Resource, object: Stored): HttpResponse {
  if (presentation(request) !== 'Table') return jsonResponse(200, scaleOf(resource, object));
  const shown: Resource = { ...resource, kind: 'Scale', strategy: { columns: SCALE_COLUMNS } };
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  const seen: Stored = { ...scaleOf(resource, object), metadata: object.metadata };
  return jsonResponse(200, tableOf(shown, [seen], server.world.now, includeObject(request), metadata));
}

function scaleOf(resource: Resource, object: Stored): ScaleObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = at(object, 'spec', 'selector');
  // A ReplicationController's selector is a plain map of labels.
  const labelSelector = resource.kind === 'ReplicationController' ? { matchLabels: selector } : selector;
  const paths = resource.scale;
  const replicas = at(object, ...(paths?.specReplicas ?? ['spec', 'replicas'])) ?? 0;
  const ready = at(object, ...(paths?.statusReplicas ?? ['status', 'replicas'])) ?? 0;
  const own = paths?.labelSelector && at(object, ...paths.labelSelector);
  const builtin = !paths && isRecord(labelSelector) ? formatLabelSelector(labelSelector) : '';
  const text = typeof own === 'string' ? own : builtin;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // Go leaves out a number of nought here.
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: ready, ...(text === '' ? {} : { selector: text }) },
  };
}

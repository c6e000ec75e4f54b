import type { HttpRequest, HttpResponse } from '../../../world/network/http.ts';
import { queryValue } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { goFormat } from '../../apimachinery/go-format.ts';
import { applyJsonPatch } from '../../apimachinery/json-patch.ts';
import { asJson, isObject, type Json, type JsonObject } from '../../apimachinery/json-value.ts';
import { applyMergePatch } from '../../apimachinery/merge-patch.ts';
import { applyStrategicMergePatch } from '../../apimachinery/strategic-merge-patch.ts';
import { type ApiObject, at, isRecord, type Stored } from '../object.ts';
import type { Resource } from '../resource.ts';
import { decodeObject, decodePatched } from '../schema/decode.ts';
import { patchSchemaOf } from '../schema/patch-schema.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { addWarnings, asRequested, objectResponse, outgoing } from './answer.ts';
import { applyServerSide } from './apply.ts';
import { readBody } from './body.ts';
import { fieldValidationOf, writeOptions } from './options.ts';
import { patchedText, touchedByMerge, touchedByOperations } from './patched-text.ts';
import { RequestedManagedFields, updateWith } from './requested-managed-fields.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCHES = new Set(['application/apply-patch+yaml', 'application/apply-patch+cbor']);

/** What kinds take that Go has no type for. */
const WITHOUT_SCHEMA = [JSON_PATCH, MERGE_PATCH, 'application/apply-patch+yaml'];

/** PATCH of an object or of a subresource with the object's form. */
export function patchResource(
  server: ApiServer,
  request: ApiRequest,
  resource: Resource,
  subresource: string,
): HttpResponse {
  const { info, http } = request;
  const type = (http.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (APPLY_PATCHES.has(type)) return applyServerSide(server, request, resource, subresource);
  if (type !== JSON_PATCH && type !== MERGE_PATCH && type !== STRATEGIC_PATCH) {
    throw StatusError.unsupportedPatchType();
  }
  if (queryValue(http, 'force') !== undefined) {
    throw StatusError.badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  }
  if (type === STRATEGIC_PATCH && !patchSchemaOf(resource)) throw StatusError.unsupportedMediaType(WITHOUT_SCHEMA);
  const patch = readPatch(http, type);
  if (patch === undefined) {
    const text = 'unexpected end of JSON input';
    throw StatusError.badRequest(type === STRATEGIC_PATCH ? text : `error decoding patch: ${text}`);
  }
  let before: Stored | undefined;
  const options = { ...writeOptions(request), patch: true };
  const managed = JSON.stringify(patch).includes('managedFields') ? new RequestedManagedFields(server) : undefined;
  const updated = updateWith(
    managed,
    options,
    () =>
      server.registry.update(
        resource,
        info.namespace,
        info.name,
        (old) => {
          before = old;
          const base = managed ? outgoing(server, resource, old) : asRequested(resource, old);
          const result = patched(type, resource, base, patch);
          managed?.take(old, at(result, 'metadata', 'managedFields'));
          const shown = () => {
            if (type === STRATEGIC_PATCH) return goFormat(unconsumed(asJson(patch)));
            const whole = decodeObject(resource, outgoing(server, resource, old), 'Ignore', []);
            const touched = type === JSON_PATCH ? touchedByOperations(patch) : touchedByMerge(patch);
            return patchedText(patched(type, resource, whole, patch), touched);
          };
          const object = decodePatched(
            resource,
            result,
            { strategic: type === STRATEGIC_PATCH, shown },
            fieldValidationOf(http),
            request.warnings,
          );
          checkIdentity(result, old);
          return resource.conversion ? resource.conversion.toStored(object) : object;
        },
        options,
        subresource,
      ),
    resource,
    () => before,
  );
  addWarnings(request, resource, updated, before);
  return objectResponse(server, request, resource, updated);
}

/** Raises StatusError: a strategic merge patch is read by other code than the others. */
function readPatch(http: HttpRequest, type: string): unknown {
  try {
    return readBody(http);
  } catch (error) {
    if (type === STRATEGIC_PATCH || !(error instanceof StatusError)) throw error;
    throw StatusError.badRequest(`error decoding patch: ${error.message}`);
  }
}

/** A patch may not make another object of it. kubernetes: apiserver/pkg/registry/rest/update.go, handlers/rest.go */
function checkIdentity(result: unknown, old: Stored): void {
  const name = at(result, 'metadata', 'name');
  const namespace = at(result, 'metadata', 'namespace');
  if (name === undefined || name === '') {
    throw StatusError.badRequest(
      `the name of the object (${old.metadata.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== old.metadata.name && typeof name === 'string') {
    throw StatusError.badRequest(
      `the name of the object (${name}) does not match the name on the URL (${old.metadata.name})`,
    );
  }
  if (typeof namespace === 'string' && namespace !== '' && namespace !== (old.metadata.namespace ?? '')) {
    throw StatusError.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
}

function patched(type: string, resource: Resource, old: ApiObject, patch: unknown): unknown {
  if (type === JSON_PATCH) return applyJsonPatch(old, patch);
  if (type === MERGE_PATCH) return applyMergePatch(old, patch);
  if (patch === null) return old;
  if (!isRecord(patch))
    throw StatusError.badRequest(
      `json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`,
    );
  const schema = patchSchemaOf(resource);
  if (!schema) throw StatusError.unsupportedMediaType(WITHOUT_SCHEMA);
  return applyStrategicMergePatch(old, patch, schema);
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const ORDER = '$setElementOrder/';

/** What is left of a strategic merge patch when it was applied: lists with an order are taken out of it as they are merged. */
function unconsumed(patch: Json): Json {
  if (!isObject(patch)) return patch;
  const ordered = Object.keys(patch).filter((key) => key.startsWith(ORDER));
  const gone = new Set([...ordered, ...ordered.map((key) => key.slice(ORDER.length))]);
  const left: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) if (!gone.has(key)) left[key] = unconsumed(value);
  return left;
}

import { FieldError, StatusError } from '../../apimachinery/errors.ts';
import { goQuote } from '../../apimachinery/go-quote.ts';
import { type ApiObject, isRecord } from '../object.ts';
import { apiVersionOf } from '../resource.ts';
import { withMetadata } from './custom-field-type.ts';
import { pruned } from './custom-schema.ts';
import { DecodeError, jsonKind, ValueDecoder } from './decode-value.ts';
import { typeOfKind } from './schema.ts';

/** What a request wants to hear of unknown fields. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * Decodes the body of a create or update into an object of the resource's kind, as kube-apiserver does. Unknown fields are
 * dropped: silently, with a warning, or (Strict) the request fails.
 * StatusError 400 with the server's text when it is no such object.
 * kubernetes: apiserver/pkg/endpoints/handlers/create.go, apimachinery/pkg/runtime/serializer/json/json.go
 */
export function decodeObject(
  resource: Kind,
  body: unknown,
  validation: FieldValidation,
  warnings: string[],
  duplicates: readonly string[] = [],
): ApiObject {
  const { apiVersion, kind } = typeMetaOf(resource, body);
  const refused = (why: string) =>
    StatusError.badRequest(
      `${kind} in version ${goQuote(versionOf(apiVersion))} cannot be handled as a ${resource.kind}: ${why}`,
    );
  checkCustomKind(resource, kind, body);
  checkKind(resource, apiVersion, kind, refused);
  const decoder = new ValueDecoder('json');
  const object = decoded(resource, decoder, body, refused);
  decoder.strictErrors.unshift(...duplicates.map((path) => `duplicate field ${goQuote(path)}`));
  if (validation === 'Strict' && decoder.strictErrors.length > 0) {
    throw refused(`strict decoding error: ${decoder.strictErrors.join(', ')}`);
  }
  if (validation === 'Warn') warnings.push(...decoder.strictErrors);
  return typed(resource, object);
}

/**
 * Decodes the result of a patch. `patch` is told in errors: the patch itself of a strategic merge patch, else the patched
 * object. StatusError 422 when it does not fit the type.
 * kubernetes: apiserver/pkg/endpoints/handlers/patch.go
 */
export function decodePatched(
  resource: Kind,
  patched: unknown,
  patch: { readonly strategic: boolean; readonly shown: () => string },
  validation: FieldValidation,
  warnings: string[],
): ApiObject {
  const decoder = new ValueDecoder(patch.strategic ? 'converter' : 'json');
  const refused = (why: string) => patchRefused(patch.shown(), why);
  if (!patch.strategic) checkPatchedKind(resource, patched, refused);
  const object = decoded(resource, decoder, patched, refused);
  const errors = patch.strategic ? [...decoder.strictErrors].sort() : decoder.strictErrors;
  if (validation === 'Strict' && errors.length > 0) throw refused(`strict decoding error: ${errors.join(', ')}`);
  if (validation === 'Warn') warnings.push(...errors);
  return typed(resource, object);
}

/**
 * Converts the result of an apply, whose forms the types of its fields have checked already. `shown`: which object, in
 * errors. StatusError 500 for texts that are no quantities, times and the like.
 * kubernetes: apimachinery/pkg/util/managedfields/internal/structuredmerge.go Apply
 */
export function decodeApplied(resource: Kind, body: ApiObject, shown: string): ApiObject {
  const kind = `${resource.group}/${resource.version}, Kind=${resource.kind}`;
  const refused = (why: string) =>
    new StatusError({
      code: 500,
      message: `failed to convert new object (${shown}; ${kind}) to proper version: unable to convert unstructured object to ${kind}: ${why}`,
    });
  return typed(resource, decoded(resource, new ValueDecoder('converter'), body, refused));
}

/** A patch that names another kind. kubernetes: apimachinery/pkg/runtime/error.go notRegisteredErr */
function checkPatchedKind(resource: Kind, patched: unknown, refused: (why: string) => StatusError): void {
  const { apiVersion, kind } = recordOf(patched);
  if (typeof kind !== 'string' || typeof apiVersion !== 'string' || kind === resource.kind) return;
  if (apiVersion !== apiVersionOf(resource) || !typeOfKind(resource.group, resource.version, resource.kind)) return;
  const of = `for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
  throw refused(`no kind ${goQuote(kind)} is registered ${of}`);
}

/** The fields by the type of the kind, or by the schema of a custom resource. Raises what `refused` makes of a wrong one. */
function decoded(
  resource: Kind,
  decoder: ValueDecoder,
  body: unknown,
  refused: (why: string) => StatusError,
): { [key: string]: unknown } {
  const type = typeOfKind(resource.group, resource.version, resource.kind);
  try {
    return type ? decoder.object(type, recordOf(body)) : customObject(resource, decoder, recordOf(body));
  } catch (error) {
    if (error instanceof DecodeError) throw refused(error.message);
    throw error;
  }
}

/** The object with its kind and version in front, as Go prints them. */
function typed(resource: Kind, object: { [key: string]: unknown }): ApiObject {
  const typeMeta = { kind: resource.kind, apiVersion: apiVersionOf(resource) };
  return { ...typeMeta, ...object, ...typeMeta };
}

function patchRefused(shown: string, why: string): StatusError {
  const body = `Invalid value: ${goQuote(shown)}: ${why}`;
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: ` "" is invalid: patch: ${body}`,
    details: { causes: [{ reason: 'FieldValueInvalid', message: body, field: 'patch' }] },
  });
}

/** The metadata of a custom resource has a type; all else goes by the schema of the CRD. */
function customObject(
  resource: Kind,
  decoder: ValueDecoder,
  body: { [key: string]: unknown },
): { [key: string]: unknown } {
  const { metadata } = body;
  const typed =
    metadata === undefined || metadata === null ? { metadata: {} } : decoder.object(withMetadata(), { metadata });
  if (!('openAPIV3Schema' in resource)) return { ...body, ...typed };
  const dropped: string[] = [];
  const rest = recordOf(pruned(body, resource.openAPIV3Schema, '', dropped));
  decoder.strictErrors.push(...dropped);
  return { apiVersion: rest['apiVersion'], kind: rest['kind'], ...typed, ...rest, ...typed };
}

function recordOf(value: unknown): { [key: string]: unknown } {
  return isRecord(value) ? value : {};
}

/** `apps/v1` → `v1` */
function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

function typeMetaOf(resource: Kind, body: unknown): { apiVersion: string; kind: string } {
  const unrecognized = (why: string) =>
    StatusError.badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): ${why} (${summary(body)})`,
    );
  const unparsed = (what: string, where: string) =>
    unrecognized(`couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into ${where}`);
  if (!isRecord(body)) {
    throw unparsed(
      jsonKind(body),
      'Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    );
  }
  const text = (name: 'apiVersion' | 'kind') => {
    const value = body[name] ?? '';
    if (typeof value !== 'string') throw unparsed(jsonKind(value), `Go struct field .${name} of type string`);
    return value;
  };
  const apiVersion = text('apiVersion');
  const kind = text('kind');
  if (apiVersion.split('/').length > 2) throw unrecognized(`unexpected GroupVersion string: ${apiVersion}`);
  return { apiVersion: apiVersion || apiVersionOf(resource), kind: kind || resource.kind };
}

// kubernetes: apiserver/pkg/endpoints/handlers/rest.go summarizeData
function summary(body: unknown): string {
  const text = JSON.stringify(body) ?? '';
  const start = text.slice(0, 30);
  const shown = text.startsWith('{')
    ? start
    : [...start].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return text.length > 30 ? `${shown} ...` : shown;
}

/** Objects of a CRD have no type that could be missing. kubernetes: apiextensions-apiserver/pkg/registry/customresource/strategy.go */
function checkCustomKind(resource: Kind, kind: string, body: unknown): void {
  if (kind === resource.kind || !('openAPIV3Schema' in resource)) return;
  const name = recordOf(recordOf(body)['metadata'])['name'];
  throw StatusError.invalid({ group: resource.group, kind }, typeof name === 'string' ? name : '', [
    FieldError.invalid('kind', kind, `must be ${resource.kind}`),
  ]);
}

function checkKind(resource: Kind, apiVersion: string, kind: string, refused: (why: string) => StatusError): void {
  const expected = apiVersionOf(resource);
  if (apiVersion === expected && kind === resource.kind) return;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const sameKind = group === resource.group && kind === resource.kind;
  // Go still knows the types of versions that are no longer served.
  const once = sameKind && /^v\d+(alpha|beta)\d+$/.test(versionOf(apiVersion));
  if (!once && !typeOfKind(group, versionOf(apiVersion), kind)) {
    throw refused(
      `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  if (sameKind) {
    throw StatusError.badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  const internal = resource.group === '' ? 'core' : (resource.group.split('.')[0] ?? '');
  throw refused(`converting (${versionOf(apiVersion)}.${kind}) to (${internal}.${resource.kind}): unknown conversion`);
}

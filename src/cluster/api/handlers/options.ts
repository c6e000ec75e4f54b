import { type HttpRequest, queryValue } from '../../../world/network/http.ts';
import { FieldError, StatusError } from '../../apimachinery/errors.ts';
import { parseFieldSelector } from '../../apimachinery/fields.ts';
import { byteLength } from '../../apimachinery/json-value.ts';
import { parseLabelSelector } from '../../apimachinery/labels.ts';
import { isRecord } from '../object.ts';
import { type DeleteOptions, EVERYTHING, type Selection, type WriteOptions } from '../options.ts';
import type { ApiRequest } from '../server.ts';

export function writeOptions({ http, user, warnings, answers }: ApiRequest): WriteOptions {
  return { user, fieldManager: fieldManagerOf(http), dryRun: isDryRun(http), trusted: false, warnings, answers };
}

function isDryRun(http: HttpRequest): boolean {
  const values = http.query.filter(([key]) => key === 'dryRun').map(([, value]) => value);
  const wrong = values.find((value) => value !== 'All' && value !== '');
  if (wrong !== undefined)
    throw StatusError.badRequest(`dryRun: Unsupported value: "${wrong}": supported values: "All"`);
  return values.includes('All');
}

/** The longest name, in bytes. kubernetes: apimachinery/pkg/apis/meta/v1/validation FieldManagerMaxLength */
const MAX_MANAGER = 128;
const OPTIONS: Readonly<Record<string, string>> = { POST: 'Create', PUT: 'Update', PATCH: 'Patch', DELETE: 'Delete' };

/** The name in managedFields: as requested, else the program's name. kubernetes: handlers/create.go managerOrUserAgent */
function fieldManagerOf(http: HttpRequest): string {
  const given = queryValue(http, 'fieldManager');
  if (given && byteLength(given) > MAX_MANAGER)
    throw StatusError.invalid({ group: 'meta.k8s.io', kind: `${OPTIONS[http.method] ?? 'Update'}Options` }, '', [
      FieldError.tooLong('fieldManager', given, MAX_MANAGER),
    ]);
  if (given) return given;
  return (http.headers.get('user-agent') ?? 'unknown').split('/')[0] ?? 'unknown';
}

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export function fieldValidationOf(http: HttpRequest): FieldValidation {
  const given = queryValue(http, 'fieldValidation') ?? '';
  if (given === '') return 'Warn';
  if (given === 'Ignore' || given === 'Warn' || given === 'Strict') return given;
  throw StatusError.invalid({ group: 'meta.k8s.io', kind: `${OPTIONS[http.method] ?? 'Update'}Options` }, '', [
    FieldError.notSupported('fieldValidation', given, ['', 'Ignore', 'Strict', 'Warn']),
  ]);
}

/** Label and field selectors of a list, watch or deletecollection. `fields` are those that the kind can select by. */
export function selectionOf(
  http: HttpRequest,
  name: string,
  fieldNames: readonly string[],
  unknown: (label: string) => string,
): Selection {
  const labelText = queryValue(http, 'labelSelector') ?? '';
  const fieldText = queryValue(http, 'fieldSelector') ?? '';
  if (labelText === '' && fieldText === '' && name === '') return EVERYTHING;
  const labels = parseOr(() => parseLabelSelector(labelText), 'unable to parse requirement');
  const fields = parseOr(() => parseFieldSelector(fieldText), 'unable to parse field selector');
  for (const requirement of fields.requirements) {
    if (!fieldNames.includes(requirement.field)) {
      throw StatusError.badRequest(unknown(requirement.field));
    }
  }
  return {
    labels: (values) => labels.matches(values),
    fields: (values) => fields.matches((field) => values[field]) && (name === '' || values['metadata.name'] === name),
    narrow: true,
  };
}

function parseOr<T>(parse: () => T, otherwise: string): T {
  try {
    return parse();
  } catch (error) {
    throw StatusError.badRequest(error instanceof Error ? error.message : otherwise);
  }
}

export function deleteOptions(http: HttpRequest, body: unknown): DeleteOptions {
  const given = isRecord(body) ? body : {};
  const grace = given['gracePeriodSeconds'] ?? numberOf(queryValue(http, 'gracePeriodSeconds'));
  const policy = given['propagationPolicy'] ?? queryValue(http, 'propagationPolicy');
  const preconditions = isRecord(given['preconditions']) ? given['preconditions'] : {};
  if (policy !== undefined && policy !== 'Orphan' && policy !== 'Background' && policy !== 'Foreground') {
    throw StatusError.badRequest(
      `invalid DeleteOptions: propagationPolicy: Unsupported value: "${String(policy)}": supported values: "Background", "Foreground", "Orphan"`,
    );
  }
  const { uid, resourceVersion } = preconditions;
  const dryRun = Array.isArray(given['dryRun']) ? given['dryRun'].includes('All') : isDryRun(http);
  return {
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    propagationPolicy: policy,
    preconditions: {
      uid: typeof uid === 'string' ? uid : undefined,
      resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : undefined,
    },
    dryRun,
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text);
}

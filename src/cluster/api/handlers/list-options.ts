import { type HttpRequest, queryValue } from '../../../world/network/http.ts';
import { FieldError, StatusError } from '../../apimachinery/errors.ts';
import { isRecord, keyOf, type Stored } from '../object.ts';

const MATCHES = ['Exact', 'NotOlderThan', ''];

/** Refuses options of a list or a watch that make no sense. kubernetes: apimachinery/pkg/apis/meta/internalversion/validation */
export function checkListOptions(http: HttpRequest): void {
  for (const name of ['limit', 'timeoutSeconds']) {
    const text = queryValue(http, name);
    if (text !== undefined && text !== '' && !/^[-+]?\d+$/.test(text)) {
      throw StatusError.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    }
  }
  const version = queryValue(http, 'resourceVersion') ?? '';
  const match = queryValue(http, 'resourceVersionMatch');
  const errors: FieldError[] = [];
  if (match !== undefined && match !== '') {
    const field = 'resourceVersionMatch';
    if (version === '') {
      errors.push(FieldError.forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    }
    if (queryValue(http, 'continue')) {
      errors.push(FieldError.forbidden(field, 'resourceVersionMatch is forbidden when continue is provided'));
    }
    if (!MATCHES.includes(match)) errors.push(FieldError.notSupported(field, match, MATCHES));
    if (match === 'Exact' && version === '0') {
      errors.push(FieldError.forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (errors.length > 0) throw StatusError.invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  if (version !== '' && !/^\d+$/.test(version)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`;
    throw StatusError.badRequest(`invalid resource version: ${FieldError.invalid('resourceVersion', version, why)}`);
  }
}

/** How long a watch may last, s; undefined for as long as the reader wants. */
export function watchSeconds(http: HttpRequest): number | undefined {
  const text = queryValue(http, 'timeoutSeconds');
  const seconds = Number(text ?? '0');
  return seconds > 0 ? seconds : undefined;
}

export interface Page {
  readonly items: readonly Stored[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

/** A chunk of a list; the token says where the next one begins. kubernetes: apiserver/pkg/storage/continue.go */
export function pageOf(all: readonly Stored[], http: HttpRequest, revision: number): Page {
  const limit = Number(queryValue(http, 'limit') ?? '0');
  const given = queryValue(http, 'continue');
  const token = given ? readToken(given) : undefined;
  const from = token === undefined ? 0 : all.findIndex((object) => `${keyOf(object)}\0` > token.start);
  const start = from < 0 ? all.length : from;
  const metadata = { resourceVersion: String(token?.rv ?? revision) };
  const end = start + limit;
  if (!(limit > 0) || end >= all.length) return { items: start === 0 ? all : all.slice(start), metadata };
  const items = all.slice(start, end);
  const last = items.at(-1);
  const next = { v: 'meta.k8s.io/v1', rv: token?.rv ?? revision, start: `${last ? keyOf(last) : ''}\0` };
  // How many remain is not counted where a selector chooses.
  const selected = queryValue(http, 'labelSelector') || queryValue(http, 'fieldSelector');
  const rest = selected ? {} : { remainingItemCount: all.length - end };
  return { items, metadata: { ...metadata, continue: toToken(next), ...rest } };
}

function toToken(value: unknown): string {
  return btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function readToken(text: string): { readonly rv: number; readonly start: string } {
  const refused = (why: string) => StatusError.badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const wrong = /[^A-Za-z0-9_-]/.exec(text);
  if (wrong || text.length % 4 === 1)
    throw refused(`illegal base64 data at input byte ${wrong?.index ?? text.length - 1}`);
  const json = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  if (json[0] !== '{') {
    throw refused(`invalid character '${json[0] ?? ''}' looking for beginning of value`);
  }
  try {
    const value: unknown = JSON.parse(json);
    if (isRecord(value) && typeof value['rv'] === 'number' && typeof value['start'] === 'string') {
      return { rv: value['rv'], start: value['start'] };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refused('unexpected end of JSON input');
  }
  throw refused('the token names no start');
}

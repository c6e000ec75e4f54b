import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { CliError } from './errors.ts';

/** The token of a request, that of an answer, the lists of an answer, and the parameter with the size of a page. */
export type Paging = readonly [input: string, output: string, result: string, limit: string];

/** What `--max-items`, `--page-size` and `--starting-token` say. */
export interface Wanted {
  readonly maxItems: number | undefined;
  readonly pageSize: number | undefined;
  readonly startingToken: string | undefined;
}

/** A token of the client's: the service's own, and how many of its page have been shown. botocore: paginate.py, TokenEncoder */
interface Place {
  readonly token: string | null;
  readonly shown: number;
}

/** Python's json.dumps parts with a blank. */
function encodePlace(input: string, { token, shown }: Place): string {
  const amount = shown > 0 ? `, "boto_truncate_amount": ${shown}` : '';
  return btoa(`{${JSON.stringify(input)}: ${JSON.stringify(token)}${amount}}`);
}

/** What is no token of the client's is one of the service's, as botocore takes it. */
function decodePlace(input: string, text: string | undefined): Place {
  if (text === undefined) return { token: null, shown: 0 };
  try {
    const value: unknown = JSON.parse(atob(text));
    if (isObject(value)) {
      const token = value[input];
      return {
        token: typeof token === 'string' ? token : null,
        shown: Number(value['boto_truncate_amount'] ?? 0),
      };
    }
  } catch {
    // Falls through.
  }
  return { token: text, shown: 0 };
}

/** Asks for page after page, and gives what they say together; `NextToken` says where to go on. botocore: PageIterator */
export function* gathered(
  ask: (params: JsonObject) => Task<JsonObject>,
  params: JsonObject,
  [input, output, result, limit]: Paging,
  { maxItems, pageSize, startingToken }: Wanted,
): Task<JsonObject> {
  const keys = result.split(' ');
  const [primary = ''] = keys;
  let place = decodePlace(input, startingToken);
  let whole: JsonObject | undefined;
  let total = 0;
  for (;;) {
    const page = yield* ask({
      ...params,
      ...(pageSize === undefined ? {} : { [limit]: pageSize }),
      ...(place.token === null ? {} : { [input]: place.token }),
    });
    const skipped = whole ? 0 : place.shown;
    const items = listOf(page[primary]).slice(skipped);
    const over = maxItems === undefined ? 0 : total + items.length - maxItems;
    const kept = over > 0 ? items.slice(0, items.length - over) : items;
    whole = joined(whole, page, keys, kept, skipped > 0);
    total += kept.length;
    if (over > 0)
      return { ...whole, NextToken: encodePlace(input, { token: place.token, shown: kept.length + skipped }) };
    const next = page[output];
    if (typeof next !== 'string' || next === '') return whole;
    if (total === maxItems) return { ...whole, NextToken: encodePlace(input, { token: next, shown: 0 }) };
    place = { token: next, shown: 0 };
  }
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** Of a page that is gone on with, the other lists were shown before. */
function joined(
  before: JsonObject | undefined,
  page: JsonObject,
  [primary = '', ...others]: readonly string[],
  items: readonly Json[],
  goneOn: boolean,
): JsonObject {
  const out: JsonObject = {};
  if (page[primary] !== undefined || !primary.includes('.')) out[primary] = [...listOf(before?.[primary]), ...items];
  for (const key of others) {
    const value = page[key];
    if (Array.isArray(value)) out[key] = goneOn ? [] : [...listOf(before?.[key]), ...value];
    else if (value !== undefined) out[key] = before?.[key] ?? value;
    else if (!key.includes('.')) out[key] = before?.[key] ?? [];
  }
  return out;
}

/** Pages of one's own and the client's do not go together. awscli: customizations/paginate.py */
export function checkPaging(given: readonly string[]): void {
  if (given.length > 0)
    throw new CliError(`Cannot specify --no-paginate along with pagination arguments: ${given.join(', ')}`, 252);
}

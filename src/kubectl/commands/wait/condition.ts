import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { goPrint } from '../../printers/go-value.ts';
import { JsonPath, relaxedJsonPath } from '../../printers/jsonpath/index.ts';

/** What `--for` waits for: something to go, to come, or a test of the object. */
export type Goal =
  | { readonly kind: 'delete' | 'create' }
  | { readonly kind: 'test'; readonly holds: (object: JsonObject) => boolean };

/** Reads `--for`. Raises KubectlError. kubernetes: kubectl/pkg/cmd/wait/wait.go conditionFuncFor */
export function goalOf(text: string): Goal {
  const lower = text.toLowerCase();
  if (lower === 'delete' || lower === 'create') return { kind: lower };
  if (text.startsWith('condition=')) return { kind: 'test', holds: conditionTest(text.slice('condition='.length)) };
  if (text.startsWith('jsonpath=')) return { kind: 'test', holds: jsonPathTest(text.slice('jsonpath='.length)) };
  throw new KubectlError(`unrecognized condition: ${JSON.stringify(text)}`);
}

function conditionTest(text: string): (object: JsonObject) => boolean {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
  const wanted = (equals < 0 ? 'true' : text.slice(equals + 1)).toLowerCase();
  return (object) => {
    const found = listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type').toLowerCase() === name);
    if (!found) return false;
    const generation = objectAt(object, 'metadata')['generation'];
    const status = objectAt(object, 'status')['observedGeneration'];
    const observed = found['observedGeneration'] ?? status;
    if (typeof generation === 'number' && typeof observed === 'number' && observed < generation) return false;
    return textAt(found, 'status').toLowerCase() === wanted;
  };
}

/** `{.status.phase}=Running`; without a value the path must exist. */
function jsonPathTest(text: string): (object: JsonObject) => boolean {
  const [path, value] = splitJsonPath(text);
  if (path === '') throw new KubectlError('jsonpath expression cannot be empty');
  let parsed: JsonPath;
  try {
    parsed = new JsonPath(relaxedJsonPath(path), true);
  } catch (error) {
    throw new KubectlError(error instanceof Error ? error.message : String(error));
  }
  return (object) => {
    const results = parsed.find(object);
    const found = results[0] ?? [];
    if (results.length === 0 || found.length === 0) return false;
    if (results.length > 1) throw new KubectlError('given jsonpath expression matches more than one list');
    if (found.length > 1) throw new KubectlError('given jsonpath expression matches more than one value');
    const [only] = found;
    if (value === undefined) return true;
    if (typeof only === 'object' && only !== null)
      throw new KubectlError('jsonpath leads to a nested object or list which is not supported');
    return goPrint(only).trim() === value.trim();
  };
}

function splitJsonPath(text: string): [string, string | undefined] {
  const quoted = /^(['"])(.*)\1$/.exec(text);
  const plain = quoted ? (quoted[2] ?? '') : text;
  const end = plain.indexOf('}');
  const equals = plain.indexOf('=', Math.max(end, 0));
  if (equals < 0) return [plain, undefined];
  const value = plain.slice(equals + 1);
  if (value === '')
    throw new KubectlError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  return [plain.slice(0, equals), value.replace(/^(['"])(.*)\1$/, '$2')];
}

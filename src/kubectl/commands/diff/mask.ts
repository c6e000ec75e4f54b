import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { objectAt } from '../../json.ts';

/** What is shown instead of a secret's value. kubernetes: kubectl/pkg/cmd/diff/diff.go Masker */
const HIDDEN = '***';

/** The live and the merged version of a Secret with values that only say whether they differ. */
export function maskSecret(from: JsonObject | undefined, to: JsonObject): [JsonObject | undefined, JsonObject] {
  const before = objectAt(from ?? {}, 'data');
  const after = objectAt(to, 'data');
  const changed = (key: string) => key in before && key in after && before[key] !== after[key];
  const masked = (object: JsonObject, data: JsonObject, suffix: string): JsonObject => {
    if (object['data'] === undefined) return object;
    const shown = Object.keys(data).map((key) => [key, changed(key) ? `${HIDDEN} (${suffix})` : HIDDEN]);
    return { ...object, data: Object.fromEntries(shown) };
  };
  return [from && masked(from, before, 'before'), masked(to, after, 'after')];
}

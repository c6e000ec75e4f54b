import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { objectAt } from '../json.ts';
import { goJson } from '../printers/go-value.ts';
import { withMetadata } from './info.ts';

/** Where `kubectl apply` remembers what it applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without what `kubectl apply` remembered in it. */
export function withoutLastApplied(object: JsonObject): JsonObject {
  const annotations = { ...objectAt(object, 'metadata', 'annotations') };
  delete annotations[LAST_APPLIED];
  return withMetadata(object, { annotations });
}

/** The text of the annotation for an object: the object without the annotation itself. kubernetes: kubectl/pkg/util/apply.go */
export function lastAppliedText(object: JsonObject): string {
  return `${goJson(withoutLastApplied(object))}\n`;
}

/** An object that Go has a type for keeps the order of its fields and has no empty annotations. */
function typedText(object: JsonObject): string {
  return `${escapeHtml(JSON.stringify(object))}\n`;
}

/** JSON as encoding/json writes it, which a page of HTML may hold. */
export function escapeHtml(json: string): string {
  return json.replace(/[<>&]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The object with its configuration remembered in it. `typed`: it was made by a generator; `managedFields`: remembered too. */
export function withLastApplied(object: JsonObject, typed = false, managedFields?: Json): JsonObject {
  const whole = managedFields === undefined ? object : withMetadata(object, { managedFields });
  const text = typed ? typedText(whole) : lastAppliedText(whole);
  const annotations = { ...objectAt(object, 'metadata', 'annotations'), [LAST_APPLIED]: text };
  return withMetadata(object, { annotations });
}

/** What --save-config does. `always`: --save-config; otherwise only where the annotation is there already. */
export function updateLastApplied(object: JsonObject, always: boolean, typed = false): JsonObject {
  const has = objectAt(object, 'metadata', 'annotations')[LAST_APPLIED] !== undefined;
  return always || has ? withLastApplied(object, typed) : object;
}

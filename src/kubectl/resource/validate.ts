import { isObject, type Json } from '../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../errors.ts';

/** What kubectl checks of a document itself; all else the server does. Raises KubectlError. kubernetes: kubectl/pkg/validation */
export function validateDocument(document: Json, source: string): void {
  const text = problemOf(document);
  if (text === undefined) return;
  throw new KubectlError(
    `error validating ${JSON.stringify(source)}: error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
  );
}

/** What keeps a document from being an object, or nothing. */
export function problemOf(document: Json): string | undefined {
  const errors = problems(document);
  return errors.length > 1 ? `[${errors.join(', ')}]` : errors[0];
}

function problems(document: Json): string[] {
  if (!isObject(document)) return ['invalid object to validate'];
  const { apiVersion, kind, items } = document;
  // Items of a typed list need not say again what they are.
  if (kind === 'List' && Array.isArray(items)) return items.flatMap(problems);
  const out: string[] = [];
  if (apiVersion === undefined || apiVersion === null || apiVersion === '') out.push('apiVersion not set');
  else if (typeof apiVersion !== 'string') out.push("apiVersion isn't string type");
  else if (apiVersion.split('/').length > 2) out.push(`unexpected GroupVersion string: ${apiVersion}`);
  if (kind === undefined || kind === null || kind === '') out.push('kind not set');
  else if (typeof kind !== 'string') out.push("kind isn't string type");
  return out;
}

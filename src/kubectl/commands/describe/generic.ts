import { isObject, type Json, type JsonObject, sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { goPrint } from '../../printers/go-value.ts';
import { plain } from './describer.ts';
import { writeHead } from './metadata.ts';
import type { DescribeWriter } from './writer.ts';

const SKIPPED = [
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
  '.metadata.managedFields',
];
const ACRONYMS = ['API', 'URL', 'UID', 'GUID'];

/** Any kind without a describer of its own. kubernetes: kubectl/pkg/describe genericDescriber */
export const describeGeneric = plain((out, object) => {
  writeHead(out, object);
  writeContent(out, 0, object, '');
});

function writeContent(out: DescribeWriter, level: number, content: JsonObject, path: string): void {
  for (const field of sortedKeys(content)) {
    const here = `${path}.${field}`;
    if (SKIPPED.includes(here)) continue;
    const value: Json = content[field] ?? null;
    const label = smartLabel(field);
    if (isObject(value)) {
      out.line(level, `${label}:`);
      writeContent(out, level + 1, value, here);
    } else if (Array.isArray(value)) {
      out.line(level, `${label}:`);
      for (const item of value) {
        if (isObject(item)) writeContent(out, level + 1, item, here);
        else out.line(level + 1, goPrint(item));
      }
    } else out.line(level, `${label}:\t${goPrint(value)}`);
  }
}

/** `creationTimestamp` → `Creation Timestamp`. */
function smartLabel(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const parts = field.match(/(?:API|URL|UID|GUID)s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|-/g) ?? [field];
  return parts
    .map((part) => {
      const upper = part.toUpperCase();
      if (ACRONYMS.includes(upper)) return upper;
      return part.charAt(0).toUpperCase() + part.slice(1);
    })
    .join(' ');
}

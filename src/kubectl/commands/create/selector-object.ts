import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';

/** A selector that was checked before, as a LabelSelector: `a=b,c in (d,e),f,!g`. apimachinery/pkg/apis/meta/v1 ParseToLabelSelector */
export function selectorObject(text: string): JsonObject {
  const matchLabels: JsonObject = {};
  const matchExpressions: Json[] = [];
  for (const part of splitRequirements(text)) {
    const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
    const equality = /^([^!=\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(part);
    if (set) {
      const values = (set[3] ?? '')
        .split(',')
        .map((value) => value.trim())
        .sort();
      matchExpressions.push({ key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values });
    } else if (equality?.[2] === '!=') {
      matchExpressions.push({ key: equality[1] ?? '', operator: 'NotIn', values: [equality[3] ?? ''] });
    } else if (equality) matchLabels[equality[1] ?? ''] = equality[3] ?? '';
    else if (part.startsWith('!')) matchExpressions.push({ key: part.slice(1).trim(), operator: 'DoesNotExist' });
    else matchExpressions.push({ key: part, operator: 'Exists' });
  }
  return {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  };
}

function splitRequirements(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

import { goQuote } from './go-quote.ts';
import { compareStrings } from './json-value.ts';

/** What kubectl says of a kind that no server knows. kubernetes: apimachinery/pkg/api/meta/errors.go NoKindMatchError */
export function noKindMatch(kind: string, group: string, versions: readonly string[]): string {
  const searched = [...new Set(versions.map((version) => (group === '' ? version : `${group}/${version}`)))].sort(
    compareStrings,
  );
  const [first] = searched;
  if (first === undefined) return `no matches for kind ${goQuote(kind)} in group ${goQuote(group)}`;
  if (searched.length === 1) return `no matches for kind ${goQuote(kind)} in version ${goQuote(first)}`;
  return `no matches for kind ${goQuote(kind)} in versions [${searched.map(goQuote).join(' ')}]`;
}

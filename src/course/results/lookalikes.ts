/** Small letters of other scripts that look like Latin ones, and those. */
const CYRILLIC_AND_GREEK = 'аеорсухіјѕԁһԛԝкмтвгп' + 'οανρτυκιχγε';
const LATIN = 'aeopcyxijsdhqwkmtbrn' + 'oavptukixye';
const LATIN_OF = new Map([...CYRILLIC_AND_GREEK].map((letter, index) => [letter, LATIN[index] ?? letter]));

/** What an id looks like: letters of any width, case and script that read the same are the same, and so are l, I and 1. */
function appearance(id: string): string {
  const plain = id.normalize('NFKC').toLowerCase();
  return [...plain]
    .map((letter) => LATIN_OF.get(letter) ?? letter)
    .join('')
    .replace(/[l1]/g, 'i')
    .replace(/0/g, 'o');
}

/** Ids that people take for one another, each with the others. */
export function lookalikes(ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const id of ids) groups.set(appearance(id), [...(groups.get(appearance(id)) ?? []), id]);
  return new Map(
    [...groups.values()].flatMap((group) =>
      group.length > 1 ? group.map((id) => [id, group.filter((other) => other !== id)] as const) : [],
    ),
  );
}

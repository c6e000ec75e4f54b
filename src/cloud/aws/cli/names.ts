/** `DescribeDBInstances` → `describe-db-instances`: botocore's xform_name with dashes. */
export function kebab(name: string): string {
  const special: Readonly<Record<string, string>> = {
    CreateOpenIDConnectProvider: 'create-open-id-connect-provider',
    DeleteOpenIDConnectProvider: 'delete-open-id-connect-provider',
    GetOpenIDConnectProvider: 'get-open-id-connect-provider',
    ListOpenIDConnectProviders: 'list-open-id-connect-providers',
  };
  return (
    special[name] ??
    name
      .replace(/([A-Z]{2,}s)$/, (plural) => `-${plural.charAt(0)}${plural.slice(1).toLowerCase()}`)
      .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .replace(/--+/g, '-')
      .replace(/^-/, '')
      .toLowerCase()
  );
}

/**
 * The option for a parameter of an operation. One is called otherwise, since the client has an option of that name itself.
 * awscli: customizations/argrename.py
 */
export function optionName(service: string, member: string): string {
  return service === 'eks' && member === 'version' ? '--kubernetes-version' : `--${kebab(member)}`;
}

/** difflib.get_close_matches(word, choices, n=3, cutoff=0.8): the best first. */
export function closeMatches(word: string, choices: readonly string[]): string[] {
  return choices
    .map((choice) => ({ choice, ratio: similarity(word, choice) }))
    .filter(({ ratio }) => ratio >= 0.8)
    .sort((a, b) => b.ratio - a.ratio || (a.choice < b.choice ? 1 : -1))
    .slice(0, 3)
    .map(({ choice }) => choice);
}

/** difflib.SequenceMatcher.ratio: twice the length of the matching blocks over that of both. */
function similarity(a: string, b: string): number {
  return (2 * matching(a, b)) / (a.length + b.length);
}

function matching(a: string, b: string): number {
  let best = 0;
  let startA = 0;
  let startB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      let length = 0;
      while (i + length < a.length && j + length < b.length && a[i + length] === b[j + length]) length++;
      if (length > best) [best, startA, startB] = [length, i, j];
    }
  }
  if (best === 0) return 0;
  return (
    best + matching(a.slice(0, startA), b.slice(0, startB)) + matching(a.slice(startA + best), b.slice(startB + best))
  );
}

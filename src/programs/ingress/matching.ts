/** Whether a host of a rule covers the host of a request: `*.foo.com` covers one label. Both in lower case. */
export function hostMatches(rule: string, host: string): boolean {
  if (!rule.startsWith('*.')) return rule === host;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === rule.slice(1);
}

/**
 * networking/v1 Prefix: element by element. `/foo` and `/foo/` cover `/foo`, `/foo/` and `/foo/bar`, not `/foobar`.
 */
export function prefixMatches(prefix: string, path: string): boolean {
  const bare = prefix.replace(/\/+$/, '');
  return path === bare || path.startsWith(`${bare}/`);
}

/** The name or address that the header Host carries, in lower case and without a port. */
export function hostOf(header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
}

import { goPattern, type RewriteRule } from './config.ts';

/** The name that plugin/rewrite makes of one, and whether answers get the old name back. coredns: plugin/rewrite/name.go */
export function rewriteName(
  rules: readonly RewriteRule[],
  name: string,
): { readonly name: string; readonly restore: boolean } {
  for (const rule of rules) {
    const changed = applied(rule, name);
    if (changed !== undefined) return { name: changed, restore: rule.answer };
  }
  return { name, restore: false };
}

function applied({ kind, from, to }: RewriteRule, name: string): string | undefined {
  switch (kind) {
    case 'exact':
      return name === from ? to : undefined;
    case 'prefix':
      return name.startsWith(from) ? to + name.slice(from.length) : undefined;
    case 'suffix':
      return name.endsWith(from) ? name.slice(0, -from.length) + to : undefined;
    case 'substring':
      return name.includes(from) ? name.replace(from, to) : undefined;
    default: {
      const match = goPattern(from)?.exec(`${name}.`);
      return match ? to.replace(/\{(\d+)\}/g, (_, index: string) => match[Number(index)] ?? '') : undefined;
    }
  }
}

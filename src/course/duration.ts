const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `+10m`, `1h30m` → ms; a bare number counts in `bare`. Undefined when it is no duration. */
export function parseDuration(text: string, bare: 's' | 'm' = 's'): number | undefined {
  const rest = text.replace(/^\+/, '');
  if (/^\d+(\.\d+)?$/.test(rest)) return Number(rest) * (UNITS[bare] ?? 0);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(rest)) return undefined;
  let sum = 0;
  for (const [, number, unit] of rest.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    sum += Number(number) * (UNITS[unit ?? ''] ?? 0);
  return sum;
}

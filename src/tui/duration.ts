const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `1h30m`, `5` (minutes) in ms, or undefined. A leading `+` is welcome. */
export function parseDuration(text: string): number | undefined {
  const plain = text.trim().replace(/^\+/, '');
  if (/^\d+$/.test(plain)) return Number(plain) * 60_000 || undefined;
  if (!/^(\d+[smhd])+$/.test(plain)) return undefined;
  let sum = 0;
  for (const [, number, unit] of plain.matchAll(/(\d+)([smhd])/g)) sum += Number(number) * (UNITS[unit ?? ''] ?? 0);
  return sum > 0 ? sum : undefined;
}

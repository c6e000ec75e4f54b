const UNITS = 'KMGTPE';

/** `10`, `5K`, `2MB` (thousands), `1MiB`, `b` (512): bytes; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)(?:(b)|([KkMGTPE])(iB|B)?|)$/.exec(text);
  if (!match?.[1]) return undefined;
  const count = Number(match[1]);
  if (match[2]) return count * 512;
  if (!match[3]) return count;
  const power = UNITS.indexOf(match[3].toUpperCase()) + 1;
  return count * (match[4] === 'B' ? 1000 : 1024) ** power;
}

/** gnulib: human_readable, ceiling: `4.0K`, `12M`. */
export function humanSize(bytes: number, base = 1024): string {
  if (bytes < base) return String(bytes);
  let value = bytes;
  let power = 0;
  while (value >= base && power < UNITS.length) {
    value /= base;
    power++;
  }
  const unit = base === 1000 && power === 1 ? 'k' : (UNITS[power - 1] ?? '');
  if (value < 10) {
    const tenths = Math.ceil(value * 10 - 1e-9);
    if (tenths < 100) return `${Math.floor(tenths / 10)}.${tenths % 10}${unit}`;
  }
  const whole = Math.ceil(value - 1e-9);
  return whole >= base ? `1.0${UNITS[power] ?? ''}` : `${whole}${unit}`;
}

/** `I0901 09:00:00.000000       7 main.go:205] text`: a line as klog writes it. */
export function klog(now: number, severity: 'I' | 'W' | 'E' | 'F', where: string, text: string): string {
  const iso = new Date(now).toISOString();
  const time = `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 19)}.${iso.slice(20, 23)}${micros(now)}`;
  return `${severity}${time}       7 ${where}] ${text}\n`;
}

function micros(now: number): string {
  return String(Math.floor((now % 1) * 1000)).padStart(3, '0');
}

/** `"message" key="value" …`: klog's structured lines. Numbers stand without quotes. */
export function structured(message: string, values: Readonly<Record<string, string | number>> = {}): string {
  const pairs = Object.entries(values).map(
    ([key, value]) => `${key}=${typeof value === 'number' ? value : JSON.stringify(value)}`,
  );
  return [JSON.stringify(message), ...pairs].join(' ');
}

import type { Process } from '../world/process.ts';

/** A line of kubectl's own log: `W1121 04:43:49.892882    7855 helpers.go:719] text`. k8s.io/klog */
export function klogLine(process: Process, level: 'I' | 'W' | 'E' | 'F', where: string, text: string): string {
  const time = new Date(process.now).toISOString();
  const micro = Math.floor((process.now * 1000) % 1000)
    .toString()
    .padStart(3, '0');
  const stamp = `${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}${micro}`;
  return `${level}${stamp} ${String(process.pid).padStart(7)} ${where}] ${text}\n`;
}

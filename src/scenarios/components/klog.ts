/** A line of klog: `I1121 07:16:06.081039       1 server_linux.go:137] "Using iptables Proxier"`. klog: klog.go formatHeader */
export function klogLine(severity: 'I' | 'W' | 'E', now: number, pid: number, place: string, text: string): string {
  const iso = new Date(now).toISOString();
  const [date = '', time = ''] = iso.split('T');
  const micros = String(Math.floor((now % 1) * 1000)).padStart(3, '0');
  const stamp = `${date.slice(5).replace('-', '')} ${time.slice(0, 12)}${micros}`;
  return `${severity}${stamp} ${String(pid).padStart(7)} ${place}] ${text}\n`;
}

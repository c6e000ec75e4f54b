const HEADER = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`;

/** curl's progress meter: what it writes at the start and at the end of a transfer. */
export function progressStart(): string {
  return HEADER + progressLine(0, 0, 0, 0, 0);
}

/** `received` of `total` bytes, `sent` bytes of a request body, after `ms`. */
export function progressLine(total: number, received: number, sent: number, ms: number, status: number): string {
  const seconds = Math.max(ms, 1) / 1000;
  const percent = total > 0 && status === 0 && received >= total ? 100 : 0;
  const all = total + sent;
  const speed = (bytes: number) => amount(bytes / seconds);
  const cells = [
    String(all > 0 && percent === 100 ? 100 : 0).padStart(3),
    amount(all).padStart(6),
    String(percent).padStart(5),
    amount(received).padStart(6),
    String(sent > 0 ? 100 : 0).padStart(5),
    amount(sent).padStart(6),
    speed(received).padStart(7),
    speed(sent).padStart(7),
  ];
  return `\r${cells[0]}${cells[1]}${cells[2]}${cells[3]}${cells[4]}${cells[5]}${cells[6]}${cells[7]} --:--:-- --:--:-- --:--:-- ${speed(received).padStart(5)}`;
}

/** At most five characters, as curl's max5data. */
function amount(value: number): string {
  const bytes = Math.round(value);
  if (bytes < 100_000) return String(bytes);
  if (bytes < 10_000 * 1024) return `${Math.floor(bytes / 1024)}k`;
  return `${(bytes / 1024 / 1024).toFixed(1)}M`;
}

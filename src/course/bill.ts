import type { Language } from './text.ts';
import type { AccountView } from './world-source.ts';

/** What `tutor bill` prints: what costs money now, by the hour and in 30 days, and what the account has cost so far. A load balancer's line fills 80 columns. */
export function billText(account: AccountView, language: Language): string {
  const paid = account.items().filter((item) => item.hourly > 0);
  const korean = language === 'ko';
  const headers = korean ? ['종류', '이름', '리전', '시간당', '30일'] : ['KIND', 'NAME', 'REGION', 'HOURLY', 'MONTH'];
  const rows = paid.map((item) => [
    item.kind,
    item.id,
    item.region,
    dollars(item.hourly, 4),
    dollars(item.hourly * 720, 2),
  ]);
  const hourly = paid.reduce((sum, item) => sum + item.hourly, 0);
  const all = [headers, ...rows];
  const widths = headers.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))));
  const table = all.map(
    (row) =>
      `${row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd()}\n`,
  );
  const none = korean ? '지금 비용이 드는 것은 없습니다.\n' : 'Nothing costs money now.\n';
  const total = korean
    ? `지금까지 ${dollars(account.total(), 2)}, 지금은 시간당 ${dollars(hourly, 4)}\n`
    : `So far ${dollars(account.total(), 2)}; now ${dollars(hourly, 4)} an hour\n`;
  return `${paid.length === 0 ? none : table.join('')}${total}`;
}

function dollars(value: number, digits: number): string {
  return `$${value.toFixed(digits)}`;
}

/** Columns on a terminal: Hangul has two. */
function width(text: string): number {
  let sum = 0;
  for (const char of text) sum += /[\uac00-\ud7a3]/.test(char) ? 2 : 1;
  return sum;
}

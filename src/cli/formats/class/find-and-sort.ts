import { createHash } from 'node:crypto';
import { type Html, html } from '../html.ts';

/**
 * The one script of a class page: a field that finds students, and columns that sort. It loads nothing and asks nothing of
 * the network; without it the page shows the same table. The page's policy names it by its hash.
 */
export const FIND_AND_SORT: Html = html`
for (const table of document.querySelectorAll('table.sorts')) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const valueOf = (row, at) => row.cells[at].dataset.v ?? row.cells[at].textContent.trim();
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    if (head.textContent.trim() === '') return;
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const keyed = rows.map((row, place) => [valueOf(row, at), place, row]);
      keyed.sort((a, b) => (down ? order(b[0], a[0]) : order(a[0], b[0])) || a[1] - b[1]);
      body.append(...keyed.map((one) => one[2]));
    });
  });
  const find = table.closest('section').querySelector('.find');
  const input = find.querySelector('input');
  const count = find.querySelector('output');
  find.hidden = false;
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => texts.get(row).includes(word));
      if (!row.hidden) shown++;
    }
    count.textContent = words.length ? shown + ' / ' + rows.length : '';
  });
}
`;

/** As a Content-Security-Policy names it. */
export const FIND_AND_SORT_HASH = `sha256-${createHash('sha256').update(FIND_AND_SORT.text).digest('base64')}`;

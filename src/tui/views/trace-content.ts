/** The way of a request: the places it passes, what happens at each, and why it ends. */
import type { TraceLine, TraceSign, TraceWay } from '../../course/trace-view.ts';
import type { Messages } from '../locale/en.ts';
import { sanitise, sanitiseLine } from '../sanitise.ts';
import type { SessionSnapshot, TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import type { Token } from '../themes/tokens.ts';
import { wrap } from '../wrap.ts';
import { afterPrefix } from './key-text.ts';

const TOKENS: Readonly<Record<TraceSign, Token>> = {
  sent: 'strong',
  named: 'muted',
  moved: 'muted',
  routed: 'muted',
  changed: 'warning',
  allowed: 'success',
  denied: 'error',
  received: 'success',
};

/** Columns of the line that joins the places, and of a sign before its text. */
const INDENT = 4;

export function traceLines(
  { trace, request }: Pick<SessionSnapshot, 'trace'> & Pick<TuiState, 'request'>,
  columns: number,
  look: Look,
  texts: Messages,
): string[] {
  // The moment between the question and the first look at the world.
  if (!trace) return [look.paint('muted', look.truncate(sanitiseLine(request.words), columns))];
  if ('problem' in trace) return wrapped(sanitise(trace.problem), columns, look, 'warning');
  const again = texts.traceLive(afterPrefix('trace', look));
  return [...wayLines(trace, columns, look), '', ...wrapped(again, columns, look, 'muted')];
}

function wayLines({ title, hops, end }: TraceWay, columns: number, look: Look): string[] {
  const lines = [...wrapped(sanitiseLine(title), columns, look, 'strong'), ''];
  for (const [index, hop] of hops.entries()) {
    if (hops[index - 1]?.place !== hop.place) lines.push(placeLine(hop.place, columns, look));
    lines.push(...hopLines(hop, columns, look));
  }
  const [mark, token] = end.accepted ? ([look.marks.met, 'success'] as const) : ([look.marks.failed, 'error'] as const);
  const why = wrap(plain(sanitiseLine(end.text), look), columns - 2);
  return [...lines, ...why.map((line, y) => look.paint(token, y === 0 ? `${mark} ${line}` : `  ${line}`))];
}

function placeLine(place: string, columns: number, look: Look): string {
  return `${look.paint('key', look.marks.live)} ${look.paint('heading', look.truncate(sanitiseLine(place), columns - 2))}`;
}

function hopLines({ sign, text }: TraceLine, columns: number, look: Look): string[] {
  const join = look.paint('border', look.marks.vertical);
  const mark = look.paint(TOKENS[sign], markOf(sign, look));
  return wrap(plain(sanitiseLine(text), look), columns - INDENT).map((line, y) =>
    y === 0 ? `${join} ${mark} ${line}` : `${join}   ${line}`,
  );
}

function markOf(sign: TraceSign, { marks }: Look): string {
  switch (sign) {
    case 'sent':
      return marks.selected;
    case 'moved':
      return marks.onward;
    case 'named':
    case 'routed':
      return marks.bullet;
    case 'changed':
      return marks.exchanged;
    case 'allowed':
      return marks.met;
    case 'denied':
      return marks.failed;
    case 'received':
      return marks.live;
  }
}

/** Arrows are part of the words. */
function plain(text: string, { ascii, marks }: Look): string {
  return ascii ? text.replaceAll('→', '->').replaceAll('…', marks.ellipsis) : text;
}

function wrapped(text: string, columns: number, look: Look, token: Token): string[] {
  return wrap(plain(text, look), columns).map((line) => look.paint(token, line));
}

/** Status bar, key hints and messages: the two lines at the bottom. */
import { type Command, type KeyContext, PREFIX_LABEL } from '../keys.ts';
import type { Messages } from '../locale/en.ts';
import { sanitiseLine } from '../sanitise.ts';
import type { Level, TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import type { Token } from '../themes/tokens.ts';
import { padRight, width } from '../width.ts';
import { directKey } from './key-text.ts';

/** The cells of a title that tell it from others. */
const TITLE_CELLS = 20;

/** `10:04:12`, of virtual time; the world's machines are on UTC. */
const timeOfDay = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/** One line of exactly `columns` cells; what matters least is left out first. */
export function statusLine(state: TuiState, columns: number, look: Look, texts: Messages): string {
  const { session } = state;
  if (!session) {
    const done = state.lessons.filter((lesson) => lesson.state === 'finished').length;
    return look.paint(
      'bar',
      look.exactly(` kubetutor  ${look.marks.met} ${done}/${state.lessons.length}  ${texts.languageName}`, columns),
    );
  }
  const { lesson, health, journal, clock } = session;
  const met = lesson.objectives.filter((objective) => objective.state === 'met').length;
  const ticks = lesson.objectives.length > 0 ? `${look.marks.met}${met}/${lesson.objectives.length}` : '';
  const title = sanitiseLine(lesson.title);
  const place = ` ${lesson.current + 1}/${lesson.steps.length}${ticks === '' ? '' : ` ${ticks}`}`;
  const least = Math.min(width(title), TITLE_CELLS) + width(place);
  const all = [
    state.scrolledBy > 0 ? texts.scrolledBack(state.scrolledBy) : '',
    health.text === '' ? '' : `${health.ok ? look.marks.live : look.marks.failed} ${sanitiseLine(health.text)}`,
    timeOfDay(clock.now) + (clock.speed === 1 || !Number.isFinite(clock.speed) ? '' : ` ${texts.speed(clock.speed)}`),
    journal.saved ? texts.saved : `${look.marks.failed} ${sanitiseLine(journal.problem ?? texts.notSaved)}`,
    state.language,
  ];
  // Too narrow: first the title is shortened (it stands above the lesson as well), then the language goes, then the
  // health, then the time; never the place in the lesson nor that nothing is saved.
  const order = health.ok ? [4, 1, 2] : [4, 2];
  const gone = new Set<number>();
  const joined = () => all.filter((part, index) => part !== '' && !gone.has(index)).join(` ${look.marks.vertical} `);
  for (const index of order) if (least + width(joined()) + 4 > columns) gone.add(index);
  const tail = look.truncate(joined(), Math.max(0, columns - 2));
  const room = columns - width(tail) - width(place) - 4;
  const head =
    room > 0 ? look.truncate(title, room) + place : look.truncate(place.trimStart(), columns - width(tail) - 4);
  return look.paint('bar', `${padRight(` ${head}`, columns - width(tail) - 1)}${tail} `);
}

const TOAST_TOKENS: Readonly<Record<Level, Token>> = {
  info: 'info',
  success: 'success',
  warning: 'warning',
  error: 'error',
};

/** A message while there is one, otherwise the keys that matter now. */
export function hintLine(state: TuiState, single: boolean, columns: number, look: Look, texts: Messages): string {
  if (state.toast && !state.prefix) {
    const { marks } = look;
    const mark = { info: marks.live, success: marks.met, warning: '!', error: marks.failed }[state.toast.level];
    return look.paint(
      TOAST_TOKENS[state.toast.level],
      look.truncate(` ${mark} ${sanitiseLine(state.toast.text)}`, columns),
    );
  }
  const { lead, entries } = hintsFor(state, single, texts);
  let line = lead === '' ? '' : ` ${look.paint('muted', lead)}`;
  let used = lead === '' ? 0 : 1 + width(lead);
  for (const { keys, text } of entries) {
    const label = keys === '' ? '' : `${keys} `;
    const cells = 2 + width(label) + width(text);
    if (used + cells > columns) break;
    line += `  ${look.paint('key', keys)}${keys === '' ? '' : ' '}${text}`;
    used += cells;
  }
  return line;

  function hintsFor(state: TuiState, single: boolean, texts: Messages) {
    const hint = (command: Command, context: KeyContext, text: string) => ({
      keys: directKey(command, context, look),
      text,
    });
    const words = texts.hint;
    const help = (context: KeyContext) => hint('help', context, words.help);
    if (state.view === 'list') {
      return {
        lead: '',
        entries: [
          hint('accept', 'list', words.open),
          { keys: look.ascii ? 'Up Down' : '↑ ↓', text: '' },
          help('list'),
          hint('language', 'list', words.language),
          hint('quit', 'list', words.quit),
          ...(state.session ? [hint('cancel', 'list', words.back)] : []),
        ],
      };
    }
    if (state.view === 'help') {
      return {
        lead: '',
        entries: [
          hint('cancel', 'help', words.back),
          hint('page-down', 'help', words.scroll),
          hint('language', 'help', words.language),
        ],
      };
    }
    if (state.modal || state.session?.busy) return { lead: '', entries: [] };
    if (!state.prefix && state.focus !== 'terminal') {
      return {
        lead: '',
        entries: [
          { keys: look.ascii ? 'Up Down PgUp PgDn' : '↑ ↓ PgUp PgDn', text: words.scroll },
          hint('cancel', 'reading', words.back),
          { keys: '', text: words.typing },
          { keys: PREFIX_LABEL, text: words.commands },
        ],
      };
    }
    return {
      lead: state.prefix ? texts.prefixWaits : `${PREFIX_LABEL} +`,
      entries: [
        hint('check', 'prefix', words.check),
        hint('hint', 'prefix', words.hint),
        hint('next', 'prefix', words.next),
        hint('read', 'prefix', words.read),
        ...(single ? [hint('toggle-pane', 'prefix', words.pane)] : []),
        help('prefix'),
        hint('lessons', 'prefix', words.lessons),
        hint('quit', 'prefix', words.quit),
      ],
    };
  }
}

/** The lesson list: search, progress, time. */
import { Fzf } from 'fzf';
import type { Messages } from '../locale/en.ts';
import type { LessonSummary } from '../port.ts';
import { sanitiseLine } from '../sanitise.ts';
import type { Position } from '../screen.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import type { Token } from '../themes/tokens.ts';
import { padLeft, padRight, width } from '../width.ts';
import { wrap } from '../wrap.ts';
import { fieldWindow } from './modal-content.ts';

export interface ListContent {
  readonly lines: readonly string[];
  readonly cursor: Position;
}

/** The lessons that a query finds, the best first; all of them for an empty one. */
export function foundLessons(lessons: readonly LessonSummary[], query: string): readonly LessonSummary[] {
  // Whoever knows less and vi begins a search with a slash.
  const words = query.normalize('NFC').trim().replace(/^\//, '');
  if (words === '') return lessons;
  const selector = (lesson: LessonSummary) => `${lesson.title} ${lesson.id} ${lesson.searchText}`.normalize('NFC');
  return new Fzf(lessons, { selector }).find(words).map((entry) => entry.item);
}

const STATE_TOKENS: Readonly<Record<LessonSummary['state'], Token>> = {
  new: 'muted',
  started: 'warning',
  finished: 'success',
};
const HEADER = 4;
const SUMMARY = 4;
const NARROW = 60;

export function listContent(
  state: Pick<TuiState, 'lessons' | 'query' | 'selected'>,
  columns: number,
  rows: number,
  look: Look,
  texts: Messages,
): ListContent {
  const found = foundLessons(state.lessons, state.query.text);
  const selected = Math.min(state.selected, found.length - 1);
  const room = Math.max(1, rows - HEADER - SUMMARY);
  const from = Math.max(0, Math.min(selected - (room >> 1), found.length - room));
  const label = ` ${texts.search}`;
  const field = fieldWindow(state.query.text, state.query.cursor, Math.max(4, columns - width(label) - 2));
  const entries = found
    .slice(from, from + room)
    .map((lesson, index) => row(lesson, from + index === selected, columns, look, texts));
  if (found.length === 0) entries.push(` ${look.paint('muted', texts.noLessonFound)}`);
  const blanks = Array.from({ length: Math.max(0, room - entries.length) }, () => '');
  const summary = found[selected] ? wrap(sanitiseLine(found[selected].summary), Math.max(10, columns - 2)) : [];
  return {
    lines: [
      ` ${look.paint('title', `kubetutor  ${texts.lessons}`)}`,
      ` ${look.paint('muted', look.truncate(texts.chooseLesson, columns - 2))}`,
      `${look.paint('key', label)}${field.text}`,
      look.rule(columns),
      ...entries,
      ...blanks,
      look.rule(columns),
      ...summary.slice(0, SUMMARY - 1).map((line) => ` ${line}`),
    ].slice(0, rows),
    cursor: { x: width(label) + field.cursor, y: 2 },
  };
}

function row(lesson: LessonSummary, selected: boolean, columns: number, look: Look, texts: Messages): string {
  const { marks } = look;
  const mark = { new: marks.open, started: marks.started, finished: marks.met }[lesson.state];
  const facts =
    columns < NARROW
      ? padLeft(`${lesson.stepsDone}/${lesson.steps}`, 6)
      : [
          padRight(texts.lessonState[lesson.state], 10),
          padLeft(texts.stepsDone(lesson.stepsDone, lesson.steps), 13),
          padLeft(texts.minutes(lesson.minutes[0], lesson.minutes[1]), 12),
        ].join(' ');
  const title = look.exactly(sanitiseLine(lesson.title), Math.max(4, columns - width(facts) - 7));
  const front = selected ? look.paint('key', ` ${marks.selected} `) : '   ';
  const name = selected ? look.paint('strong', title) : title;
  return `${front}${look.paint(STATE_TOKENS[lesson.state], mark)} ${name} ${look.paint('muted', facts)}`;
}

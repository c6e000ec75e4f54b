/** What the lesson pane shows: a fixed header, scrolled lines and a pinned footer, all painted and cut. */
import type { ClusterMap } from '../../course/cluster-map.ts';
import type { TraceView } from '../../course/trace-view.ts';
import type { Messages } from '../locale/en.ts';
import { markdownLines } from '../markdown/markdown.ts';
import type { LessonView, ObjectiveView } from '../port.ts';
import { sanitiseLine } from '../sanitise.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import type { Token } from '../themes/tokens.ts';
import { width } from '../width.ts';
import { wrap } from '../wrap.ts';
import { checkLines } from './check-lines.ts';
import { afterPrefix } from './key-text.ts';
import { mapLines } from './map-content.ts';
import { traceLines } from './trace-content.ts';

export interface LessonContent {
  readonly header: readonly string[];
  readonly lines: readonly string[];
  readonly footer: readonly string[];
  /** Rows for `lines`. */
  readonly visible: number;
  /** The furthest `scroll`. */
  readonly end: number;
}

type Source = Pick<TuiState, 'panel' | 'checks' | 'solution' | 'request'> & {
  readonly lesson: LessonView;
  readonly maps: readonly ClusterMap[] | undefined;
  readonly trace: TraceView | undefined;
};

const OBJECTIVE_TOKENS: Readonly<Record<ObjectiveView['state'], Token>> = {
  open: 'muted',
  met: 'success',
  failed: 'error',
  undecided: 'warning',
};
// Objectives are pinned as long as they leave most of the pane to the text.
const PINNED_SHARE = 0.4;

/** The content of a pane of `columns` x `rows` cells. */
export function lessonContent(
  source: Source,
  columns: number,
  rows: number,
  look: Look,
  texts: Messages,
): LessonContent {
  const header = headerLines(source.lesson, columns, look, texts);
  const body = bodyLines(source, columns, look, texts);
  const objectives = source.panel === 'text' ? objectiveLines(source.lesson, columns, look, texts) : [];
  const pinned = objectives.length > 0 && objectives.length <= rows * PINNED_SHARE;
  const footer = pinned ? objectives : [];
  const lines = pinned || objectives.length === 0 ? body : [...body, '', ...objectives];
  // One row above and one below tell that there is more.
  const visible = Math.max(1, rows - header.length - footer.length - 2);
  return { header, lines, footer, visible, end: Math.max(0, lines.length - visible) };
}

function headerLines(lesson: LessonView, columns: number, look: Look, texts: Messages): string[] {
  const place = lesson.steps.length > 0 ? texts.step(lesson.current + 1, lesson.steps.length) : '';
  const title = look.exactly(sanitiseLine(lesson.title), Math.max(0, columns - width(place) - 1));
  return [`${look.paint('title', title)} ${look.paint('muted', place)}`];
}

function bodyLines(source: Source, columns: number, look: Look, texts: Messages): string[] {
  const { lesson } = source;
  const back = (lines: string[]): string[] => [
    ...lines,
    '',
    ...paintedWrap(texts.backToText(afterPrefix('lesson-text', look)), columns, look, 'muted'),
  ];
  switch (source.panel) {
    case 'checks':
      return back([...heading(texts.checks, look), ...checkLines(source.checks, columns, look, texts)]);
    case 'solution':
      return back([...heading(texts.solution, look), ...markdownLines(source.solution, columns, look)]);
    case 'hints':
      return back([...heading(texts.hints, look), ...hintLines(lesson, columns, look, texts)]);
    case 'map':
      return back([...heading(texts.map, look), ...mapLines(source.maps ?? [], columns, look, texts)]);
    case 'trace':
      return back([...heading(texts.trace, look), ...traceLines(source, columns, look, texts)]);
    case 'text': {
      const title = lesson.steps[lesson.current]?.title ?? '';
      const own = /^\s*#/.test(lesson.text) || title === '';
      const above = own ? [] : [...paintedWrap(sanitiseLine(title), columns, look, 'heading'), ''];
      return [...above, ...markdownLines(lesson.text, columns, look)];
    }
  }
}

const heading = (text: string, look: Look): string[] => [look.paint('heading', text), ''];

export const paintedWrap = (text: string, columns: number, look: Look, token: Token): string[] =>
  wrap(text, columns).map((line) => look.paint(token, line));

function hintLines(lesson: LessonView, columns: number, look: Look, texts: Messages): string[] {
  const { shown, total } = lesson.hints;
  if (total === 0) return paintedWrap(texts.noHints, columns, look, 'muted');
  const lines = shown.flatMap((hint, index) => [
    look.paint('strong', texts.hintOf(index + 1, total)),
    ...markdownLines(hint, columns, look),
    '',
  ]);
  const left = total - shown.length;
  const rest = left > 0 ? texts.moreHints(afterPrefix('hint', look), left) : texts.noMoreHints;
  return [...lines, ...paintedWrap(rest, columns, look, 'muted')];
}

function objectiveLines(lesson: LessonView, columns: number, look: Look, texts: Messages): string[] {
  const lines = lesson.objectives.flatMap((objective) => {
    const token = OBJECTIVE_TOKENS[objective.state];
    return wrap(sanitiseLine(objective.title), columns - 2).map((line, y) =>
      y === 0 ? `${look.paint(token, look.marks[objective.state])} ${line}` : `  ${line}`,
    );
  });
  if (!lesson.steps[lesson.current]?.done) return lines;
  const last = lesson.steps.every((step) => step.done);
  const done = last
    ? texts.lessonComplete(afterPrefix('lessons', look))
    : texts.stepComplete(afterPrefix('next', look));
  return [...lines, ...paintedWrap(done, columns, look, 'success')];
}

/** The lines between header and footer, with the marks that more lies above or below. */
export function scrolledLines(
  content: LessonContent,
  scroll: number,
  columns: number,
  look: Look,
  texts: Messages,
): string[] {
  const from = Math.max(0, Math.min(scroll, content.end));
  const shown = content.lines.slice(from, from + content.visible);
  const blanks = Array.from({ length: content.visible - shown.length }, () => '');
  const above = from > 0 ? marked(look.marks.up, texts.more, columns, look) : look.rule(columns);
  const below =
    from < content.end
      ? marked(look.marks.down, texts.more, columns, look)
      : content.footer.length > 0
        ? look.rule(columns)
        : '';
  return [above, ...shown, ...blanks, below];
}

function marked(mark: string, word: string, columns: number, look: Look): string {
  const text = ` ${mark} ${word} `;
  return look.rule(Math.max(0, columns - width(text) - 2)) + look.paint('key', text) + look.rule(2);
}

/** How far a scrolling command goes: a pure function of the state. */
import { messages } from './locale/locale.ts';
import { layoutOf, lookOf } from './screen-plan.ts';
import type { TuiState } from './state.ts';
import { helpLines } from './views/help-content.ts';
import { lessonView } from './views/lesson-view.ts';
import { foundLessons } from './views/list-content.ts';

export type Scrolling = 'up' | 'down' | 'page-up' | 'page-down' | 'top' | 'bottom';

export type ScrollTarget =
  | { readonly kind: 'list' | 'help' | 'lesson'; readonly to: number }
  /** Relative, up when negative: the emulator knows its own end. */
  | { readonly kind: 'terminal'; readonly lines: number };

const FAR = 1_000_000;

const clamp = (value: number, end: number): number => Math.max(0, Math.min(end, value));

function distance(how: Scrolling, page: number): number {
  switch (how) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'page-up':
      return -Math.max(1, page);
    case 'page-down':
      return Math.max(1, page);
    case 'top':
      return -FAR;
    case 'bottom':
      return FAR;
  }
}

export function scrollTarget(state: TuiState, how: Scrolling): ScrollTarget {
  const areas = layoutOf(state);
  const look = lookOf(state);
  const texts = messages(state.language);
  if (state.view === 'list') {
    const count = foundLessons(state.lessons, state.query.text).length;
    return { kind: 'list', to: clamp(state.selected + distance(how, areas.body.height - 10), Math.max(0, count - 1)) };
  }
  if (state.view === 'help') {
    const end = Math.max(0, helpLines(areas.body.width, look, texts).length - areas.body.height);
    return { kind: 'help', to: clamp(state.helpScroll + distance(how, areas.body.height - 1), end) };
  }
  if (state.focus === 'scrollback') return { kind: 'terminal', lines: distance(how, areas.body.height - 1) };
  const content = lessonView(state, areas.lesson ?? areas.body, look, texts);
  const from = Math.min(state.scroll, content?.end ?? 0);
  return { kind: 'lesson', to: clamp(from + distance(how, (content?.visible ?? 2) - 1), content?.end ?? 0) };
}

/** What follows from the state for the screen as a whole: rectangles, look, the terminal pane's place, the cursor. */
import { type Layout, layout, MINIMUM } from './layout.ts';
import { messages } from './locale/locale.ts';
import type { Layers, Position } from './screen.ts';
import { modalOpen, type TuiState } from './state.ts';
import { Look } from './themes/look.ts';
import { listContent } from './views/list-content.ts';
import { modalContent } from './views/modal-content.ts';

export const layoutOf = (state: TuiState): Layout => layout(state.columns, state.rows, state.layout);

const looks = new Map<string, Look>();

export function lookOf(state: Pick<TuiState, 'theme' | 'ascii'>): Look {
  const name = `${state.theme} ${state.ascii}`;
  const look = looks.get(name) ?? new Look(state.theme, state.ascii);
  looks.set(name, look);
  return look;
}

/** The part of the emulator that is drawn. */
export interface PaneSource {
  rows(): readonly string[];
  cursor(): Position | undefined;
}

export function layersOf(state: TuiState, pane: PaneSource | undefined): Layers {
  const areas = layoutOf(state);
  if (areas.columns < MINIMUM.columns || areas.rows < MINIMUM.rows) return { pane: undefined, cursor: undefined };
  const look = lookOf(state);
  const texts = messages(state.language);
  if (state.view === 'list') {
    return { pane: undefined, cursor: listContent(state, areas.body.width, areas.body.height, look, texts).cursor };
  }
  if (state.view === 'help') return { pane: undefined, cursor: undefined };
  const modal = modalOpen(state);
  const area = modal && areas.arrangement === 'single' ? undefined : areas.terminal;
  const shown = pane && area ? { area, rows: pane.rows() } : undefined;
  if (modal) {
    const box = areas.lesson ?? areas.body;
    const inside = modalContent(state.modal, state.session?.busy, box, look, texts)?.cursor;
    return { pane: shown, cursor: inside && { x: box.x + inside.x, y: box.y + inside.y } };
  }
  const cursor = area && state.focus === 'terminal' ? pane?.cursor() : undefined;
  // The emulator gets a new size a moment after the screen.
  const inside = area && cursor && cursor.x < area.width && cursor.y < area.height;
  return { pane: shown, cursor: inside ? { x: area.x + cursor.x, y: area.y + cursor.y } : undefined };
}

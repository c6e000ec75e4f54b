import type { Rectangle } from '../layout.ts';
import type { Messages } from '../locale/en.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { helpLines } from '../views/help-content.ts';
import { Lines } from './Lines.tsx';

/** All keys, from the key table. */
export function HelpScreen({
  state,
  area,
  look,
  texts,
}: {
  state: TuiState;
  area: Rectangle;
  look: Look;
  texts: Messages;
}) {
  const lines = helpLines(area.width, look, texts);
  const from = Math.max(0, Math.min(state.helpScroll, lines.length - area.height));
  return <Lines lines={lines.slice(from)} width={area.width} height={area.height} />;
}

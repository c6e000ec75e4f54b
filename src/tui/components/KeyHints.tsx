import type { Messages } from '../locale/en.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { hintLine } from '../views/bars.ts';
import { Lines } from './Lines.tsx';

/** The keys that matter now, or a message. */
export function KeyHints({
  state,
  single,
  look,
  texts,
}: {
  state: TuiState;
  single: boolean;
  look: Look;
  texts: Messages;
}) {
  return <Lines lines={[hintLine(state, single, state.columns, look, texts)]} width={state.columns} height={1} />;
}

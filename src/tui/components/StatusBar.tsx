import type { Messages } from '../locale/en.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { statusLine } from '../views/bars.ts';
import { Lines } from './Lines.tsx';

/** Lesson and step, ticks, cluster health, virtual time, journal, language. */
export function StatusBar({ state, look, texts }: { state: TuiState; look: Look; texts: Messages }) {
  return <Lines lines={[statusLine(state, state.columns, look, texts)]} width={state.columns} height={1} />;
}

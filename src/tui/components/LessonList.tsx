import type { Rectangle } from '../layout.ts';
import type { Messages } from '../locale/en.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { listContent } from '../views/list-content.ts';
import { Lines } from './Lines.tsx';

/** All lessons: search, progress, time. */
export function LessonList({
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
  const { lines } = listContent(state, area.width, area.height, look, texts);
  return <Lines lines={lines} width={area.width} height={area.height} />;
}

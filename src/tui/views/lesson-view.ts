/** The lesson pane's content for a state, computed once for equal states: drawing and scrolling both ask for it. */
import type { Rectangle } from '../layout.ts';
import type { Messages } from '../locale/en.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { type LessonContent, lessonContent } from './lesson-content.ts';

let lastInputs: readonly unknown[] = [];
let last: LessonContent | undefined;

/** The content inside a pane with one blank column on each side. */
export function lessonView(state: TuiState, area: Rectangle, look: Look, texts: Messages): LessonContent | undefined {
  const { session, panel, checks, solution, request } = state;
  if (!session) return undefined;
  const { lesson, maps, trace } = session;
  const inputs = [lesson, maps, trace, panel, checks, solution, request, area.width, area.height, look, texts];
  if (!last || inputs.some((input, index) => input !== lastInputs[index])) {
    lastInputs = inputs;
    last = lessonContent(
      { lesson, maps, trace, panel, checks, solution, request },
      area.width - 2,
      area.height,
      look,
      texts,
    );
  }
  return last;
}

import type { Rectangle } from '../layout.ts';
import type { Messages } from '../locale/en.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { modalContent } from '../views/modal-content.ts';
import { Lines } from './Lines.tsx';

/** A question, an input line or a progress bar in the place of the lesson. */
export function ModalBox({
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
  const content = modalContent(state.modal, state.session?.busy, area, look, texts);
  return <Lines lines={content?.lines ?? []} width={area.width} height={area.height} />;
}

import { Box } from 'ink';
import type { Layout } from '../layout.ts';
import type { Messages } from '../locale/en.ts';
import { modalOpen, type TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { LessonPane } from './LessonPane.tsx';
import { Lines } from './Lines.tsx';
import { ModalBox } from './ModalBox.tsx';

/** Lesson and divider; the place of the terminal stays empty, because Screen lays its rows there. */
export function LessonScreen({
  state,
  layout,
  look,
  texts,
}: {
  state: TuiState;
  layout: Layout;
  look: Look;
  texts: Messages;
}) {
  const area = layout.lesson ?? layout.body;
  const pane = modalOpen(state) ? (
    <ModalBox state={state} area={area} look={look} texts={texts} />
  ) : layout.lesson ? (
    <LessonPane state={state} area={area} look={look} texts={texts} />
  ) : null;
  const { divider } = layout;
  const line = divider && (
    <Lines
      lines={
        divider.width === 1
          ? Array.from({ length: divider.height }, () => look.paint('border', look.marks.vertical))
          : [look.rule(divider.width)]
      }
      width={divider.width}
      height={divider.height}
    />
  );
  return (
    <Box
      flexDirection={layout.arrangement === 'stacked' ? 'column' : 'row'}
      width={layout.body.width}
      height={layout.body.height}
    >
      {pane}
      {line}
    </Box>
  );
}

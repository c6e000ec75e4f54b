import { Box } from 'ink';
import { memo } from 'react';
import type { Rectangle } from '../layout.ts';
import type { Messages } from '../locale/en.ts';
import type { TuiState } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { scrolledLines } from '../views/lesson-content.ts';
import { lessonView } from '../views/lesson-view.ts';
import { Lines } from './Lines.tsx';

interface Props {
  readonly state: TuiState;
  readonly area: Rectangle;
  readonly look: Look;
  readonly texts: Messages;
}

/** The lesson's text, the objectives, or one of the panels in their place. */
export const LessonPane = memo(function LessonPane({ state, area, look, texts }: Props) {
  const content = lessonView(state, area, look, texts);
  if (!content)
    return <Lines lines={['', ` ${look.paint('muted', texts.opening)}`]} width={area.width} height={area.height} />;
  const columns = area.width - 2;
  const lines = [...content.header, ...scrolledLines(content, state.scroll, columns, look, texts), ...content.footer];
  return (
    <Box width={area.width} height={area.height} flexShrink={0} paddingX={1}>
      <Lines lines={lines} width={columns} height={area.height} />
    </Box>
  );
});

/** The whole screen from the state; nothing is decided here. */
import { Box, Text } from 'ink';
import { useSyncExternalStore } from 'react';
import { HelpScreen } from './components/HelpScreen.tsx';
import { KeyHints } from './components/KeyHints.tsx';
import { LessonList } from './components/LessonList.tsx';
import { LessonScreen } from './components/LessonScreen.tsx';
import { StatusBar } from './components/StatusBar.tsx';
import { MINIMUM } from './layout.ts';
import { messages } from './locale/locale.ts';
import { layoutOf, lookOf } from './screen-plan.ts';
import type { TuiState } from './state.ts';
import type { Store } from './store.ts';

export function App({ store }: { store: Pick<Store, 'subscribe' | 'snapshot'> }) {
  return <Frame state={useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot)} />;
}

export function Frame({ state }: { state: TuiState }) {
  const texts = messages(state.language);
  const look = lookOf(state);
  const layout = layoutOf(state);
  const { columns, rows } = layout;
  if (columns < MINIMUM.columns || rows < MINIMUM.rows) {
    return <Text wrap="truncate">{texts.tooSmall(columns, rows)}</Text>;
  }
  const body = layout.body;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Box width={body.width} height={body.height} flexShrink={0}>
        {state.view === 'list' && <LessonList state={state} area={body} look={look} texts={texts} />}
        {state.view === 'help' && <HelpScreen state={state} area={body} look={look} texts={texts} />}
        {state.view === 'lesson' && <LessonScreen state={state} layout={layout} look={look} texts={texts} />}
      </Box>
      {layout.hints && <KeyHints state={state} single={layout.arrangement === 'single'} look={look} texts={texts} />}
      <StatusBar state={state} look={look} texts={texts} />
    </Box>
  );
}

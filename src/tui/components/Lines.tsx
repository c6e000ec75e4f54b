import { Box, Text } from 'ink';

/** Painted lines that fit already: one text for Ink, which is what it draws fastest. */
export function Lines({ lines, width, height }: { lines: readonly string[]; width: number; height: number }) {
  return (
    <Box width={width} height={height} flexShrink={0}>
      <Text wrap="truncate">{lines.slice(0, height).join('\n')}</Text>
    </Box>
  );
}

import type { Task } from '../../../world/task.ts';
import type { Call, Editor, Pressed, ReadResult } from '../editor.ts';

type Operator = 'd' | 'c' | 'y';

/** Keys that tell how far an operator reaches. */
const MOTIONS = ' hl^$0ftFT;,%wbeWBE|`';
/** Motions whose last character is not taken. */
const EXCLUSIVE = ' l|h^0bBFT`';

/** Motions of which a `c` takes no character when they lead nowhere. */
const NOTHING = `${EXCLUSIVE}wW`;

/** d, c and y with a motion; doubled for the line, as a capital to its end. readline: vi_mode.c, rl_vi_domove */
export function* operate(editor: Editor, operator: Operator, call: Call): Task<ReadResult | undefined> {
  const { buffer } = editor;
  if (call.key === operator.toUpperCase()) {
    apply(editor, operator, buffer.cursor, buffer.chars.length);
    return undefined;
  }
  const { pressed, count } = yield* motionKey(editor, call);
  if (!pressed) return undefined;
  if (pressed.keys === operator) {
    apply(editor, operator, 0, buffer.chars.length);
    return undefined;
  }
  if (pressed.keys.length !== 1 || !MOTIONS.includes(pressed.keys)) {
    editor.bell();
    return undefined;
  }
  const range = yield* reach(editor, operator, pressed, count);
  if (range) apply(editor, operator, range.from, range.to);
  return undefined;
}

/** The motion's key, with the number that may come before it. */
function* motionKey(editor: Editor, call: Call): Task<{ pressed: Pressed | undefined; count: number }> {
  let digits = '';
  for (;;) {
    const pressed = yield* editor.readBound();
    if (!pressed || !(/^[1-9]$/.test(pressed.keys) || (digits !== '' && pressed.keys === '0')))
      return { pressed, count: call.count * Number(digits || 1) };
    digits = (digits + pressed.keys).slice(0, 6);
  }
}

/** What lies between the cursor and where the motion leads; undefined when it leads nowhere. */
function* reach(
  editor: Editor,
  operator: Operator,
  pressed: Pressed,
  count: number,
): Task<{ from: number; to: number } | undefined> {
  const { buffer } = editor;
  const { keys } = pressed;
  const start = buffer.cursor;
  editor.moving = true;
  yield* editor.press(pressed, count);
  editor.moving = false;
  const length = buffer.chars.length;
  let end = Math.min(buffer.cursor, length);
  buffer.cursor = start;
  // A `c` begins to insert even where the motion leads nowhere.
  if (end === start)
    return operator === 'c' ? { from: start, to: start + (NOTHING.includes(keys) ? 0 : 1) } : undefined;
  if (end < start) return { from: end, to: start };
  if (/^w$/i.test(keys) && operator === 'c') end = endOfChange(buffer.chars, start, end);
  else if (!NOTHING.includes(keys) && keys !== '$') end++;
  return { from: start, to: Math.min(length, end) };
}

/** cw ends with the word, not with the blanks behind it. */
function endOfChange(line: readonly string[], start: number, end: number): number {
  let at = end;
  while (at > start + 1 && /\s/.test(line[at - 1] ?? '')) at--;
  return at;
}

function apply(editor: Editor, operator: Operator, from: number, to: number): void {
  const { buffer } = editor;
  if (operator === 'y') {
    buffer.copy(from, to);
    return;
  }
  if (operator === 'c') editor.startInsertion();
  buffer.kill(from, Math.min(to, buffer.chars.length));
  buffer.cursor = Math.min(from, to);
  if (operator === 'c') editor.mode = 'vi-insert';
}

import { keysOfText, textOfKey } from './keys-text.ts';
import { beep, clamp, endChange, fail, type Vi } from './state.ts';

export type Typing = (vi: Vi, key: string) => void;

/** Macros in macros; vim ends at 'maxfuncdepth' or memory, we sooner. */
const DEEPEST = 400;
/** Keys that one command may play: `qa@aq@a` must end. */
const MOST_KEYS = 200_000;

/** q{register} begins to record what is typed, q ends it. */
export function recordMacro(vi: Vi, register: string): void {
  if (!/^[a-z0-9"]$/i.test(register)) return beep(vi);
  vi.macro = { register: register.toLowerCase(), keys: [] };
}

export function endMacro(vi: Vi): void {
  const { macro } = vi;
  vi.macro = undefined;
  if (!macro) return;
  // The q that ends it was recorded too.
  const keys = macro.keys.slice(0, -1);
  vi.macros.set(macro.register, keys);
  vi.registers.set(macro.register, { text: keys.map(textOfKey).join('').split('\n'), linewise: false });
}

/** @{register} and @@. It ends at the first key that fails. */
export function playMacro(vi: Vi, name: string, count: number, type: Typing): void {
  const register = name === '@' ? vi.lastMacro : name.toLowerCase();
  if (register === undefined) return fail(vi, 'E748: No previously used register');
  const keys = keysOf(vi, register);
  if (!keys || keys.length === 0 || vi.depth >= DEEPEST) return beep(vi);
  vi.lastMacro = register;
  vi.recording = [];
  if (vi.depth++ === 0) vi.keysLeft = MOST_KEYS;
  try {
    for (let i = 0; i < count; i++) {
      for (const key of keys) {
        vi.beeped = false;
        type(vi, key);
        if (vi.beeped || --vi.keysLeft <= 0) return beep(vi);
      }
    }
  } finally {
    vi.depth--;
  }
}

function keysOf(vi: Vi, register: string): readonly string[] | undefined {
  const recorded = vi.macros.get(register);
  const value = register === '"' ? vi.register : vi.registers.get(register);
  const text = value && value.text.join('\n') + (value.linewise ? '\n' : '');
  if (recorded && recorded.map(textOfKey).join('') === text) return recorded;
  return text === undefined ? undefined : keysOfText(text);
}

/** `:normal`: keys in each line of a range, or where the cursor is; all of it is one change. */
export function playNormal(vi: Vi, text: string, range: readonly [number, number] | undefined, type: Typing): void {
  const keys = keysOfText(text);
  const { replaying } = vi;
  if (vi.depth >= DEEPEST) return;
  vi.replaying = true;
  vi.held++;
  if (vi.depth++ === 0) vi.keysLeft = MOST_KEYS;
  if (!range) playOnce(vi, keys, type);
  for (let row = range?.[0] ?? 1; row <= (range?.[1] ?? 0) && row < vi.lines.length; row++) {
    vi.row = row;
    vi.column = 0;
    playOnce(vi, keys, type);
  }
  vi.depth--;
  vi.held--;
  vi.replaying = replaying;
  clamp(vi);
  endChange(vi);
}

function playOnce(vi: Vi, keys: readonly string[], type: Typing): void {
  for (const key of keys) {
    vi.beeped = false;
    type(vi, key);
    if (vi.beeped || --vi.keysLeft <= 0) break;
  }
  for (let i = 0; i < 3 && (vi.mode !== 'normal' || vi.pending.length > 0 || vi.confirm); i++) type(vi, '<Esc>');
}

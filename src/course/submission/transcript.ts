import type { JournalContent } from '../journal.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { type ReplayOptions, replayJournal } from './replay-journal.ts';

/** What a terminal showed, and when, s from the beginning. `r`: it was resized, as `COLUMNSxROWS`. */
export interface Frame {
  readonly at: number;
  readonly kind: 'o' | 'r';
  readonly data: string;
}

export interface Transcript {
  readonly columns: number;
  readonly rows: number;
  readonly frames: readonly Frame[];
}

/** Plays a journal and keeps what its terminal showed. Pauses are cut down to `idle` seconds. Raises RefusalError. */
export function transcriptOf(
  content: JournalContent,
  lesson: Lesson,
  options: ReplayOptions & { readonly idle: number },
): Transcript {
  const frames: Frame[] = [];
  const filter = new TerminalFilter();
  let size = { columns: 80, rows: 24 };
  let first = true;
  let last: number | undefined;
  let at = 0;
  const move = (time: number) => {
    at += Math.min(options.idle, Math.max(0, time - (last ?? time)) / 1000);
    last = time;
  };
  const add = (bytes: Uint8Array, time: number) => {
    const data = filter.pass(bytes);
    if (data === '') return;
    move(time);
    const before = frames.at(-1);
    // What comes at one moment is one frame.
    if (before?.kind === 'o' && before.at === at) frames[frames.length - 1] = { ...before, data: before.data + data };
    else frames.push({ at, kind: 'o', data });
  };
  const replayed = replayJournal(content, lesson, undefined, {
    ...options,
    onOutput: add,
    onInput: (input) => {
      if (input.kind !== 'resize') return;
      const { columns, rows } = input;
      if (first) size = { columns, rows };
      else frames.push({ at, kind: 'r', data: `${columns}x${rows}` });
      first = false;
    },
  });
  replayed.stage.close();
  return { ...size, frames };
}

/**
 * Sequences that draw: colours, moves, erasing, scrolling, the cursor's place kept and found, line drawing; and of the
 * modes those that a screen is drawn with. None that reports, prints, listens to the mouse or names the window.
 */
const DRAWS =
  /^\x1b(?:\[[\d;:]*[A-HJ-MPSTX@`abd-gmrsu]|\[[\d;]*[hl]|\[\?(?:1|5|6|7|12|25|47|1047|1048|1049)(?:;(?:1|7|25|1049))*[hl]|\[!p|[78=>DEHM]|[()][0AB]|#8)$/;

/** Sets a terminal back to what it was before anything was shown on it. */
export const RESTORED =
  '\x1b[?1049l\x1b[?1l\x1b[?5l\x1b[?6l\x1b[?7h\x1b[?25h\x1b[4l\x1b[20l\x1b[r\x1b(B\x1b)B\x1b>\x1b[0m';

/**
 * Lets through what draws on a terminal, and nothing that acts on it: titles, clipboards, questions that it would answer
 * by typing. What was recorded is somebody else's, and is shown on a teacher's screen.
 */
export class TerminalFilter {
  private readonly decoder = new TextDecoder();
  private rest = '';

  pass(bytes: Uint8Array): string {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    // A sequence that is cut in two waits for its end; one that never ends is dropped.
    const cut = /\x1b(?:\[[0-?]*[ -/]*|[\]P_^X][^\x07\x1b]{0,4096}\x1b?|[ -/]*)?$/.exec(text);
    this.rest = cut?.[0] ?? '';
    const whole = cut ? text.slice(0, cut.index) : text;
    return whole
      .replace(/\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\|$)/g, '')
      .replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-Z\\^-~])/g, (sequence) => (DRAWS.test(sequence) ? sequence : ''))
      .replace(/[\x05\x0e\x0f\x80-\x9f]/g, '');
  }
}

/** asciicast v2, as asciinema plays it. `title` is shown; `created` is s since 1970. */
export function asciicast({ columns, rows, frames }: Transcript, title: string, created: number): string {
  const header = {
    version: 2,
    width: columns,
    height: rows,
    timestamp: Math.floor(created),
    title,
    env: { TERM: 'xterm-256color', SHELL: '/bin/bash' },
  };
  const lines = frames.map(({ at, kind, data }) => JSON.stringify([Math.round(at * 1e6) / 1e6, kind, data]));
  return `${[JSON.stringify(header), ...lines].join('\n')}\n`;
}

import { decode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { anyOf, type Task, wait } from '../../world/task.ts';
import type { Tty } from '../../world/tty.ts';
import { lastTop, openPager, pagerFrame, pagerKey, rowsOf } from './pager.ts';
import { Screen, terminalOf } from './screen.ts';

/** How often `F` looks for more, ms. */
const FOLLOW_INTERVAL = 1000;

interface Source {
  readonly name: string;
  readonly text: string;
  readonly path: string | undefined;
}

export interface PagerKind {
  readonly name: 'less' | 'more';
  /** How an error of opening a file is worded. */
  readonly problem: (file: string, text: string) => string;
  readonly noFile: string;
}

/** The files named by the arguments, or standard input. */
function* sourcesOf(process: Process, names: readonly string[], kind: PagerKind): Task<Source[]> {
  if (names.length === 0) return [{ name: '', text: yield* process.readText(0), path: undefined }];
  const sources: Source[] = [];
  for (const name of names) {
    if (name === '-') {
      sources.push({ name: '', text: yield* process.readText(0), path: undefined });
      continue;
    }
    const path = joinPath(process.cwd, name);
    try {
      const { files } = process.machine;
      if (files.stat(path, process.credentials).kind === 'directory') {
        yield* process.printError(
          kind.name === 'less' ? `${name} is a directory\n` : `\n*** ${name}: directory ***\n\n`,
        );
        continue;
      }
      sources.push({ name, text: decode(files.readFile(path, process.credentials)), path });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* process.printError(kind.problem(name, error.text));
    }
  }
  return sources;
}

/** Shows sources one after the other on a terminal. */
function* page(process: Process, tty: Tty, source: Source, quitAtEnd: boolean): Task {
  const screen = new Screen(process, tty);
  const state = openPager(source.name, source.text, screen.columns);
  screen.enter();
  try {
    for (;;) {
      const height = Math.max(1, screen.rows - 1);
      state.top = Math.min(state.top, lastTop(state, height));
      yield* screen.draw(pagerFrame(state, screen.columns, height));
      if (state.follow && !tty.readable) {
        const woken = yield* wait(anyOf(tty.typed, process.timer(FOLLOW_INTERVAL)));
        if (woken.index === 1 && source.path !== undefined) {
          const text = decode(process.machine.files.readFile(source.path, process.credentials));
          const again = openPager(source.name, text, screen.columns);
          state.lines = again.lines;
          state.rows = again.rows;
          state.top = lastTop(state, height);
        }
        continue;
      }
      const keys = yield* screen.keys();
      if (!keys) return;
      if (keys.length === 0) state.rows = rowsOf(state.lines, screen.columns);
      for (const key of keys) {
        if (key === '<C-z>') yield* screen.suspend();
        const atEnd = state.top >= lastTop(state, height);
        const forwards = key === ' ' || key === 'f' || key === '<CR>' || key === '<PageDown>';
        if (quitAtEnd && atEnd && forwards && !state.prompt) return;
        pagerKey(state, key, height);
        if (state.over) return;
      }
    }
  } finally {
    screen.leave();
  }
}

function makePager(kind: PagerKind): Program {
  return {
    name: kind.name,
    *main(process) {
      const args = process.argv.slice(1);
      if (args.includes('--version') || args.includes('-V')) {
        yield* process.print(
          kind.name === 'less' ? 'less 590 (GNU regular expressions)\n' : 'more from util-linux 2.39.3\n',
        );
        return 0;
      }
      const flags = args.filter((word) => /^[-+]./.test(word));
      const names = args.filter((word) => !/^[-+]./.test(word));
      const stdin = process.hasFile(0) ? process.file(0).tty : undefined;
      if (names.length === 0 && stdin) {
        yield* process.printError(kind.noFile);
        return 1;
      }
      const sources = yield* sourcesOf(process, names, kind);
      if (sources.length === 0) return 1;
      const tty = terminalOf(process);
      if (!tty) {
        for (const source of sources) yield* process.print(source.text);
        return 0;
      }
      for (const source of sources) {
        const lines = source.text.split('\n').length - 1;
        const short = flags.some((flag) => /^-\w*F/.test(flag) || flag === '--quit-if-one-screen');
        if ((kind.name === 'more' || short) && lines < tty.rows) yield* process.print(source.text);
        else yield* page(process, tty, source, kind.name === 'more');
      }
      return 0;
    },
  };
}

/** less: shows a file or standard input a screen at a time; without a terminal it is cat. */
export const less: Program = makePager({
  name: 'less',
  problem: (file, text) => `${file}: ${text}\n`,
  noFile: 'Missing filename ("less --help" for help)\n',
});

/** more: as less, and ends behind the last screen. */
export const more: Program = makePager({
  name: 'more',
  problem: (file, text) => `more: cannot open ${file}: ${text}\n`,
  noFile: "more: bad usage\nTry 'more --help' for more information.\n",
});

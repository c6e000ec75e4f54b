import { candidates } from '../completion/candidates.ts';
import { singleQuote } from '../expand/quote.ts';
import type { CompletionSpec } from '../state/completions.ts';
import { type Builtin, fail, parseOptions, print } from './builtin.ts';

const ACTIONS: Readonly<Record<string, string>> = {
  a: 'alias',
  b: 'builtin',
  c: 'command',
  d: 'directory',
  e: 'export',
  f: 'file',
  g: 'group',
  j: 'job',
  k: 'keyword',
  s: 'service',
  u: 'user',
  v: 'variable',
};

function parseSpec(args: readonly string[]): {
  spec: CompletionSpec;
  rest: string[];
  flags: Set<string>;
  bad: string | undefined;
} {
  const { options: _, ...parsed } = parseOptions(args, 'prDEIabcdefgjksuv', 'oAGWFCXPS');
  const actions: string[] = [];
  const optionNames = new Set<string>();
  // Options may come more than once: -o nospace -o default.
  const end = args.length - parsed.rest.length;
  for (let index = 0; index < end; index++) {
    if (args[index] === '-o') optionNames.add(args[index + 1] ?? '');
    if (args[index] === '-A') actions.push(args[index + 1] ?? '');
  }
  const { options } = parseOptions(args, 'prDEIabcdefgjksuv', 'oAGWFCXPS');
  for (const [letter, action] of Object.entries(ACTIONS)) if (options.has(letter)) actions.push(action);
  const value = (letter: string) => options.get(letter);
  const spec: CompletionSpec = {
    actions,
    options: optionNames,
    ...(options.has('F') ? { functionName: value('F') ?? '' } : {}),
    ...(options.has('W') ? { words: value('W') ?? '' } : {}),
    ...(options.has('C') ? { command: value('C') ?? '' } : {}),
    ...(options.has('G') ? { glob: value('G') ?? '' } : {}),
    ...(options.has('P') ? { prefix: value('P') ?? '' } : {}),
    ...(options.has('S') ? { suffix: value('S') ?? '' } : {}),
    ...(options.has('X') ? { filter: value('X') ?? '' } : {}),
  };
  return { spec, rest: parsed.rest, flags: new Set(options.keys()), bad: parsed.bad };
}

function specText(command: string, spec: CompletionSpec): string {
  const parts = ['complete'];
  for (const option of spec.options) parts.push('-o', option);
  for (const action of spec.actions) {
    const letter = Object.entries(ACTIONS).find(([, name]) => name === action)?.[0];
    if (letter) parts.push(`-${letter}`);
    else parts.push('-A', action);
  }
  if (spec.words !== undefined) parts.push('-W', singleQuote(spec.words));
  if (spec.functionName !== undefined) parts.push('-F', spec.functionName);
  if (spec.command !== undefined) parts.push('-C', singleQuote(spec.command));
  return [...parts, command].join(' ');
}

export const complete: Builtin = {
  names: ['complete'],
  *run(shell, args, name) {
    const { spec, rest, flags, bad } = parseSpec(args);
    if (bad) return yield* fail(shell, name, `${bad}: invalid option`, 2);
    const table = shell.completions.byCommand;
    const special = flags.has('D') ? ['-D'] : flags.has('E') ? ['-E'] : [];
    const commands = special.length > 0 ? special : rest;
    if (flags.has('p') || args.length === 0) {
      const wanted = commands.length > 0 ? commands : [...table.keys()];
      for (const command of wanted) {
        const known = table.get(command);
        if (!known) return yield* fail(shell, name, `${command}: no completion specification`);
        yield* print(shell, name, `${specText(command, known)}\n`);
      }
      return 0;
    }
    if (flags.has('r')) {
      if (commands.length === 0) table.clear();
      for (const command of commands) table.delete(command);
      return 0;
    }
    for (const command of commands) table.set(command, spec);
    return 0;
  },
};

export const compgen: Builtin = {
  names: ['compgen'],
  *run(shell, args, name) {
    const { spec, rest, bad } = parseSpec(args);
    if (bad) return yield* fail(shell, name, `${bad}: invalid option`, 2);
    const found = yield* candidates(shell, spec, rest[0] ?? '');
    if (found.length === 0) return 1;
    return yield* print(shell, name, `${found.join('\n')}\n`);
  },
};

export const compopt: Builtin = {
  names: ['compopt'],
  *run(shell, args, name) {
    const current = shell.completions.current;
    if (!current) return yield* fail(shell, name, 'not currently executing completion function');
    for (let index = 0; index < args.length - 1; index++) {
      const option = args[index + 1] ?? '';
      if (args[index] === '-o') current.add(option);
      else if (args[index] === '+o') current.delete(option);
    }
    return 0;
  },
};

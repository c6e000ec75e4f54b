import { DEFAULT_PATH, findInPath } from '../../world/execute.ts';
import type { Task } from '../../world/task.ts';
import { singleQuote } from '../expand/quote.ts';
import { functionText } from '../parse/function-text.ts';
import { lookUp } from '../run/lookup.ts';
import { ExitShell } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { type Builtin, badOption, fail, parseOptions, print } from './builtin.ts';

const KEYWORDS = new Set(
  'if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc'.split(' '),
);

type Kind = 'alias' | 'keyword' | 'function' | 'builtin' | 'file';

interface Found {
  readonly kind: Kind;
  readonly text: string;
  readonly hashed?: boolean;
}

/** All meanings of a name, in the order in which the shell looks. */
function* meanings(shell: Shell, name: string, all: boolean, path?: string): Task<Found[]> {
  const found: Found[] = [];
  const alias = shell.options.shopt('expand_aliases') ? shell.aliases.get(name) : undefined;
  if (alias !== undefined) found.push({ kind: 'alias', text: alias });
  if (KEYWORDS.has(name)) found.push({ kind: 'keyword', text: name });
  if (shell.functions.has(name)) found.push({ kind: 'function', text: name });
  if (shell.engine.isBuiltin(name)) found.push({ kind: 'builtin', text: name });
  if (found.length > 0 && !all) return found;
  if (name.includes('/')) {
    const absolute = name.startsWith('/') ? name : `${shell.process.cwd}/${name}`;
    const inode = shell.process.machine.files.tryStat(absolute, shell.process.credentials);
    if (inode?.kind === 'file' && shell.process.machine.files.may(inode, 1, shell.process.credentials)) {
      found.push({ kind: 'file', text: name });
    }
    return found;
  }
  const hashed = shell.hashed.get(name);
  if (hashed && !all) return [...found, { kind: 'file', text: hashed.path, hashed: true }];
  const directories = (path ?? shell.variables.get('PATH') ?? DEFAULT_PATH).split(':');
  for (const directory of directories) {
    const file = findInPath(shell.process, name, directory);
    if (file !== undefined) found.push({ kind: 'file', text: file });
    if (found.length > 0 && !all) break;
  }
  return found;
}

function describe(shell: Shell, name: string, item: Found): string {
  switch (item.kind) {
    case 'alias':
      return `${name} is aliased to \`${item.text}'\n`;
    case 'keyword':
      return `${name} is a shell keyword\n`;
    case 'builtin':
      return `${name} is a shell builtin\n`;
    case 'function': {
      const known = shell.functions.get(name);
      return `${name} is a function\n${known ? functionText(name, known.node, known.source.text) : ''}\n`;
    }
    default:
      return item.hashed ? `${name} is hashed (${item.text})\n` : `${name} is ${item.text}\n`;
  }
}

export const type: Builtin = {
  names: ['type'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'afptP');
    if (bad) return yield* badOption(shell, name, bad, 'type [-afptP] name [name ...]');
    let status = 0;
    for (const word of rest) {
      let found = yield* meanings(shell, word, options.has('a') || options.has('P'));
      if (options.has('f')) found = found.filter((item) => item.kind !== 'function');
      if (options.has('P'))
        found = found.filter((item) => item.kind === 'file').slice(0, options.has('a') ? undefined : 1);
      if (found.length === 0) {
        status = 1;
        if (options.has('t') || options.has('p') || options.has('P')) continue;
        if (shell.dialect === 'bash') yield* fail(shell, name, `${word}: not found`);
        else yield* print(shell, name, `${word}: not found\n`);
        continue;
      }
      for (const item of found) {
        if (options.has('t')) yield* print(shell, name, `${item.kind}\n`);
        else if (options.has('p') || options.has('P')) {
          if (item.kind === 'file') yield* print(shell, name, `${item.text}\n`);
        } else yield* print(shell, name, describe(shell, word, item));
      }
    }
    return status;
  },
};

export const command: Builtin = {
  names: ['command'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'pVv');
    if (bad) return yield* badOption(shell, name, bad, 'command [-pVv] command [arg ...]');
    if (rest.length === 0) return 0;
    if (!options.has('v') && !options.has('V')) {
      return yield* shell.engine.invoke(shell, rest, { functions: false, standardPath: options.has('p') });
    }
    let status = 1;
    for (const word of rest) {
      const [item] = yield* meanings(shell, word, false, options.has('p') ? DEFAULT_PATH : undefined);
      if (!item) {
        if (options.has('V')) yield* fail(shell, name, `${word}: not found`);
        continue;
      }
      status = 0;
      const short = item.kind === 'alias' ? `alias ${word}=${singleQuote(item.text)}` : item.text;
      yield* print(shell, name, options.has('V') ? describe(shell, word, item) : `${short}\n`);
    }
    return status;
  },
};

export const builtin: Builtin = {
  names: ['builtin'],
  *run(shell, args, name) {
    const [word] = args;
    if (word === undefined) return 0;
    if (!shell.engine.isBuiltin(word)) return yield* fail(shell, name, `${word}: not a shell builtin`);
    return yield* shell.engine.invoke(shell, args, { functions: false });
  },
};

export const exec: Builtin = {
  names: ['exec'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'cl', 'a');
    if (bad)
      return yield* badOption(shell, name, bad, 'exec [-cl] [-a name] [command [argument ...]] [redirection ...]');
    if (rest.length === 0) return 0;
    const argv0 = options.get('a') ?? (options.has('l') ? `-${rest[0]}` : undefined);
    shell.traps.clear();
    const status = yield* shell.engine.invoke(shell, rest, {
      functions: false,
      builtins: false,
      exec: true,
      speaker: 'exec',
      ...(argv0 === undefined ? {} : { argv0 }),
    });
    if (shell.interactive && (status === 126 || status === 127)) return status;
    throw new ExitShell(status);
  },
};

export const hash: Builtin = {
  names: ['hash'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'lrdt', 'p');
    if (bad) return yield* badOption(shell, name, bad, 'hash [-lr] [-p pathname] [-dt] [name ...]');
    if (options.has('r')) shell.hashed.clear();
    if (rest.length === 0) {
      if (options.has('r')) return 0;
      if (shell.hashed.size === 0) return yield* print(shell, name, 'hash: hash table empty\n');
      let text = 'hits\tcommand\n';
      for (const { path, hits } of shell.hashed.values()) text += `${String(hits).padStart(4)}\t${path}\n`;
      return yield* print(shell, name, text);
    }
    let status = 0;
    for (const word of rest) {
      const path = options.get('p');
      if (path !== undefined) shell.hashed.set(word, { path, hits: 0 });
      else if (options.has('d')) shell.hashed.delete(word);
      else if (options.has('t')) {
        const known = shell.hashed.get(word);
        if (known) yield* print(shell, name, `${known.path}\n`);
        else status = yield* fail(shell, name, `${word}: not found`);
      } else {
        shell.hashed.delete(word);
        if (!shell.engine.isBuiltin(word) && lookUp(shell, word) === undefined) {
          status = yield* fail(shell, name, `${word}: not found`);
        } else {
          const known = shell.hashed.get(word);
          if (known) known.hits = 0;
        }
      }
    }
    return status;
  },
};

export const alias: Builtin = {
  names: ['alias'],
  *run(shell, args, name) {
    const rest = args[0] === '-p' ? args.slice(1) : args;
    const show = (word: string, value: string) =>
      `${shell.dialect === 'bash' ? 'alias ' : ''}${word}=${singleQuote(value)}\n`;
    if (rest.length === 0) {
      const names = [...shell.aliases.keys()].sort();
      return yield* print(shell, name, names.map((word) => show(word, shell.aliases.get(word) ?? '')).join(''));
    }
    let status = 0;
    for (const arg of rest) {
      const equals = arg.indexOf('=');
      if (equals > 0) {
        const word = arg.slice(0, equals);
        if (/[\s$`"'\\/&|;<>()]/.test(word)) status = yield* fail(shell, name, `\`${word}': invalid alias name`);
        else shell.aliases.set(word, arg.slice(equals + 1));
        continue;
      }
      const known = shell.aliases.get(arg);
      if (known !== undefined) yield* print(shell, name, show(arg, known));
      else status = yield* fail(shell, name, `${arg}: not found`);
    }
    return status;
  },
};

export const unalias: Builtin = {
  names: ['unalias'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'a');
    if (bad) return yield* badOption(shell, name, bad, 'unalias [-a] name [name ...]');
    if (options.has('a')) shell.aliases.clear();
    else if (rest.length === 0) {
      yield* shell.process.printError('unalias: usage: unalias [-a] name [name ...]\n');
      return 2;
    }
    let status = 0;
    for (const word of rest) if (!shell.aliases.delete(word)) status = yield* fail(shell, name, `${word}: not found`);
    return status;
  },
};

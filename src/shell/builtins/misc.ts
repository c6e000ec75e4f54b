import { decode } from '../../world/bytes.ts';
import { setElementOf, setScalar } from '../expand/variables-access.ts';
import { readUntil } from '../io/read-line.ts';
import { IndexedArray } from '../state/arrays.ts';
import { type Builtin, badOption, fail, parseOptions, print } from './builtin.ts';

export const getopts: Builtin = {
  names: ['getopts'],
  *run(shell, args, name) {
    const [spec, variable, ...given] = args;
    if (spec === undefined || variable === undefined) {
      yield* shell.process.printError('getopts: usage: getopts optstring name [arg ...]\n');
      return 2;
    }
    const words = given.length > 0 ? given : shell.positional;
    let index = Number.parseInt(shell.variables.get('OPTIND') ?? '1', 10) || 1;
    if (index !== shell.optionIndex) shell.optionOffset = 0;
    const word = words[index - 1];
    const finish = (): number => {
      setScalar(shell, variable, '?');
      setScalar(shell, 'OPTIND', String(index));
      shell.optionIndex = index;
      shell.variables.unset('OPTARG');
      return 1;
    };
    if (shell.optionOffset === 0) {
      if (word === '--') {
        index++;
        return finish();
      }
      if (word === undefined || !word.startsWith('-') || word === '-') return finish();
      shell.optionOffset = 1;
    }
    const letter = word?.[shell.optionOffset] ?? '';
    shell.optionOffset++;
    const silent = spec.startsWith(':') || shell.variables.get('OPTERR') === '0';
    const at = letter === ':' ? -1 : spec.indexOf(letter);
    const advance = () => {
      if (shell.optionOffset >= (word?.length ?? 0)) {
        index++;
        shell.optionOffset = 0;
      }
    };
    let result = letter;
    let argument: string | undefined;
    if (at < 0) {
      advance();
      result = '?';
      if (spec.startsWith(':')) argument = letter;
      else if (!silent) yield* shell.process.printError(`${shell.name}: illegal option -- ${letter}\n`);
    } else if (spec[at + 1] === ':') {
      const attached = shell.optionOffset < (word?.length ?? 0);
      argument = attached ? word?.slice(shell.optionOffset) : words[index];
      index += attached ? 1 : 2;
      shell.optionOffset = 0;
      if (argument === undefined) {
        index = words.length + 1;
        result = spec.startsWith(':') ? ':' : '?';
        if (spec.startsWith(':')) argument = letter;
        else if (!silent) yield* shell.process.printError(`${shell.name}: option requires an argument -- ${letter}\n`);
      }
    } else advance();
    setScalar(shell, variable, result);
    setScalar(shell, 'OPTIND', String(index));
    shell.optionIndex = index;
    if (argument === undefined) shell.variables.unset('OPTARG');
    else setScalar(shell, 'OPTARG', argument);
    void name;
    return 0;
  },
};

export const mapfile: Builtin = {
  names: ['mapfile', 'readarray'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 't', 'dnOsuCc');
    if (bad) {
      return yield* badOption(
        shell,
        name,
        bad,
        `${name} [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]`,
      );
    }
    const target = rest[0] ?? 'MAPFILE';
    const variable = shell.variables.find(target) ?? shell.variables.create(target);
    const origin = Number(options.get('O') ?? 0);
    if (!options.has('O') || !(variable.value instanceof IndexedArray)) variable.value = new IndexedArray();
    const delimiter = options.has('d') ? (options.get('d') ?? '').charCodeAt(0) || 0 : 0x0a;
    const limit = Number(options.get('n') ?? 0) || Number.POSITIVE_INFINITY;
    let skip = Number(options.get('s') ?? 0);
    let index = origin;
    while (index - origin < limit) {
      const bytes = yield* readUntil(shell.process, Number(options.get('u') ?? 0), delimiter);
      if (!bytes) break;
      if (skip-- > 0) continue;
      const ended = bytes[bytes.length - 1] === delimiter;
      setElementOf(
        shell,
        target,
        variable,
        String(index++),
        decode(options.has('t') && ended ? bytes.subarray(0, -1) : bytes),
      );
    }
    return 0;
  },
};

export const umask: Builtin = {
  names: ['umask'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'pS');
    if (bad) return yield* badOption(shell, name, bad, 'umask [-p] [-S] [mode]');
    const [mode] = rest;
    const { process } = shell;
    if (mode === undefined) {
      const octal = process.umask.toString(8).padStart(4, '0');
      const text = options.has('S') ? symbolic(process.umask) : octal;
      return yield* print(shell, name, `${options.has('p') ? `umask ${options.has('S') ? '-S ' : ''}` : ''}${text}\n`);
    }
    if (/^[0-7]{1,4}$/.test(mode)) {
      process.umask = Number.parseInt(mode, 8) & 0o777;
      return 0;
    }
    if (/^\d/.test(mode)) {
      return yield* fail(shell, name, `${mode}: octal number out of range`, shell.dialect === 'bash' ? 1 : 2);
    }
    let allowed = ~process.umask & 0o777;
    for (const clause of mode.split(',')) {
      const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
      if (!match)
        return yield* fail(
          shell,
          name,
          `\`${clause.replace(/^[ugoa]*/, '')[0] ?? clause}': invalid symbolic mode operator`,
        );
      const bits = [...(match[3] ?? '')].reduce((sum, bit) => sum | ({ r: 4, w: 2, x: 1 }[bit] ?? 0), 0);
      const who = match[1] || 'a';
      let mask = 0;
      if (/[ua]/.test(who)) mask |= 0o700;
      if (/[ga]/.test(who)) mask |= 0o070;
      if (/[oa]/.test(who)) mask |= 0o007;
      const all = (bits * 0o111) & mask;
      allowed = match[2] === '+' ? allowed | all : match[2] === '-' ? allowed & ~all : (allowed & ~mask) | all;
    }
    process.umask = ~allowed & 0o777;
    return 0;
  },
};

function symbolic(mask: number): string {
  const part = (shift: number) => {
    const bits = (~mask >> shift) & 7;
    return `${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`;
  };
  return `u=${part(6)},g=${part(3)},o=${part(0)}`;
}

const LIMITS: readonly (readonly [letter: string, text: string, unit: string, value: string])[] = [
  ['R', 'real-time non-blocking time', '(microseconds, -R)', 'unlimited'],
  ['c', 'core file size', '(blocks, -c)', '0'],
  ['d', 'data seg size', '(kbytes, -d)', 'unlimited'],
  ['e', 'scheduling priority', '(-e)', '0'],
  ['f', 'file size', '(blocks, -f)', 'unlimited'],
  ['i', 'pending signals', '(-i)', '31352'],
  ['l', 'max locked memory', '(kbytes, -l)', '8192'],
  ['m', 'max memory size', '(kbytes, -m)', 'unlimited'],
  ['n', 'open files', '(-n)', '1024'],
  ['p', 'pipe size', '(512 bytes, -p)', '8'],
  ['q', 'POSIX message queues', '(bytes, -q)', '819200'],
  ['r', 'real-time priority', '(-r)', '0'],
  ['s', 'stack size', '(kbytes, -s)', '8192'],
  ['t', 'cpu time', '(seconds, -t)', 'unlimited'],
  ['u', 'max user processes', '(-u)', '31352'],
  ['v', 'virtual memory', '(kbytes, -v)', 'unlimited'],
  ['x', 'file locks', '(-x)', 'unlimited'],
];

/** Shows limits; changing one is accepted and kept, but nothing is limited by it. */
export const ulimit: Builtin = {
  names: ['ulimit'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, `HSa${LIMITS.map(([letter]) => letter).join('')}`);
    if (bad) return yield* badOption(shell, name, bad, 'ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]');
    if (options.has('a')) {
      const lines = LIMITS.map(([letter, text, unit, value]) => {
        const shown = shell.limits.get(letter) ?? value;
        return `${text} ${unit.padStart(46 - text.length - 1 - 1 > unit.length ? 43 - text.length : unit.length)} ${shown}`;
      });
      return yield* print(shell, name, `${lines.join('\n')}\n`);
    }
    const letter = [...options.keys()].find((key) => key !== 'H' && key !== 'S') ?? 'f';
    const [value] = rest;
    if (value === undefined) {
      const known = LIMITS.find(([key]) => key === letter)?.[3] ?? 'unlimited';
      return yield* print(shell, name, `${shell.limits.get(letter) ?? known}\n`);
    }
    if (!/^(\d+|unlimited|hard|soft)$/.test(value)) return yield* fail(shell, name, `${value}: invalid number`);
    shell.limits.set(letter, value);
    return 0;
  },
};

export const times: Builtin = {
  names: ['times'],
  *run(shell, _args, name) {
    const show = (ms: number) => `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`;
    const own = shell.process.cpuTime;
    return yield* print(
      shell,
      name,
      `${show(own * 0.7)} ${show(own * 0.3)}\n${show(shell.childTime * 0.7)} ${show(shell.childTime * 0.3)}\n`,
    );
  },
};

export const caller: Builtin = {
  names: ['caller'],
  *run(shell, args, name) {
    const depth = Number(args[0] ?? 0);
    const frame = shell.frames.at(-1 - depth);
    if (!frame) return 1;
    const below = shell.frames.at(-2 - depth);
    const file = below?.file ?? (shell.speaker === 'script' ? shell.name : 'NULL');
    const text = args.length > 0 ? `${frame.line} ${below?.name ?? 'main'} ${file}` : `${frame.line} ${file}`;
    return yield* print(shell, name, `${text}\n`);
  },
};

export const help: Builtin = {
  names: ['help'],
  *run(shell, args, name) {
    const [word] = args;
    if (word !== undefined && !shell.engine.isBuiltin(word)) {
      yield* shell.complain(
        `help: no help topics match \`${word}'.  Try \`help help' or \`man -k ${word}' or \`info ${word}'.`,
      );
      return 1;
    }
    const head =
      'GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\nThese shell commands are defined internally.\n\n';
    const list = shell.engine
      .builtinNames()
      .map((builtin) => ` ${builtin}\n`)
      .join('');
    const note = "kubetutor does not model the texts of `help NAME'.\n";
    return yield* print(shell, name, word === undefined ? head + list : note);
  },
};

/** A shell that somebody logs into, or that controls no jobs, has nobody to go back to. bash: builtins/suspend.def */
export const suspend: Builtin = {
  names: ['suspend'],
  *run(shell, _args, name) {
    if (!shell.options.has('monitor')) return yield* fail(shell, name, 'cannot suspend: no job control');
    return yield* fail(shell, name, shell.login ? 'cannot suspend a login shell' : 'kubetutor does not model it');
  },
};

/** Lists builtins; none can be disabled. bash: builtins/enable.def */
export const enable: Builtin = {
  names: ['enable'],
  *run(shell, args, name) {
    const operands = args.filter((arg) => !arg.startsWith('-'));
    const builtins = shell.engine.builtinNames();
    if (operands.length === 0) {
      return yield* print(shell, name, builtins.map((builtin) => `enable ${builtin}\n`).join(''));
    }
    let status = 0;
    for (const operand of operands) {
      if (!builtins.includes(operand)) status = yield* fail(shell, name, `${operand}: not a shell builtin`);
    }
    if (status === 0 && args.includes('-n')) {
      return yield* fail(shell, name, 'kubetutor does not model disabled builtins');
    }
    return status;
  },
};

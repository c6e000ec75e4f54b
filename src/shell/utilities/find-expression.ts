import { Errno } from '../../world/errno.ts';
import { Directory, type Inode, Symlink } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { compilePattern } from './bre.ts';
import { runCommand, shellStatus } from './execute.ts';
import { Fail } from './fail.ts';
import { printfOf } from './find-printf.ts';
import { globPattern } from './glob.ts';
import { inodeNumber } from './ls.ts';
import { diskUsage, linkCount, modeText } from './ls-format.ts';
import { parseMode } from './mode.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { confirm, failureOf, lastName } from './tree.ts';
import { groupName, groupsOf, userName, usersOf } from './users.ts';

/** A file that find looks at. */
export interface Visit {
  readonly path: string;
  /** The operand it was found under. */
  readonly start: string;
  readonly depth: number;
  readonly inode: Inode;
  /** Set by -prune. */
  pruned: boolean;
}

export type Test = (visit: Visit) => Task<boolean>;

/** What an expression asks of the walk. */
export interface FindPlan {
  test: Test;
  maxDepth: number;
  minDepth: number;
  depthFirst: boolean;
  quit: boolean;
  /** Commands of `-exec … +` that still wait for more names. */
  finish: (() => Task)[];
  status: number;
}

/** find's expression: parsed once, then asked for each file. Raises Fail worded as find words it. */
export class FindParser {
  readonly plan: FindPlan = {
    test: always,
    maxDepth: Number.POSITIVE_INFINITY,
    minDepth: 0,
    depthFirst: false,
    quit: false,
    finish: [],
    status: 0,
  };
  private at = 0;
  private acts = false;

  constructor(
    private readonly tool: Tool,
    private readonly words: readonly string[],
  ) {
    const { plan } = this;
    const test = words.length === 0 ? always : this.list();
    if (this.at < words.length) {
      const word = words[this.at] ?? '';
      throw new Fail(
        word === ')' ? "invalid expression; you have too many ')'" : `paths must precede expression: \`${word}'`,
      );
    }
    const show = this.print('\n');
    plan.test = this.acts
      ? test
      : function* (visit) {
          if (yield* test(visit)) yield* show(visit);
          return true;
        };
  }

  private list(): Test {
    let left = this.or();
    while (this.words[this.at] === ',') {
      this.at++;
      const first = left;
      const second = this.or();
      left = function* (visit) {
        yield* first(visit);
        return yield* second(visit);
      };
    }
    return left;
  }

  private or(): Test {
    let left = this.and();
    while (this.words[this.at] === '-o' || this.words[this.at] === '-or') {
      const word = this.words[this.at++] ?? '';
      if (this.at >= this.words.length) throw new Fail(`expected an expression after '${word}'`);
      const first = left;
      const second = this.and();
      left = function* (visit) {
        return (yield* first(visit)) || (yield* second(visit));
      };
    }
    return left;
  }

  private and(): Test {
    let left = this.not();
    for (;;) {
      const word = this.words[this.at];
      if (word === undefined || word === '-o' || word === '-or' || word === ')' || word === ',') return left;
      if (word === '-a' || word === '-and') this.at++;
      const first = left;
      const second = this.not();
      left = function* (visit) {
        return (yield* first(visit)) && (yield* second(visit));
      };
    }
  }

  private not(): Test {
    const word = this.words[this.at];
    if (word === '!' || word === '-not') {
      this.at++;
      if (this.at >= this.words.length) throw new Fail(`expected an expression after '${word}'`);
      const inner = this.not();
      return function* (visit) {
        return !(yield* inner(visit));
      };
    }
    if (word === '(') {
      this.at++;
      if (this.at >= this.words.length)
        throw new Fail(
          "invalid expression; expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('",
        );
      if (this.words[this.at] === ')') throw new Fail('invalid expression; empty parentheses are not allowed.');
      const inner = this.list();
      if (this.words[this.at++] !== ')')
        throw new Fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      return inner;
    }
    return this.primary();
  }

  private argument(option: string): string {
    const word = this.words[this.at++];
    if (word === undefined)
      throw new Fail(this.tool.busybox ? `option requires an argument: ${option}` : `missing argument to \`${option}'`);
    return word;
  }

  private print(end: string): Test {
    const { tool } = this;
    return function* (visit) {
      tool.put(visit.path + end);
      yield* tool.drain();
      return true;
    };
  }

  private action(test: Test): Test {
    this.acts = true;
    return test;
  }

  private primary(): Test {
    const option = this.words[this.at++] ?? '';
    const { tool, plan } = this;
    const when = (holds: (visit: Visit) => boolean): Test =>
      function* (visit) {
        return holds(visit);
      };
    switch (option) {
      case '-true':
        return always;
      case '-false':
        return when(() => false);
      case '-maxdepth':
        plan.maxDepth = this.depth(option);
        return always;
      case '-mindepth':
        plan.minDepth = this.depth(option);
        return always;
      case '-depth':
      case '-d':
        plan.depthFirst = true;
        return always;
      case '-mount':
      case '-xdev':
      case '-noleaf':
      case '-follow':
      case '-warn':
      case '-nowarn':
      case '-ignore_readdir_race':
        return always;
      case '-regextype':
        this.argument(option);
        return always;
      case '-name':
      case '-iname': {
        const pattern = globPattern(this.argument(option), option === '-iname');
        return when((visit) => pattern.test(lastName(visit.path) || visit.path));
      }
      case '-path':
      case '-wholename':
      case '-ipath': {
        const pattern = globPattern(this.argument(option), option === '-ipath');
        return when((visit) => pattern.test(visit.path));
      }
      case '-lname': {
        const pattern = globPattern(this.argument(option));
        return when((visit) => visit.inode instanceof Symlink && pattern.test(visit.inode.target));
      }
      case '-regex':
      case '-iregex': {
        const text = this.argument(option).replace(/(^|[^\\])([+?])/g, '$1\\$2');
        const pattern = compilePattern(`^\\(${text}\\)$`, { syntax: 'basic', ignoreCase: option === '-iregex' });
        return when((visit) => pattern.test(visit.path));
      }
      case '-type':
      case '-xtype':
        return this.type(option);
      case '-empty':
        return when(({ inode }) =>
          inode instanceof Directory ? inode.entries.size === 0 : inode.kind === 'file' && inode.size === 0,
        );
      case '-size':
        return this.size(option);
      case '-mtime':
      case '-ctime':
      case '-atime':
        return this.age(option, 86_400_000);
      case '-mmin':
      case '-cmin':
      case '-amin':
        return this.age(option, 60_000);
      case '-newer':
      case '-anewer':
      case '-cnewer': {
        const path = this.argument(option);
        const reference = tool.tryStat(path);
        if (!reference) throw new Fail(`‘${path}’: No such file or directory`);
        const { mtime } = reference;
        return when((visit) => visit.inode.mtime > mtime);
      }
      case '-user':
      case '-uid': {
        const text = this.argument(option);
        const uid =
          usersOf(tool.p.machine).find((user) => user.name === text)?.uid ??
          (/^\d+$/.test(text) ? Number(text) : text === 'root' ? 0 : undefined);
        if (uid === undefined) throw new Fail(`‘${text}’ is not the name of a known user`);
        return when((visit) => visit.inode.uid === uid);
      }
      case '-group':
      case '-gid': {
        const text = this.argument(option);
        const gid =
          groupsOf(tool.p.machine).find((group) => group.name === text)?.gid ??
          (/^\d+$/.test(text) ? Number(text) : text === 'root' ? 0 : undefined);
        if (gid === undefined) throw new Fail(`‘${text}’ is not the name of an existing group`);
        return when((visit) => visit.inode.gid === gid);
      }
      case '-nouser':
        return when((visit) => !usersOf(tool.p.machine).some((user) => user.uid === visit.inode.uid));
      case '-nogroup':
        return when((visit) => !groupsOf(tool.p.machine).some((group) => group.gid === visit.inode.gid));
      case '-perm':
        return this.permissions(option);
      case '-links': {
        const compare = this.comparison(option);
        return when((visit) => compare(linkCount(visit.inode)));
      }
      case '-inum': {
        const compare = this.comparison(option);
        return when((visit) => compare(inodeNumber(visit.path)));
      }
      case '-samefile': {
        const reference = tool.tryStat(this.argument(option));
        return when((visit) => visit.inode === reference);
      }
      case '-readable':
      case '-writable':
      case '-executable': {
        const wanted = option === '-readable' ? 4 : option === '-writable' ? 2 : 1;
        return when((visit) => tool.files.may(visit.inode, wanted, tool.who));
      }
      case '-prune':
        return function* (visit) {
          visit.pruned = true;
          return true;
        };
      case '-quit':
        return this.action(function* () {
          plan.quit = true;
          return true;
        });
      case '-print':
        return this.action(this.print('\n'));
      case '-print0':
        return this.action(this.print('\0'));
      case '-printf': {
        const write = printfOf(this.argument(option), tool);
        return this.action(function* (visit) {
          tool.put(write(visit));
          yield* tool.drain();
          return true;
        });
      }
      case '-ls':
        return this.action(this.longListing());
      case '-delete':
        plan.depthFirst = true;
        return this.action(this.remove());
      case '-exec':
      case '-execdir':
      case '-ok':
        return this.action(this.execute(option));
      default:
        throw new Fail(
          tool.busybox
            ? `unrecognized: ${option}`
            : option.startsWith('-')
              ? `unknown predicate \`${option}'`
              : `paths must precede expression: \`${option}'`,
        );
    }
  }

  private depth(option: string): number {
    const text = this.argument(option);
    if (!/^\d+$/.test(text))
      throw new Fail(`Expected a positive decimal integer argument to ${option}, but got ‘${text}’`);
    return Number(text);
  }

  private comparison(option: string): (value: number) => boolean {
    const text = this.argument(option);
    if (!/^[-+]?\d+(\.\d+)?$/.test(text)) throw new Fail(`invalid argument \`${text}' to \`${option}'`);
    const value = Number(text.replace(/^[-+]/, ''));
    return text.startsWith('+')
      ? (one) => one > value
      : text.startsWith('-')
        ? (one) => one < value
        : (one) => one === value;
  }

  private type(option: string): Test {
    const text = this.argument(option);
    const kinds = { f: 'file', d: 'directory', l: 'symlink', c: 'device', p: 'fifo', s: 'socket', b: 'block' } as const;
    const wanted = text.split(',').map((letter) => {
      const kind = Object.entries(kinds).find(([key]) => key === letter)?.[1];
      if (!kind)
        throw new Fail(
          letter.length > 1
            ? `Must separate multiple arguments to ${option} using: ','`
            : `Unknown argument to ${option}: ${letter}`,
        );
      return kind;
    });
    const { tool } = this;
    return function* (visit) {
      const inode = option === '-xtype' ? (tool.tryStat(visit.path) ?? visit.inode) : visit.inode;
      return wanted.some((kind) => kind === inode.kind);
    };
  }

  private size(option: string): Test {
    const text = this.argument(option);
    const match = /^([-+]?)(\d+)([bcwkMG]?)$/.exec(text);
    if (!match)
      throw new Fail(
        /[^bcwkMG\d]$/.test(text)
          ? `invalid ${option} type \`${text.at(-1)}'`
          : `Invalid argument \`${text}' to ${option}`,
      );
    const unit = { '': 512, b: 512, c: 1, w: 2, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[3] ?? ''] ?? 512;
    const count = Number(match[2]);
    return function* ({ inode }) {
      const size = Math.ceil(inode.size / unit);
      return match[1] === '+' ? size > count : match[1] === '-' ? size < count : size === count;
    };
  }

  private age(option: string, unit: number): Test {
    const text = this.argument(option);
    if (!/^[-+]?\d+(\.\d+)?$/.test(text)) throw new Fail(`invalid argument \`${text}' to \`${option}'`);
    const count = Number(text.replace(/^[-+]/, ''));
    const { now } = this.tool.p;
    return function* ({ inode }) {
      const age = (now - inode.mtime) / unit;
      if (text.startsWith('-')) return age < count;
      return text.startsWith('+') ? Math.floor(age) > count : Math.floor(age) === count;
    };
  }

  private permissions(option: string): Test {
    const text = this.argument(option);
    const how = /^[-/]/.exec(text)?.[0];
    const change = parseMode(text.replace(/^[-/]/, ''));
    if (!change) throw new Fail(`invalid mode ‘${text}’`);
    const mode = change(0, false, 0);
    return function* ({ inode }) {
      const bits = inode.mode & 0o7777;
      return how === '-' ? (bits & mode) === mode : how === '/' ? mode === 0 || (bits & mode) !== 0 : bits === mode;
    };
  }

  private longListing(): Test {
    const { tool } = this;
    return function* ({ inode, path }) {
      const { machine } = tool.p;
      const time = formatTime('%b %e %H:%M', inode.mtime, zoneOf(tool.env('TZ')));
      const owner = `${userName(machine, inode.uid).padEnd(8)} ${groupName(machine, inode.gid).padEnd(8)}`;
      const target = inode instanceof Symlink ? ` -> ${inode.target}` : '';
      tool.put(
        `${String(inodeNumber(path)).padStart(9)} ${String(diskUsage(inode)).padStart(6)} ${modeText(inode)} ${String(linkCount(inode)).padStart(3)} ${owner} ${String(inode.size).padStart(8)} ${time} ${path}${target}\n`,
      );
      return true;
    };
  }

  private remove(): Test {
    const { tool, plan } = this;
    return function* ({ path, inode }) {
      if (path === '.') return true;
      const error = failureOf(() =>
        inode instanceof Directory
          ? tool.files.removeDirectory(tool.path(path), tool.who)
          : tool.files.unlink(tool.path(path), tool.who),
      );
      if (!error) return true;
      plan.status = 1;
      yield* tool.warn(`cannot delete ‘${path}’: ${error.text}`);
      return false;
    };
  }

  private execute(option: string): Test {
    const { tool, plan } = this;
    const words: string[] = [];
    let many = false;
    for (;;) {
      const word = this.words[this.at++];
      if (word === undefined)
        throw new Fail(tool.busybox ? `option requires an argument: ${option}` : `missing argument to \`${option}'`);
      if (word === ';') break;
      if (word === '+' && words.at(-1) === '{}') {
        many = true;
        words.pop();
        break;
      }
      words.push(word);
    }
    if (words.length === 0) throw new Fail(`invalid argument \`;' to \`${option}'`);
    const run = function* (command: readonly string[]): Task<boolean> {
      yield* tool.flush();
      try {
        return shellStatus(yield* runCommand(tool.p, command)) === 0;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* tool.warn(`‘${command[0]}’: ${error.text}`);
        return false;
      }
    };
    if (many) {
      const names: string[] = [];
      const start = function* (): Task {
        if (names.length > 0 && !(yield* run([...words, ...names.splice(0)]))) plan.status = 1;
      };
      plan.finish.push(start);
      return function* (visit) {
        names.push(visit.path);
        if (names.length >= 5000) yield* start();
        return true;
      };
    }
    return function* (visit) {
      const command = words.map((word) => word.replaceAll('{}', visit.path));
      if (option === '-ok' && !(yield* confirm(tool, `< ${command[0]} ... ${visit.path} > ?`))) return false;
      return yield* run(command);
    };
  }
}

function* always(): Task<boolean> {
  return true;
}

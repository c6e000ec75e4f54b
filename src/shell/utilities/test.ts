import { Fail } from './fail.ts';
import { quote } from './quote.ts';
import type { Tool } from './tool.ts';
import { type Utility, utility } from './utility.ts';

/** test(1) and `[`: the files; a shell's own are builtins. */
function testUtility(name: string): Utility {
  return utility({
    name,
    usage: name === '[' ? 'EXPRESSION ]' : 'EXPRESSION',
    about: 'Exit with the status determined by EXPRESSION.',
    *run(tool) {
      const words = [...tool.args];
      if (name === '[' && words.pop() !== ']') throw new Fail('missing ‘]’', 2);
      return new Expression(tool, words).value() ? 0 : 1;
    },
  });
}

export const test = testUtility('test');
export const bracket = testUtility('[');

const BINARY = ['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef'];
const UNARY = /^-[bcdefgGhkLnNOprsStuwxz]$/;

class Expression {
  private at = 0;

  constructor(
    private readonly tool: Tool,
    private readonly words: readonly string[],
  ) {}

  value(): boolean {
    const { words } = this;
    if (words.length === 0) return false;
    if (words.length === 1) return words[0] !== '';
    if (words.length === 2 && words[0] !== '!' && !UNARY.test(words[0] ?? '')) {
      throw new Fail(`missing argument after ${quote(this.tool, words[1] ?? '')}`, 2);
    }
    const result = this.or();
    if (this.at < words.length) throw new Fail(`extra argument ${quote(this.tool, words[this.at] ?? '')}`, 2);
    return result;
  }

  private or(): boolean {
    let value = this.and();
    while (this.words[this.at] === '-o') {
      this.at++;
      value = this.and() || value;
    }
    return value;
  }

  private and(): boolean {
    let value = this.not();
    while (this.words[this.at] === '-a') {
      this.at++;
      value = this.not() && value;
    }
    return value;
  }

  private not(): boolean {
    const { words, at } = this;
    if (words[at] === '!' && at + 1 < words.length && !BINARY.includes(words[at + 1] ?? '')) {
      this.at++;
      return !this.not();
    }
    return this.primary();
  }

  private primary(): boolean {
    const { words } = this;
    const word = words[this.at];
    if (word === undefined) throw new Fail(`missing argument after ${quote(this.tool, words.at(-1) ?? '')}`, 2);
    if (BINARY.includes(words[this.at + 1] ?? '') && words[this.at + 2] !== undefined) {
      this.at += 3;
      return this.binary(word, words[this.at - 2] ?? '', words[this.at - 1] ?? '');
    }
    if (word === '(' && words.includes(')', this.at)) {
      this.at++;
      const value = this.or();
      if (words[this.at++] !== ')') throw new Fail("')' expected", 2);
      return value;
    }
    const operand = words[this.at + 1];
    if (UNARY.test(word) && operand !== undefined) {
      this.at += 2;
      return this.unary(word, operand);
    }
    this.at++;
    return word !== '';
  }

  private unary(operator: string, operand: string): boolean {
    const { tool } = this;
    if (operator === '-n') return operand !== '';
    if (operator === '-z') return operand === '';
    if (operator === '-t') return tool.isTty(this.integer(operand));
    const link = operator === '-h' || operator === '-L';
    const inode = link ? tool.tryLstat(operand) : tool.tryStat(operand);
    if (!inode) return false;
    switch (operator) {
      case '-e':
      case '-N':
        return true;
      case '-f':
        return inode.kind === 'file';
      case '-d':
        return inode.kind === 'directory';
      case '-h':
      case '-L':
        return inode.kind === 'symlink';
      case '-c':
        return inode.kind === 'device';
      case '-p':
        return inode.kind === 'fifo';
      case '-S':
        return inode.kind === 'socket';
      case '-s':
        return inode.size > 0;
      case '-r':
        return tool.files.may(inode, 4, tool.who);
      case '-w':
        return tool.files.may(inode, 2, tool.who);
      case '-x':
        return tool.files.may(inode, 1, tool.who);
      case '-u':
        return (inode.mode & 0o4000) !== 0;
      case '-g':
        return (inode.mode & 0o2000) !== 0;
      case '-k':
        return (inode.mode & 0o1000) !== 0;
      case '-O':
        return inode.uid === tool.who.uid;
      case '-G':
        return inode.gid === tool.who.gid;
      default:
        return false;
    }
  }

  private binary(left: string, operator: string, right: string): boolean {
    switch (operator) {
      case '=':
      case '==':
        return left === right;
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '>':
        return left > right;
      case '-nt':
        return (this.tool.tryStat(left)?.mtime ?? -1) > (this.tool.tryStat(right)?.mtime ?? -1);
      case '-ot':
        return (this.tool.tryStat(left)?.mtime ?? -1) < (this.tool.tryStat(right)?.mtime ?? -1);
      case '-ef':
        return this.tool.tryStat(left) !== undefined && this.tool.tryStat(left) === this.tool.tryStat(right);
    }
    const a = this.integer(left);
    const b = this.integer(right);
    return operator === '-eq'
      ? a === b
      : operator === '-ne'
        ? a !== b
        : operator === '-lt'
          ? a < b
          : operator === '-le'
            ? a <= b
            : operator === '-gt'
              ? a > b
              : a >= b;
  }

  private integer(text: string): number {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Fail(`invalid integer ${quote(this.tool, text)}`, 2);
    return Number(text);
  }
}

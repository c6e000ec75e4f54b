import { startCommand } from '../../../src/shell/utilities/execute.ts';
import { Errno } from '../../../src/world/errno.ts';
import { findInPath } from '../../../src/world/execute.ts';
import { openFile } from '../../../src/world/files/disk-file.ts';
import type { OpenFile } from '../../../src/world/open-file.ts';
import { makePipe } from '../../../src/world/pipe.ts';
import { type Process, shellStatus } from '../../../src/world/process.ts';
import type { Task } from '../../../src/world/task.ts';

/** Just enough of a shell to play the recorded one-liners: quotes, pipes, lists, redirections, `$?`, `*`. */
type Token = { kind: 'word'; text: string; glob: boolean } | { kind: 'operator'; text: string };

const ESCAPABLE = '$`"\\\n';

export function tokenize(line: string, status: number): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const operator = /^(?:&&|\|\||2>&1|2>>|2>|>>|[|;<>])/.exec(line.slice(at))?.[0];
    if (/[ \t\n]/.test(line[at] ?? '')) at++;
    else if (operator) {
      tokens.push({ kind: 'operator', text: operator });
      at += operator.length;
    } else {
      let text = '';
      let glob = false;
      while (at < line.length && !/[ \t\n|;<>&]/.test(line[at] ?? '')) {
        const c = line[at++] ?? '';
        if (c === "'") {
          const end = line.indexOf("'", at);
          text += line.slice(at, end);
          at = end + 1;
        } else if (c === '"') {
          while (at < line.length && line[at] !== '"') {
            if (line[at] === '\\' && ESCAPABLE.includes(line[at + 1] ?? '')) at++;
            text += line[at++];
          }
          at++;
        } else if (c === '\\') text += line[at++] ?? '';
        else if (c === '$' && line[at] === '?') {
          text += status;
          at++;
        } else {
          if (c === '*' || c === '?') glob = true;
          text += c;
        }
      }
      tokens.push({ kind: 'word', text, glob });
    }
  }
  return tokens;
}

export function* runLine(p: Process, line: string): Task<number> {
  const tokens = tokenize(line, 0);
  let status = 0;
  let at = 0;
  let joint = ';';
  while (at < tokens.length) {
    const pipeline: Token[][] = [[]];
    for (; at < tokens.length; at++) {
      const token = tokens[at];
      if (!token) break;
      if (token.kind === 'operator' && [';', '&&', '||'].includes(token.text)) break;
      if (token.kind === 'operator' && token.text === '|') pipeline.push([]);
      else
        pipeline
          .at(-1)
          ?.push(
            token.kind === 'word' && token.text === '0' && /\$\?/.test(line)
              ? { ...token, text: String(status) }
              : token,
          );
    }
    if (joint === ';' || (joint === '&&') === (status === 0)) status = yield* runPipeline(p, pipeline);
    joint = tokens[at]?.text ?? ';';
    at++;
  }
  return status;
}

function* runPipeline(p: Process, stages: Token[][]): Task<number> {
  let input: OpenFile = p.file(0);
  const children: (Process | number)[] = [];
  for (const [i, stage] of stages.entries()) {
    const pipe = i < stages.length - 1 ? makePipe() : undefined;
    children.push(yield* startStage(p, stage, input, pipe?.writer ?? p.file(1)));
    if (i > 0) input.release();
    if (pipe) {
      pipe.writer.retain().release();
      input = pipe.reader.retain();
    }
  }
  let status = 0;
  for (const child of children) status = typeof child === 'number' ? child : shellStatus(yield* p.waitFor(child));
  return status;
}

function* startStage(p: Process, stage: Token[], input: OpenFile, output: OpenFile): Task<Process | number> {
  const files = new Map([
    [0, input],
    [1, output],
    [2, p.file(2)],
  ]);
  const words: string[] = [];
  const env = new Map(p.env);
  for (let i = 0; i < stage.length; i++) {
    const token = stage[i];
    if (!token) continue;
    if (token.kind === 'operator') {
      if (token.text === '2>&1') {
        files.set(2, files.get(1) ?? output);
        continue;
      }
      const path = stage[++i]?.text ?? '';
      const write = token.text.includes('>');
      const append = token.text.endsWith('>>');
      files.set(
        token.text.startsWith('2') ? 2 : write ? 1 : 0,
        openFile(p, path, write ? { write, create: true, append, truncate: !append } : { read: true }),
      );
    } else if (words.length === 0 && /^[A-Z]+=/.test(token.text))
      env.set(token.text.split('=')[0] ?? '', token.text.slice(token.text.indexOf('=') + 1));
    else if (token.glob && !token.text.includes(' ')) {
      const pattern = new RegExp(
        `^${token.text
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replace(/\*/g, '.*')
          .replace(/\?/g, '.')}$`,
      );
      const names = p.machine.files.readDirectory(p.cwd).filter((name) => pattern.test(name));
      words.push(...(names.length > 0 ? names : [token.text]));
    } else words.push(token.text);
  }
  if (findInPath(p, words[0] ?? '') === undefined && !words[0]?.includes('/')) {
    yield* p.printError(`bash: line 1: ${words[0]}: command not found\n`);
    return 127;
  }
  const saved = p.env;
  p.env = env;
  try {
    return startCommand(p, words, files);
  } catch (error) {
    if (error instanceof Errno) return 126;
    throw error;
  } finally {
    p.env = saved;
  }
}

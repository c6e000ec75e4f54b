import type { Function as FunctionNode } from 'unbash';
import type { Task } from '../../world/task.ts';
import { DiscardLine, ReturnFrom } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';

/** Calls inside calls; bash itself has no limit and crashes, so its text for FUNCNEST is used. */
const MAX_NESTING = 800;

/** `name() { … }` */
export function* defineFunction(shell: Shell, node: FunctionNode): Task<number> {
  const name = node.name.value;
  const known = shell.functions.get(name);
  if (known && shell.readonlyFunctions.has(name)) {
    yield* shell.complain(`${name}: readonly function`);
    return 1;
  }
  shell.functions.set(name, { node, source: shell.source, file: shell.fileName });
  return 0;
}

export function* callFunction(shell: Shell, name: string, args: readonly string[]): Task<number> {
  const called = shell.functions.get(name);
  if (!called) return 127;
  const limit = Math.min(Number(shell.variables.get('FUNCNEST') ?? 0) || MAX_NESTING, MAX_NESTING);
  if (shell.frames.length >= limit) {
    yield* shell.complain(`${name}: maximum function nesting level exceeded (${limit})`);
    throw new DiscardLine(1);
  }
  const { positional, source, line, loopDepth, optionOffset, exempt } = shell;
  const depth = shell.frames.length;
  const scopes = shell.variables.depth;
  shell.frames.push({ name, kind: 'function', line, file: called.file });
  shell.variables.pushScope();
  shell.positional = [...args];
  shell.source = called.source;
  shell.loopDepth = 0;
  try {
    const { body } = called.node;
    if (body.type === 'CompoundList') return yield* shell.engine.statements(shell, body.commands);
    const status = yield* shell.engine.command(shell, body);
    if (shell.traps.has('RETURN') && (shell.options.has('functrace') || shell.returnTrapDepth === shell.frames.length))
      yield* shell.engine.runTrap(shell, 'RETURN');
    return status;
  } catch (error) {
    if (error instanceof ReturnFrom) return error.status;
    throw error;
  } finally {
    // Back to where it was, whatever an overflow of the host's stack has left out on the way.
    shell.frames.length = depth;
    shell.variables.popScopes(scopes);
    shell.exempt = exempt;
    shell.positional = positional;
    shell.source = source;
    shell.line = line;
    shell.loopDepth = loopDepth;
    shell.optionOffset = optionOffset;
  }
}

import { isSignal, type Signal } from '../../world/signals.ts';
import type { Task } from '../../world/task.ts';
import type { Shell } from '../state/shell.ts';

/** Runs the action of a trap; `$?` is afterwards what it was before. */
export function* runTrap(shell: Shell, name: string): Task {
  const action = shell.traps.get(name);
  if (!action || shell.runningTraps.has(name)) return;
  if (name === 'EXIT') shell.traps.delete(name);
  const { status, pipeStatus } = shell;
  shell.runningTraps.add(name);
  try {
    yield* shell.engine.evaluate(shell, action, `${name === 'EXIT' ? 'exit' : name} trap`, shell.line);
    shell.status = status;
    shell.pipeStatus = pipeStatus;
  } finally {
    shell.runningTraps.delete(name);
  }
}

/** Runs the actions of the signals that have arrived. */
export function* runPendingTraps(shell: Shell): Task {
  for (let signal = shell.pendingTraps.shift(); signal; signal = shell.pendingTraps.shift())
    yield* runTrap(shell, signal);
}

/** Makes the process do on `name` what the shell's table of traps says. */
export function armTrap(shell: Shell, name: string): void {
  if (name === 'EXIT') armExit(shell);
  if (!isSignal(name)) return;
  const action = shell.traps.get(name);
  const { process } = shell;
  if (action === undefined) resetSignal(shell, name);
  else if (action === '') process.onSignal(name, 'ignore');
  else {
    process.onSignal(name, {
      handle: (signal) => {
        shell.pendingTraps.push(signal);
      },
      get interrupt() {
        return shell.interruptible;
      },
    });
  }
}

/** Signals that end a shell, after its EXIT trap. bash: sig.c terminating_signals */
const ENDING: readonly Signal[] = ['HUP', 'INT', 'TERM'];

function armExit(shell: Shell): void {
  if (shell.interactive) return;
  for (const signal of ENDING) {
    if (shell.process.action(signal) !== 'default') continue;
    shell.process.onSignal(signal, {
      handle: () => {
        shell.fatalSignal = signal;
      },
      interrupt: true,
    });
  }
}

const SHELL_KEEPS: readonly Signal[] = ['TERM', 'QUIT', 'TSTP', 'TTIN', 'TTOU'];

/** What an interactive shell does with a signal that has no trap; any other has the default action. */
export function resetSignal(shell: Shell, signal: Signal): void {
  const { process } = shell;
  if (shell.interactive && signal === 'INT') {
    process.onSignal('INT', {
      handle: () => {
        shell.interruptPending = true;
      },
      interrupt: true,
    });
  } else if (shell.interactive && SHELL_KEEPS.includes(signal)) {
    // Handled and not ignored: children of the shell must not inherit it.
    process.onSignal(signal, { handle: () => {}, interrupt: false });
  } else process.onSignal(signal, 'default');
}

export function armInteractive(shell: Shell): void {
  for (const signal of ['INT', ...SHELL_KEEPS] as const) resetSignal(shell, signal);
}

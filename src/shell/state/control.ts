import type { Signal } from '../../world/signals.ts';

/** `break N`: unwinds to a loop. */
export class BreakLoop {
  constructor(public levels: number) {}
}

/** `continue N`. */
export class ContinueLoop {
  constructor(public levels: number) {}
}

/** `return N`: unwinds to the function or sourced file. */
export class ReturnFrom {
  constructor(readonly status: number) {}
}

/** `exit N`, and what `set -e` does: unwinds to the end of the (sub)shell. */
export class ExitShell {
  constructor(readonly status: number) {}
}

/** An error that gives up the current line, as bash's jump to top level does (division by zero, bad substitution …). */
export class DiscardLine {
  constructor(readonly status: number) {}
}

/** An error that ends a shell that is not interactive (unbound variable, `${x:?}`); an interactive one gives up the line. */
export class FatalExpansion {
  constructor(readonly status: number) {}
}

/** Ctrl-C arrived while an interactive shell itself was running. */
export class Interrupted {
  constructor(readonly signal: Signal = 'INT') {}
}

export type Unwinding = BreakLoop | ContinueLoop | ReturnFrom | ExitShell | DiscardLine | FatalExpansion | Interrupted;

/** Whether `error` is the shell's own control flow and not a fault. */
export function isUnwinding(error: unknown): error is Unwinding {
  return (
    error instanceof BreakLoop ||
    error instanceof ContinueLoop ||
    error instanceof ReturnFrom ||
    error instanceof ExitShell ||
    error instanceof DiscardLine ||
    error instanceof FatalExpansion ||
    error instanceof Interrupted
  );
}

/** A message of the shell about an expansion or an assignment; the caller decides what it ends. */
export class ShellError extends Error {
  constructor(
    message: string,
    readonly effect: 'line' | 'shell' = 'line',
    readonly status = 1,
  ) {
    super(message);
  }
}

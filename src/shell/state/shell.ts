import type { Assignment, Function as FunctionNode } from 'unbash';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Random } from '../../world/random.ts';
import { SIGNALS, type Signal } from '../../world/signals.ts';
import type { Task } from '../../world/task.ts';
import { type Dialect, layOut } from '../dialect.ts';
import { JobTable } from '../jobs/job-table.ts';
import { Source } from '../parse/position.ts';
import type { KeyBindings } from '../readline/key-bindings.ts';
import { Completions } from './completions.ts';
import { ExitShell, Interrupted } from './control.ts';
import type { Engine } from './engine.ts';
import { History } from './history.ts';
import { Options } from './options.ts';
import { defineSpecialVariables } from './special-variables.ts';
import { Variables } from './variables.ts';

export interface ShellFunction {
  readonly node: FunctionNode;
  readonly source: Source;
  /** BASH_SOURCE of its body. */
  readonly file: string;
  /** `export -f`: children get it in their environment. */
  readonly exported?: boolean;
}

/** A call of a function or a sourced file. */
export interface Frame {
  readonly name: string;
  readonly kind: 'function' | 'source';
  /** Line of the call. */
  readonly line: number;
  readonly file: string;
}

export interface ShellSettings {
  readonly name: string;
  readonly dialect: Dialect;
  readonly interactive?: boolean;
  readonly login?: boolean;
}

/** How messages name the place they are about. */
export type Speaker = 'script' | 'command string' | 'stdin';

/** Virtual ms that a simple command or a turn of a loop costs the shell itself. */
export const COMMAND_COST = 0.02;

/** The state of one shell process; a subshell has a copy. */
export class Shell {
  name: string;
  readonly dialect: Dialect;
  positional: string[] = [];
  variables = new Variables();
  functions = new Map<string, ShellFunction>();
  aliases = new Map<string, string>();
  hashed = new Map<string, { path: string; hits: number }>();
  options = new Options();
  jobs = new JobTable();
  history = new History();
  completions = new Completions();
  /** What the keys of the line editor do, once it was needed. */
  keyBindings: KeyBindings | undefined;
  traps = new Map<string, string>();
  status = 0;
  pipeStatus: readonly number[] = [0];
  lastBackground: number | undefined;
  lastArgument = '';
  interactive: boolean;
  login: boolean;
  /** How many subshells deep; `$BASH_SUBSHELL`. */
  subshellDepth = 0;
  /** `$$`: the pid of the main shell, also in subshells. */
  mainPid: number;
  loopDepth = 0;
  /** Above 0 while `set -e` and the ERR trap do not apply: conditions, `!`, all but the last of `&&` and `||`. */
  exempt = 0;
  frames: Frame[] = [];
  source = new Source('');
  line = 1;
  speaker: Speaker = 'script';
  directoryStack: string[] = [];
  /** Status of the last command substitution of the command being expanded. */
  substitutionStatus: number | undefined;
  /** Messages of an expansion that goes on: printed by it. */
  warnings: string[] = [];
  /** Takes a command's redirections back in the shell once its process has been started. */
  afterSpawn: (() => void) | undefined;
  /** How deep in calls `trap … RETURN` was given: it holds there. */
  returnTrapDepth = -1;
  /** A signal that ends this shell once its EXIT trap has run. */
  fatalSignal: Signal | undefined;
  /** Characters that the words of the command being expanded have so far. */
  expandedLength = 0;
  /** Limits set by `ulimit`. */
  limits = new Map<string, string>();
  /** Writes the history file; set by an interactive shell. */
  saveHistory: ((append: boolean) => void) | undefined;
  /** OPTIND as `getopts` left it: another value starts anew. */
  optionIndex = 1;
  /** `getopts` inside a word. */
  optionOffset = 0;
  /** Signals with a trap that have arrived and are not yet handled. */
  pendingTraps: Signal[] = [];
  /** Ctrl-C while this interactive shell itself runs. */
  interruptPending = false;
  /** Inside a builtin that a trapped signal ends (`wait`, `read`). */
  interruptible = false;
  runningTraps = new Set<string>();
  readonlyFunctions = new Set<string>();
  random: Random;
  startTime: number;
  /** Open files of `<( )` of the command being run, to be closed after it. */
  substitutionFiles: number[] = [];
  /** Array assignments among the arguments of the `declare` being run. */
  declarations: readonly Assignment[] = [];
  /** Levels of command substitution, for `set -x`. */
  substitutionDepth = 0;
  /** CPU time of children that were waited for, ms. */
  childTime = 0;
  /** `exec` in a shell with jobs, `exit` typed twice. */
  exitWarned = false;
  /** The command text of `$BASH_COMMAND`. */
  command = '';
  /** Text that `getopts`-like completion sees. */
  readonly engine: Engine;

  constructor(
    public process: Process,
    engine: Engine,
    settings: ShellSettings,
  ) {
    this.engine = engine;
    this.name = settings.name;
    this.dialect = settings.dialect;
    this.interactive = settings.interactive ?? false;
    this.login = settings.login ?? false;
    this.mainPid = process.pid;
    this.startTime = process.now;
    this.random = process.machine.world.random.fork(`shell/${process.machine.hostname}/${process.pid}/${process.now}`);
    defineSpecialVariables(this);
  }

  /** A copy for a subshell that will run in another process; `attach` gives it that process. */
  fork(): Shell {
    const copy = Object.create(Shell.prototype) as Shell;
    Object.assign(copy, this);
    copy.positional = [...this.positional];
    copy.variables = this.variables.copy();
    copy.functions = new Map(this.functions);
    copy.aliases = new Map(this.aliases);
    copy.hashed = new Map(this.hashed);
    copy.options = new Options(this.options);
    copy.options.set('monitor', false);
    copy.jobs = this.jobs.forSubshell();
    // Only ignored signals stay ignored; handlers are reset.
    copy.traps = new Map([...this.traps].filter(([, action]) => action === ''));
    copy.frames = [...this.frames];
    copy.directoryStack = [...this.directoryStack];
    copy.pendingTraps = [];
    copy.interactive = false;
    copy.interruptPending = false;
    copy.interruptible = false;
    copy.runningTraps = new Set();
    copy.readonlyFunctions = new Set(this.readonlyFunctions);
    copy.substitutionFiles = [];
    copy.warnings = [];
    copy.limits = new Map(this.limits);
    // Closures of this shell: a chain of forks must not keep all its ancestors.
    copy.afterSpawn = undefined;
    copy.saveHistory = undefined;
    copy.loopDepth = 0;
    copy.subshellDepth = this.subshellDepth + 1;
    copy.wasInteractive = this.interactive || this.wasInteractive;
    return copy;
  }

  /** A subshell of an interactive shell words its messages as that does. */
  wasInteractive = false;

  attach(process: Process): this {
    this.process = process;
    this.random = process.machine.world.random.fork(`shell/${process.machine.hostname}/${process.pid}/${process.now}`);
    defineSpecialVariables(this);
    return this;
  }

  /** The last part of the name it was started by. */
  get ownName(): string {
    return this.startedAs.replace(/^-/, '');
  }

  /** argv[0], which messages about the script itself begin with. */
  startedAs = 'bash';

  // ---- messages ----

  /** A message with its prefix, without the newline. */
  message(text: string, builtin?: string): string {
    return layOut(
      this.dialect,
      {
        name: this.speakerName,
        line: this.line,
        interactive: this.interactive || this.wasInteractive,
        file: this.speaker === 'script',
        builtin,
      },
      text,
    );
  }

  /** `bash`, the script's path; inside a function of a `-c` text or of stdin bash has names of its own. */
  private get speakerName(): string {
    const frame = this.frames.at(-1);
    if (!frame || this.interactive || this.wasInteractive || this.dialect !== 'bash') return this.name;
    return frame.file;
  }

  /** BASH_SOURCE of functions defined here. */
  get fileName(): string {
    const frame = this.frames.at(-1);
    if (frame) return frame.file;
    if (this.speaker === 'command string') return 'environment';
    return this.speaker === 'stdin' || this.interactive ? 'main' : this.name;
  }

  /** Prints a message of the shell, or of one of its builtins, to standard error. */
  *complain(message: string, builtin?: string): Task {
    try {
      yield* this.process.printError(`${this.message(message, builtin)}\n`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  // ---- time and signals ----

  /** Accounts for the shell's own work and lets signals in. */
  *spend(ms = COMMAND_COST): Task {
    try {
      yield* this.process.cpu(ms);
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
    }
    this.checkInterrupt();
    if (this.pendingTraps.length > 0) yield* this.engine.runPendingTraps(this);
  }

  /** Raises Interrupted when Ctrl-C has come. */
  checkInterrupt(): void {
    if (this.fatalSignal) {
      const status = 128 + SIGNALS[this.fatalSignal];
      this.fatalSignal = undefined;
      throw new ExitShell(status);
    }
    if (!this.interruptPending) return;
    this.interruptPending = false;
    throw new Interrupted();
  }

  get monitor(): boolean {
    return this.options.has('monitor');
  }
}

import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { Options, optionSpec, type ParseSettings, parseOptions, Usage } from './options.ts';
import { type Dialect, Tool } from './tool.ts';

/** A utility as it is declared: its options and what it does. */
export interface Utility extends ParseSettings {
  readonly name: string;
  /** What follows the name in the usage line. */
  readonly usage: string;
  /** One sentence for `--help`. */
  readonly about: string;
  /** See `optionSpec`; without them the utility reads `tool.args` itself. */
  readonly options?: readonly string[];
  /** Options that only one dialect has. */
  readonly busyboxOptions?: readonly string[];
  /** Exit status of a wrong command line; 1 without. */
  readonly usageStatus?: number;
  /** `ls (GNU coreutils) 9.4` */
  readonly package?: string;
  /** What follows a wrong command line instead of `Try …`. */
  readonly usageText?: (name: string) => string;
  readonly run: (tool: Tool, options: Options) => Task<number>;
}

/** Says that `declaration` is a utility; gives it its type. */
export function utility(declaration: Utility): Utility {
  return declaration;
}

const BUSYBOX_BANNER = 'BusyBox v1.37.0 () multi-call binary.';

/** The utility as a program of the world, in one dialect. */
export function programOf(declaration: Utility, dialect: Dialect): Program {
  return {
    name: dialect === 'gnu' ? declaration.name : `busybox/${declaration.name}`,
    main: (process) => runUtility(declaration, dialect, process),
  };
}

/** Runs a utility within `process`, to its exit status. */
export function* runUtility(declaration: Utility, dialect: Dialect, process: Process): Task<number> {
  const tool = new Tool(process, dialect);
  try {
    const options = yield* readOptions(declaration, tool);
    if (typeof options === 'number') return options;
    const status = yield* declaration.run(tool, options);
    yield* tool.flush();
    return status;
  } catch (error) {
    return yield* explain(declaration, tool, error);
  }
}

function* readOptions(declaration: Utility, tool: Tool): Task<Options | number> {
  if (!declaration.options) return new Options([], tool.args);
  const declared = [...declaration.options, ...(tool.busybox ? (declaration.busyboxOptions ?? []) : [])];
  const specs = declared.map(optionSpec);
  const standard = ['--help', '--version'].filter((name) => !declared.some((one) => one.includes(name)));
  const options = parseOptions(tool.args, [...specs, ...standard.map(optionSpec)], declaration);
  if (options.has('help') && standard.includes('--help')) {
    tool.put(helpOf(declaration, tool));
    yield* tool.flush();
    return 0;
  }
  if (options.has('version') && standard.includes('--version') && !tool.busybox) {
    tool.put(`${declaration.name} (${declaration.package ?? 'GNU coreutils'}) 9.4\n`);
    yield* tool.flush();
    return 0;
  }
  return options;
}

function helpOf(declaration: Utility, tool: Tool): string {
  const listed = (declaration.options ?? []).map((text) => {
    const { shorts, longs, argument } = optionSpec(text);
    const value = argument === 'none' ? '' : argument === 'required' ? '=ARG' : '[=ARG]';
    const names = [...shorts.map((letter) => `-${letter}`), ...longs.map((name) => `--${name}`)].join(', ');
    return `  ${shorts.length === 0 ? '    ' : ''}${names}${value}`;
  });
  const usage = `Usage: ${tool.name} ${declaration.usage}`;
  if (tool.busybox) return `${BUSYBOX_BANNER}\n\n${usage}\n\n${declaration.about}\n`;
  return `${usage}\n${declaration.about}\n\n${listed.join('\n')}\n      --help        display this help and exit\n`;
}

function* explain(declaration: Utility, tool: Tool, error: unknown): Task<number> {
  if (error instanceof Usage) {
    const trailer = tool.busybox
      ? `${BUSYBOX_BANNER}\n\nUsage: ${tool.name} ${declaration.usage}\n\n${declaration.about}\n`
      : declaration.usageText
        ? declaration.usageText(tool.name)
        : `${declaration.package === 'GNU diffutils' ? `${tool.name}: ` : ''}Try '${tool.name} --help' for more information.\n`;
    yield* tool.complain(`${error.message === '' ? '' : `${tool.name}: ${error.message}\n`}${trailer}`);
    return error.status ?? declaration.usageStatus ?? 1;
  }
  if (error instanceof Fail) {
    yield* tool.warn(error.message);
    return error.status ?? 1;
  }
  // Not every system call is caught where it is made: what is left is worded as perror(3) does.
  if (error instanceof Errno && error.code !== 'EPIPE') {
    yield* tool.warn(error.message);
    return 1;
  }
  throw error;
}

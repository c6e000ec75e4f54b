import type { Process } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import type { Task } from '../../../world/task.ts';
import { COMMANDS, type Command } from './commands.ts';
import { type Flag, Flags } from './flags.ts';
import { EksctlError, log } from './log.ts';

/** The command line of Amazon EKS. github.com/eksctl-io/eksctl */
export const eksctl: Program = { name: 'eksctl', main: eksctlMain };

/** What every command takes. */
const COMMON: readonly Flag[] = [
  { name: 'region', short: 'r', kind: 'text' },
  { name: 'profile', short: 'p', kind: 'text' },
  { name: 'timeout', kind: 'text' },
  { name: 'verbose', short: 'v', kind: 'text' },
  { name: 'color', short: 'C', kind: 'text' },
  { name: 'dumpLogs', short: 'd', kind: 'bool' },
  { name: 'help', short: 'h', kind: 'bool' },
];

const ALIASES: Readonly<Record<string, string>> = {
  clusters: 'cluster',
  nodegroups: 'nodegroup',
  ng: 'nodegroup',
  addons: 'addon',
  accessentries: 'accessentry',
  fargateprofiles: 'fargateprofile',
  iamserviceaccounts: 'iamserviceaccount',
  podidentityassociations: 'podidentityassociation',
};

function* eksctlMain(process: Process): Task<number> {
  const words = process.argv.slice(1);
  const [verb = '', noun = ''] = words;
  const single = COMMANDS[verb];
  const key = single ? verb : `${verb} ${ALIASES[noun] ?? noun}`;
  const command = COMMANDS[key];
  if (!command) return yield* usage(process, verb, noun);
  try {
    const flags = new Flags(words.slice(single ? 1 : 2), [...command.flags, ...COMMON]);
    if (flags.bool('help')) return yield* help(process, key, command);
    if (flags.args.length > 1) {
      yield* log(process, 'critical', 'only one argument is allowed to be used as a name');
      return 1;
    }
    return yield* command.run(process, flags);
  } catch (error) {
    if (!(error instanceof EksctlError)) throw error;
    yield* process.printError(`Error: ${error.message}\n`);
    return 1;
  }
}

function* help(process: Process, key: string, { flags }: Command): Task<number> {
  const lines = [...flags, ...COMMON].map(({ name, short, kind }) => {
    const letter = short === undefined ? '    ' : `-${short}, `;
    return `  ${letter}--${name}${kind === 'bool' ? '' : kind === 'number' ? ' int' : ' string'}\n`;
  });
  yield* process.print(`Usage: eksctl ${key} [flags]\n\nFlags (those that kubetutor models):\n${lines.join('')}`);
  return 0;
}

/** What eksctl has beside. */
const OTHER_VERBS = [
  'anywhere',
  'associate',
  'completion',
  'deregister',
  'disassociate',
  'enable',
  'generate',
  'register',
  'set',
  'unset',
];

function* usage(process: Process, verb: string, noun: string): Task<number> {
  const verbs = [...new Set(Object.keys(COMMANDS).map((key) => key.split(' ')[0] ?? ''))];
  if (OTHER_VERBS.includes(verb)) {
    yield* process.printError(`Error: kubetutor does not model eksctl ${verb}\n`);
    return 1;
  }
  if (verb !== '' && !verb.startsWith('-') && verb !== 'help' && !verbs.includes(verb)) {
    yield* process.printError(
      `Error: unknown command ${JSON.stringify(verb)} for "eksctl"\nRun 'eksctl --help' for usage.\n`,
    );
    return 1;
  }
  const nouns = Object.keys(COMMANDS)
    .filter((key) => key.startsWith(`${verb} `))
    .map((key) => key.slice(verb.length + 1));
  if (nouns.length > 0 && noun !== '' && !noun.startsWith('-')) {
    yield* process.printError(`Error: kubetutor does not model eksctl ${verb} ${noun}\n`);
    return 1;
  }
  const listed =
    nouns.length > 0
      ? nouns.map((one) => `eksctl ${verb} ${one}`)
      : Object.keys(COMMANDS).map((key) => `eksctl ${key}`);
  yield* process.print(
    `The official CLI for Amazon EKS\n\nUsage: eksctl [command] [flags]\n\nCommands (those that kubetutor models):\n${listed.map((one) => `  ${one}\n`).join('')}`,
  );
  return 0;
}

import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import type { Task } from '../../../world/task.ts';
import { ClientError, EndpointError, RetrievalError } from '../client/client.ts';
import { modelOf } from '../models/models.ts';
import { type Given, GLOBAL_OPTIONS, operationParams, takeOptions } from './arguments.ts';
import { choicesOf, invalidChoice } from './choices.ts';
import { configure } from './configure.ts';
import { getLoginPassword } from './ecr.ts';
import { getToken, updateKubeconfig } from './eks.ts';
import { CliError, FIRST_HELP, firstPassError, USAGE, usageError } from './errors.ts';
import { listHelp, operationHelp } from './help.ts';
import { logsTail } from './logs-tail.ts';
import { kebab } from './names.ts';
import { checkQuery, show } from './output.ts';
import { gathered } from './pages.ts';
import { OUTPUTS, Session } from './session.ts';
import { shaped } from './shape.ts';
import { SKELETONS, skeletonText } from './skeleton.ts';
import { waitFor } from './waiters.ts';

/** The release whose texts these are: Debian's awscli was the oracle. */
export const AWS_CLI_VERSION = '2.9.19';
const VERSION = `aws-cli/${AWS_CLI_VERSION} Python/3.9.11 Linux/6.8.0-71-generic exe/x86_64.ubuntu.24 prompt/off`;

/** The AWS command line, version 2. */
export const aws: Program = { name: 'aws', main: awsMain };

export function* awsMain(process: Process): Task<number> {
  try {
    const words = process.argv.slice(1);
    if (words.some((word) => word === '-h' || word === '--help')) {
      yield* process.print(FIRST_HELP);
      return 0;
    }
    if (words.at(-1) === '--profile') throw firstPassError('argument --profile: expected one argument');
    const { given, rest } = takeOptions(words, GLOBAL_OPTIONS);
    if (given.has('--version')) {
      yield* process.print(`${VERSION}\n`);
      return 0;
    }
    return yield* run(process, given, rest);
  } catch (error) {
    const problem = worded(error);
    if (!problem) throw error;
    yield* process.printError(`\n${problem.message}\n`);
    return problem.status;
  }
}

/** The first word that is no option, and the others. */
function firstWord(words: readonly string[]): [string | undefined, string[]] {
  const index = words.findIndex((word) => !word.startsWith('-'));
  return [words[index], words.filter((_, place) => place !== index)];
}

function worded(error: unknown): { message: string; status: number } | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof ClientError) return { message: error.message, status: 254 };
  if (error instanceof EndpointError || error instanceof RetrievalError) return { message: error.message, status: 255 };
  return undefined;
}

function* run(process: Process, globals: Given, words: readonly string[]): Task<number> {
  const [service, rest] = firstWord(words);
  if (service === undefined) throw usageError('the following arguments are required: command');
  const endpoint = globals.get('--endpoint-url')?.[0];
  if (endpoint !== undefined && !/^[a-z][a-z0-9+.-]*:/i.test(endpoint))
    throw new CliError(
      `Bad value for --endpoint-url "${endpoint}": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/`,
      252,
    );
  const output = globals.get('--output')?.[0];
  if (output !== undefined && !OUTPUTS.includes(output)) throw invalidChoice('--output', output, OUTPUTS);
  if (service === 'help') return yield* help(process, '');
  const choices = choicesOf('');
  if (!choices.includes(service)) throw invalidChoice('command', service, choices);
  const session = new Session(process, globals);
  if (service === 'configure') return yield* configure(session, rest);
  if (!modelOf(service)) throw new CliError(`kubetutor does not model the service ${service}`, 255);
  return yield* serviceCommand(session, service, rest);
}

function* serviceCommand(session: Session, service: string, words: readonly string[]): Task<number> {
  const [command, rest] = firstWord(words);
  if (command === undefined) throw usageError('the following arguments are required: operation');
  if (command === 'help') return yield* help(session.process, service);
  const choices = choicesOf(service);
  if (!choices.includes(command)) throw invalidChoice('operation', command, choices);
  checkQuery(session);
  session.checkProfile();
  session.checkOutput();
  if (command === 'wait') return yield* waitFor(session, service, rest);
  if (service === 'eks' && command === 'update-kubeconfig') return yield* updateKubeconfig(session, rest);
  if (service === 'eks' && command === 'get-token') return yield* getToken(session, rest);
  if (service === 'ecr' && command === 'get-login-password') return yield* getLoginPassword(session, rest);
  if (service === 'logs' && command === 'tail') return yield* logsTail(session, rest);
  const model = modelOf(service);
  const operation = Object.keys(model?.ops ?? {}).find((name) => kebab(name) === command);
  const shapes = operation === undefined ? undefined : model?.ops[operation];
  if (operation === undefined || !shapes) throw new CliError(`kubetutor does not model aws ${service} ${command}`, 255);
  const [input, out, paged] = shapes;
  const hidden = paged ? [paged[0], paged[3]] : [];
  if (rest.length === 1 && rest[0] === 'help')
    return yield* operationHelp(session.process, service, command, input, hidden);
  const skeleton = rest.indexOf('--generate-cli-skeleton');
  if (skeleton >= 0) return yield* printSkeleton(session.process, service, input, rest[skeleton + 1]);
  const { globals, process } = session;
  const { params, pages } = operationParams(process, service, input, rest, paged, !globals.has('--no-paginate'));
  const client = session.client(service, operation);
  const ask = function* (wanted: JsonObject): Task<JsonObject> {
    const answer = shaped(service, `@${out}`, yield* client.call(service, operation, wanted));
    return isObject(answer) ? answer : {};
  };
  const shown = paged && pages ? yield* gathered(ask, params, paged, pages) : yield* ask(params);
  return yield* show(session, operation, shown);
}

/** Without a value, or before another option, it is that of the input. */
function* printSkeleton(process: Process, service: string, shape: string, word: string | undefined): Task<number> {
  const kind = word === undefined || word.startsWith('--') ? 'input' : word;
  if (!SKELETONS.includes(kind)) throw invalidChoice('--generate-cli-skeleton', kind, SKELETONS);
  yield* process.print(skeletonText(service, shape, kind));
  return 0;
}

function help(process: Process, service: string): Task<number> {
  const choices = choicesOf(service).filter((word) => word !== 'help');
  return listHelp(process, USAGE, service, choices);
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import type { Task } from '../../../world/task.ts';
import { ClientError, EndpointError } from '../client/client.ts';
import { modelOf } from '../models/models.ts';
import { type Given, GLOBAL_OPTIONS, operationParams, takeOptions } from './arguments.ts';
import { choicesOf, invalidChoice } from './choices.ts';
import { configure } from './configure.ts';
import { getToken, updateKubeconfig } from './eks.ts';
import { CliError, USAGE, usageError } from './errors.ts';
import { listHelp, operationHelp } from './help.ts';
import { logsTail } from './logs-tail.ts';
import { kebab } from './names.ts';
import { checkQuery, show } from './output.ts';
import { OUTPUTS, Session } from './session.ts';
import { shaped } from './shape.ts';
import { waitFor } from './waiters.ts';

/** The release whose texts these are: Debian's awscli was the oracle. */
export const AWS_CLI_VERSION = '2.9.19';
const VERSION = `aws-cli/${AWS_CLI_VERSION} Python/3.9.11 Linux/6.8.0-71-generic exe/x86_64.ubuntu.24 prompt/off`;

/** The AWS command line, version 2. */
export const aws: Program = { name: 'aws', main: awsMain };

export function* awsMain(process: Process): Task<number> {
  try {
    const { given, rest } = takeOptions(process.argv.slice(1), GLOBAL_OPTIONS);
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

function worded(error: unknown): { message: string; status: number } | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof ClientError) return { message: error.message, status: 254 };
  if (error instanceof EndpointError) return { message: error.message, status: 255 };
  return undefined;
}

function* run(process: Process, globals: Given, words: readonly string[]): Task<number> {
  const [service, ...rest] = words;
  if (service === undefined) throw usageError('the following arguments are required: command');
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
  const [command, ...rest] = words;
  if (command === undefined) throw usageError('the following arguments are required: operation');
  if (command === 'help') return yield* help(session.process, service);
  const choices = choicesOf(service);
  if (!choices.includes(command)) throw invalidChoice('operation', command, choices);
  checkQuery(session);
  session.checkProfile();
  if (command === 'wait') return yield* waitFor(session, service, rest);
  if (service === 'eks' && command === 'update-kubeconfig') return yield* updateKubeconfig(session, rest);
  if (service === 'eks' && command === 'get-token') return yield* getToken(session, rest);
  if (service === 'logs' && command === 'tail') return yield* logsTail(session, rest);
  const model = modelOf(service);
  const operation = Object.keys(model?.ops ?? {}).find((name) => kebab(name) === command);
  const shapes = operation === undefined ? undefined : model?.ops[operation];
  if (operation === undefined || !shapes) throw new CliError(`kubetutor does not model aws ${service} ${command}`, 255);
  const [input, out, paged] = shapes;
  if (rest.length === 1 && rest[0] === 'help')
    return yield* operationHelp(session.process, service, command, input, paged ? [paged[0], paged[3]] : []);
  const { params, maxItems } = operationParams(
    session.process,
    service,
    input,
    rest,
    paged ? [paged[0], paged[3]] : [],
  );
  const answer = yield* session.client(service).call(service, operation, params);
  const whole = shaped(service, `@${out}`, answer);
  const shown = paged ? aggregated(whole as JsonObject, paged[2].split(' '), maxItems) : whole;
  return yield* show(session, operation, shown);
}

/** What the paginator gathers of all pages: the lists, and where to go on when not all was wanted. */
function aggregated(answer: JsonObject, keys: readonly string[], maxItems: number | undefined): JsonObject {
  const out: JsonObject = {};
  for (const key of keys) {
    const value = answer[key];
    if (Array.isArray(value) && maxItems !== undefined && value.length > maxItems) {
      out[key] = value.slice(0, maxItems);
      out['NextToken'] = btoa(JSON.stringify({ NextToken: null, boto_truncate_amount: maxItems }));
    } else if (value !== undefined) out[key] = value;
    else if (!key.includes('.')) out[key] = [];
  }
  return out;
}

function help(process: Process, service: string): Task<number> {
  const choices = choicesOf(service).filter((word) => word !== 'help');
  return listHelp(process, USAGE, service, choices);
}

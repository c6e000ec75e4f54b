import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { type Member, membersOf, modelOf } from '../models/models.ts';
import { GLOBAL_OPTIONS, type Option } from './arguments.ts';
import { kebab, optionName } from './names.ts';

/** What the real client calls types. awscli: clidriver.py, argtypes */
const TYPES: Readonly<Record<string, string>> = {
  s: 'string',
  i: 'integer',
  d: 'double',
  b: 'boolean',
  t: 'timestamp',
  B: 'blob',
  '[': 'list',
  '{': 'map',
  '@': 'structure',
};

const typeOf = (type: string) => TYPES[type.charAt(0)] ?? 'string';

/** `aws help` and `aws SERVICE help`: what there is. */
export function* listHelp(process: Process, usage: string, service: string, choices: readonly string[]): Task<number> {
  const name = service === '' ? 'AWS()' : `${service.toUpperCase()}()`;
  const known = modelOf(service);
  const operations = known ? Object.keys(known.ops).map(kebab) : [];
  const listed = choices.filter((word) =>
    service === '' ? modelOf(word) || word === 'configure' : operations.includes(word) || word === 'wait',
  );
  const kind = service === '' ? 'SERVICES' : 'COMMANDS';
  yield* process.print(
    `${name}\n\n${usage.replace(/^usage: /, '       ')}\nAVAILABLE ${kind} (those that kubetutor models; the real manual has more)\n\n${listed.map((word) => `       o ${word}\n\n`).join('')}`,
  );
  return 0;
}

/** `aws SERVICE OPERATION help`: synopsis and options of the model, without the manual's prose. awscli: clidocs.py */
export function* operationHelp(
  process: Process,
  service: string,
  command: string,
  shape: string,
  paged: readonly string[],
): Task<number> {
  const members = membersOf(service, shape).filter((member) => !paged.includes(member.name));
  const synopsis = members.map(({ name, type, required }) => {
    const option = optionName(service, name);
    const text = type === 'b' ? `${option} | --no-${kebab(name)}` : `${option} <value>`;
    return required ? text : `[${text}]`;
  });
  const options = members.map(
    (member) => `       ${optionName(service, member.name)} (${typeOf(member.type)})${syntaxText(service, member)}\n`,
  );
  yield* process.print(page(command, [...synopsis, '[--cli-input-json <value>]'], options));
  return 0;
}

/** The same of a command that is no operation, from its options. */
export function* commandHelp(process: Process, command: string, options: readonly Option[]): Task<number> {
  const synopsis = options.map(({ name, takes, required }) => {
    const text = takes === 'none' ? name : `${name} <value>`;
    return required ? text : `[${text}]`;
  });
  const described = options.map(({ name, takes }) => `       ${name} (${takes === 'none' ? 'boolean' : 'string'})\n`);
  yield* process.print(page(command, synopsis, described));
  return 0;
}

function page(command: string, synopsis: readonly string[], options: readonly string[]): string {
  const title = `${command.toUpperCase()}()`;
  const globals = GLOBAL_OPTIONS.map(({ name, takes }) => `[${name}${takes === 'none' ? '' : ' <value>'}]`);
  const lines = [...synopsis, ...globals].map((line) => `          ${line}\n`).join('');
  return [
    `${title}${title.padStart(Math.max(title.length + 2, 78 - title.length))}\n`,
    `NAME\n       ${command} -\n`,
    'DESCRIPTION\n       (kubetutor has what the command takes; the real manual says more.)\n',
    `SYNOPSIS\n            ${command}\n${lines}`,
    `OPTIONS\n${options.join('\n')}`,
  ].join('\n');
}

/** How lists, maps and structures may be written in short. awscli: argprocess.py, ParamShorthandDocGen */
function syntaxText(service: string, { type }: Member): string {
  if (!'[{@'.includes(type.charAt(0))) return '';
  const text = type.startsWith('[') ? `${shorthand(service, type.slice(1), 0)} ...` : shorthand(service, type, 0);
  return `\n\n          Shorthand Syntax:\n\n              ${text}`;
}

/** Structures within structures stand in braces, lists in brackets; deeper than that one writes JSON. */
function shorthand(service: string, type: string, depth: number): string {
  if (type.startsWith('@')) {
    if (depth > 2) return '{...}';
    const fields = membersOf(service, type.slice(1)).map(
      (member) => `${member.name}=${shorthand(service, member.type, depth + 1)}`,
    );
    return depth === 0 ? fields.join(',') : `{${fields.join(',')}}`;
  }
  if (type.startsWith('[')) {
    const item = shorthand(service, type.slice(1), depth + 1);
    return `[${item},${item}]`;
  }
  if (type.startsWith('{'))
    return depth === 0 ? 'KeyName1=string,KeyName2=string' : '{KeyName1=string,KeyName2=string}';
  return depth === 0 ? `"${typeOf(type)}"` : typeOf(type);
}

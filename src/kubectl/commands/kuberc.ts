import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import { printFlags } from '../common-flags.ts';
import { asError, KubectlError, PlainError } from '../errors.ts';
import { readText, resolvePath } from '../files.ts';
import { bool, string, stringArray } from '../flags/index.ts';
import { listAt, textAt } from '../json.ts';
import { defaultKuberc } from '../kuberc/preferences.ts';
import { printerFor, printObject } from '../printing.ts';
import { parseYaml, yamlText } from '../yaml.ts';

const API_VERSION = 'kubectl.config.k8s.io/v1beta1';

function pathOf({ flags, process }: Invocation): string {
  return flags.string('kuberc') || process.env.get('KUBERC') || defaultKuberc(process);
}

/** The file as an object with its fields in the order of Go's type; undefined when there is none. Raises PlainError, KubectlError. */
function preferencesAt({ process }: Invocation, path: string): JsonObject | undefined {
  let text: string;
  try {
    text = readText(process, path);
  } catch {
    return undefined;
  }
  let value: Json;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new KubectlError(`error parsing kuberc file: ${asError(error).message}`);
  }
  if (!isObject(value) || textAt(value, 'kind') !== 'Preference')
    throw new PlainError(`kuberc: no preferences loaded from ${path}`);
  return ordered(value);
}

function ordered(value: JsonObject): JsonObject {
  const option = (one: JsonObject): JsonObject => pick(one, ['name', 'default']);
  const defaults = listAt(value, 'defaults').map((one) => ({
    ...pick(one, ['command']),
    options: listAt(one, 'options').map(option),
  }));
  const aliases = listAt(value, 'aliases').map((one) => ({
    ...pick(one, ['name', 'command', 'prependArgs', 'appendArgs']),
    ...(listAt(one, 'options').length > 0 ? { options: listAt(one, 'options').map(option) } : {}),
  }));
  return { kind: 'Preference', apiVersion: textAt(value, 'apiVersion'), defaults, aliases };
}

function pick(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]])));
}

function* save({ process }: Invocation, path: string, preferences: JsonObject): Task<void> {
  const whole = resolvePath(process, path);
  process.machine.files.makeDirectories(whole.slice(0, whole.lastIndexOf('/')));
  // Lists without entries are written as Go's nil slices are.
  const aliases = listAt(preferences, 'aliases');
  const text = yamlText({ ...preferences, aliases: aliases.length > 0 ? aliases : null });
  process.machine.files.writeFile(whole, text, process.credentials);
  yield* process.print(`Updated ${path}\n`);
}

const RECOMMENDED: JsonObject = {
  kind: 'Preference',
  apiVersion: API_VERSION,
  defaults: [
    { command: 'apply', options: [{ name: 'server-side', default: 'true' }] },
    { command: 'delete', options: [{ name: 'interactive', default: 'true' }] },
  ],
  aliases: [],
};

/** kubernetes: kubectl/pkg/cmd/kuberc/view.go */
const view: Command = {
  name: 'view',
  use: 'view',
  short: 'Display the current kuberc configuration',
  flags: [...printFlags('', 'yaml')],
  *run(invocation) {
    const { process } = invocation;
    const path = pathOf(invocation);
    const preferences = preferencesAt(invocation, path);
    if (preferences) {
      yield* printObject(invocation, printerFor(invocation, 'yaml', 'none', { keepOrder: true }), preferences);
      return;
    }
    yield* process.print(
      `kuberc file not found at ${path}\nWould you like to generate a default kuberc file with recommended options? (y/N): `,
    );
    const bytes = process.hasFile(0) ? yield* process.read(0) : new Uint8Array(0);
    const answer = String.fromCharCode(...bytes)
      .trim()
      .toLowerCase();
    if (answer === 'y' || answer === 'yes') yield* save(invocation, path, RECOMMENDED);
  },
};

/** kubernetes: kubectl/pkg/cmd/kuberc/set.go */
const set: Command = {
  name: 'set',
  use: 'set --section (defaults|aliases) --command COMMAND',
  short: 'Set values in the kuberc configuration',
  flags: [
    stringArray('allowlist-entry', 'Allowlist entry the form field=value (can be specified multiple times)'),
    stringArray('appendarg', 'Argument to append to the command (can be specified multiple times, for aliases only)'),
    string('command', '', "Command to configure (e.g., 'get', 'create', 'set env')"),
    string('name', '', 'Alias name (required for --section=aliases)'),
    stringArray('option', 'Flag option in the form flag=value (can be specified multiple times)'),
    bool('overwrite', false, 'Allow overwriting existing entries'),
    string(
      'policy',
      '',
      "Plugin policy to use for exec credential plugins, must be one of 'AllowAll', 'DenyAll' or 'Allowlist'",
    ),
    stringArray('prependarg', 'Argument to prepend to the command (can be specified multiple times, for aliases only)'),
    string('section', '', "Section to modify: 'defaults', 'aliases', or 'credentialplugin'", { required: true }),
  ],
  *run(invocation) {
    const { flags } = invocation;
    const section = flags.string('section');
    if (section === 'credentialplugin')
      throw new KubectlError('kubetutor does not model policies of credential plugins');
    if (section !== 'defaults' && section !== 'aliases')
      throw new KubectlError(`--section must be "defaults", "aliases", or "credentialplugin", got: ${section}`);
    if (flags.string('command') === '')
      throw new KubectlError('--command is required when --section=aliases or --section=defaults');
    if (section === 'aliases' && flags.string('name') === '')
      throw new KubectlError('--name is required when --section=aliases');
    const options = flags.list('option').map(optionOf);
    const path = pathOf(invocation);
    const old = preferencesAt(invocation, path) ?? { ...RECOMMENDED, defaults: [], aliases: [] };
    yield* save(invocation, path, {
      ...old,
      [section]: section === 'defaults' ? withDefault(invocation, old, options) : withAlias(invocation, old, options),
    });
  },
};

function optionOf(text: string): JsonObject {
  const at = text.indexOf('=');
  if (at < 0) throw new KubectlError(`invalid option format ${JSON.stringify(text)}, expected flag=value`);
  return { name: text.slice(0, at), default: text.slice(at + 1) };
}

function withDefault({ flags }: Invocation, old: JsonObject, options: JsonObject[]): JsonObject[] {
  const command = flags.string('command');
  const entries = listAt(old, 'defaults');
  const known = entries.some((one) => textAt(one, 'command') === command);
  if (known && !flags.bool('overwrite'))
    throw new KubectlError(`defaults for command "${command}" already exist, use --overwrite to replace`);
  const entry = { command, options };
  return known ? entries.map((one) => (textAt(one, 'command') === command ? entry : one)) : [...entries, entry];
}

function withAlias({ flags }: Invocation, old: JsonObject, options: JsonObject[]): JsonObject[] {
  const name = flags.string('name');
  const entries = listAt(old, 'aliases');
  const known = entries.find((one) => textAt(one, 'name') === name);
  if (known && !flags.bool('overwrite'))
    throw new KubectlError(`alias "${name}" already exists, use --overwrite to replace`);
  const list = (flag: string, field: string): JsonObject =>
    flags.list(flag).length > 0 ? { [field]: [...flags.list(flag)] } : pick(known ?? {}, [field]);
  const kept = options.length > 0 ? options : listAt(known ?? {}, 'options');
  const entry: JsonObject = {
    name,
    command: flags.string('command'),
    ...list('prependarg', 'prependArgs'),
    ...list('appendarg', 'appendArgs'),
    ...(kept.length > 0 ? { options: kept } : {}),
  };
  return known ? entries.map((one) => (one === known ? entry : one)) : [...entries, entry];
}

export const kuberc: Command = {
  name: 'kuberc',
  use: 'kuberc SUBCOMMAND',
  short: 'Manage kuberc configuration files',
  long: 'Manage user preferences (kuberc) file: aliases of commands, and flags that commands get unasked.',
  examples: '# What the file says\nkubectl kuberc view',
  helpTo: 'stderr',
  subcommands: [set, view],
};

import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { configPath, findCredentials, findRegion } from '../client/config.ts';
import { type Option, takeOptions } from './arguments.ts';
import { choicesOf, invalidChoice } from './choices.ts';
import { CliError, unknownToCommand, usageError } from './errors.ts';
import type { Session } from './session.ts';

const KEYS = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'];
const PROMPTS = [
  ['aws_access_key_id', 'AWS Access Key ID'],
  ['aws_secret_access_key', 'AWS Secret Access Key'],
  ['region', 'Default region name'],
  ['output', 'Default output format'],
] as const;

/** `aws configure`. awscli: customizations/configure */
export function* configure(session: Session, words: readonly string[]): Task<number> {
  const { rest } = takeOptions(words, []);
  const [command, ...args] = rest;
  if (command === undefined) return yield* prompt(session);
  if (command === 'list') {
    if (args.length > 0) throw unknownToCommand(args);
    return yield* list(session);
  }
  if (command === 'list-profiles') {
    yield* session.process.print(session.config.profiles.map((name) => `${name}\n`).join(''));
    return 0;
  }
  if (command === 'get') return yield* get(session, args);
  if (command === 'set') return set(session, args);
  if (command === 'export-credentials') return yield* exportCredentials(session, args);
  if (command === 'import') return yield* importKeys(session, args);
  const choices = choicesOf('configure');
  if (choices.includes(command)) throw new CliError(`kubetutor does not model aws configure ${command}`, 255);
  throw invalidChoice('subcommand', command, choices);
}

function* prompt(session: Session): Task<number> {
  const { process, config } = session;
  const keys = new Map<string, string>();
  const others = new Map<string, string>();
  for (const [name, text] of PROMPTS) {
    const current = config.exists || config.chosen === undefined ? config.value(name) : undefined;
    const shown = name.startsWith('aws_') && current !== undefined ? masked(current) : (current ?? 'None');
    yield* process.print(`${text} [${shown}]: `);
    const answer = yield* readLine(process);
    if (answer === undefined) {
      yield* process.print('\n');
      throw new CliError('EOF when reading a line', 255);
    }
    if (answer === '' || answer === current) continue;
    (name.startsWith('aws_') ? keys : others).set(name, answer);
  }
  const { chosen } = config;
  if (keys.size > 0) updateFile(process, configPath(process, 'credentials'), chosen ?? 'default', keys);
  if (others.size > 0) updateFile(process, configPath(process, 'config'), configSection(chosen ?? 'default'), others);
  return 0;
}

/** A line of standard input without its end; undefined at the end of the file. */
function* readLine(process: Process): Task<string | undefined> {
  let text = '';
  for (;;) {
    const bytes = yield* process.read(0, 1);
    if (bytes.length === 0) return text === '' ? undefined : text;
    const char = String.fromCharCode(...bytes);
    if (char === '\n') return new TextDecoder().decode(Uint8Array.from(text, (one) => one.charCodeAt(0)));
    text += char;
  }
}

function masked(value: string): string {
  return `${'*'.repeat(16)}${value.slice(-4)}`;
}

function configSection(profile: string): string {
  if (profile === 'default') return profile;
  return `profile ${/\s/.test(profile) ? `'${profile}'` : profile}`;
}

function* list(session: Session): Task<number> {
  const { config, process } = session;
  const line = (name: string, value: string, type: string, location: string) =>
    `${name.padStart(10)} ${value.padStart(24)} ${type.padStart(16)}    ${location}\n`;
  const none = ['<not set>', 'None', 'None'] as const;
  let profile: readonly [string, string, string] = none;
  if (session.namedProfile) profile = [config.profile, 'manual', '--profile'];
  else if (config.chosen !== undefined) profile = [config.chosen, 'env', "['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']"];
  const head = [line('Name', 'Value', 'Type', 'Location'), line('----', '-----', '----', '--------')];
  yield* process.print([...head, line('profile', ...profile)].join(''));
  session.checkProfile();
  const found = findCredentials(config, session.namedProfile);
  const credentials = typeof found === 'string' ? undefined : found;
  const key = (value: string | undefined): readonly [string, string, string] =>
    credentials && value !== undefined ? [masked(value), credentials.method, ''] : none;
  const region = findRegion(config);
  yield* process.print(
    [
      line('access_key', ...key(credentials?.keyId)),
      line('secret_key', ...key(credentials?.secret)),
      line('region', ...(region ? ([region.value, region.type, region.location] as const) : none)),
    ].join(''),
  );
  return 0;
}

/** `aws configure export-credentials`. awscli: customizations/configure/exportcreds.py */
function* exportCredentials(session: Session, words: readonly string[]): Task<number> {
  const { given, rest } = takeOptions(words, [{ name: '--format', takes: 'one' }]);
  const format = given.get('--format')?.[0] ?? 'process';
  if (!EXPORTS.includes(format)) throw invalidChoice('--format', format, EXPORTS);
  if (rest.length > 0) throw unknownToCommand(rest);
  session.checkProfile();
  const found = findCredentials(session.config, session.namedProfile);
  if (!found || typeof found === 'string')
    throw new CliError('Unable to retrieve credentials: no credentials found', 253);
  const { keyId, secret, token } = found;
  const values: [string, string][] = [
    ['AccessKeyId', keyId],
    ['SecretAccessKey', secret],
    ...(token === undefined ? [] : [['SessionToken', token] satisfies [string, string]]),
  ];
  yield* session.process.print(exported(format, values));
  return 0;
}

const EXPORTS = ['env', 'powershell', 'process'];

function exported(format: string, values: readonly [string, string][]): string {
  if (format === 'process') return `${JSON.stringify({ Version: 1, ...Object.fromEntries(values) }, null, 2)}\n`;
  const names: Readonly<Record<string, string>> = {
    AccessKeyId: 'AWS_ACCESS_KEY_ID',
    SecretAccessKey: 'AWS_SECRET_ACCESS_KEY',
    SessionToken: 'AWS_SESSION_TOKEN',
  };
  const line = (name: string, value: string) =>
    format === 'env' ? `export ${name}=${value}` : `$Env:${name}="${value}"`;
  return values.map(([key, value]) => `${line(names[key] ?? '', value)}\n`).join('');
}

function* get(session: Session, args: readonly string[]): Task<number> {
  const [name, ...more] = args;
  if (name === undefined) throw usageError('the following arguments are required: varname');
  if (more.length > 0) throw unknownToCommand(more);
  const value = lookUp(session, name);
  if (value === undefined) return 1;
  yield* session.process.print(`${value}\n`);
  return 0;
}

function lookUp(session: Session, name: string): string | undefined {
  const { config } = session;
  if (!name.includes('.')) {
    session.checkProfile();
    return config.value(name);
  }
  const parts = name.split('.');
  if (parts[0] === 'profile') return profileValue(session, parts[1] ?? '', parts.slice(2));
  if (parts[0] === 'default' || config.profiles.includes(parts[0] ?? ''))
    return profileValue(session, parts[0] ?? '', parts.slice(1));
  return profileValue(session, config.profile, parts);
}

function profileValue({ config }: Session, profile: string, path: readonly string[]): string | undefined {
  const key = path.join('.');
  return config.section('credentials', profile)?.get(key) ?? config.section('config', profile)?.get(key);
}

function set(session: Session, args: readonly string[]): number {
  const [given, value, ...more] = args;
  const missing = [given === undefined ? 'varname' : '', value === undefined ? 'value' : ''].filter(
    (one) => one !== '',
  );
  if (missing.length > 0) throw usageError(`the following arguments are required: ${missing.join(', ')}`);
  if (more.length > 0) throw unknownToCommand(more);
  const { process, config } = session;
  let profile = config.chosen ?? 'default';
  let parts = (given ?? '').split('.');
  if (parts.length > 1 && parts[0] === 'default') [profile, parts] = ['default', parts.slice(1)];
  else if (parts.length > 2 && parts[0] === 'profile') [profile, parts] = [parts[1] ?? '', parts.slice(2)];
  const [name = '', sub] = parts;
  const values = new Map([[sub === undefined ? name : `${name}.${sub}`, value ?? '']]);
  const secret = KEYS.includes(name);
  const path = configPath(process, secret ? 'credentials' : 'config');
  updateFile(process, path, secret ? profile : configSection(profile), values);
  return 0;
}

const CSV: readonly Option[] = [
  { name: '--csv', takes: 'one' },
  { name: '--skip-invalid', takes: 'none' },
  { name: '--profile-prefix', takes: 'one' },
];

/** The file that the console offers with a new access key. */
function* importKeys(session: Session, words: readonly string[]): Task<number> {
  const { process } = session;
  const { given } = takeOptions(words, CSV);
  const file = given.get('--csv')?.[0];
  if (file === undefined) throw usageError('the following arguments are required: --csv');
  const path = file.replace(/^file:\/\//, '');
  const text = process.machine.files.readText(
    path.startsWith('/') ? path : `${process.cwd}/${path}`,
    process.credentials,
  );
  const [header = '', ...lines] = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const columns = header.split(',').map((column) => column.trim().toLowerCase());
  const at = (row: readonly string[], name: string) => row[columns.indexOf(name)]?.trim() ?? '';
  for (const name of ['user name', 'access key id', 'secret access key'])
    if (!columns.includes(name))
      throw new CliError(
        `Expected header "${name.replace(/\b[a-z]/g, (one) => one.toUpperCase()).replace('Id', 'ID')}" not found`,
        255,
      );
  let count = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const row = line.split(',');
    const values = new Map([
      ['aws_access_key_id', at(row, 'access key id')],
      ['aws_secret_access_key', at(row, 'secret access key')],
    ]);
    const prefix = given.get('--profile-prefix')?.[0] ?? '';
    updateFile(process, configPath(process, 'credentials'), `${prefix}${at(row, 'user name')}`, values);
    count++;
  }
  yield* process.print(`Successfully imported ${count} profile(s)\n`);
  return 0;
}

/** Changes values of a section and leaves every other line alone. awscli: configure/writer.py */
export function updateFile(process: Process, path: string, section: string, values: ReadonlyMap<string, string>): void {
  const { files } = process.machine;
  const { credentials } = process;
  const exists = files.exists(path, credentials);
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (!files.exists(folder, credentials)) files.makeDirectories(folder, credentials, 0o755);
  const text = exists ? files.readText(path, credentials) : '';
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const start = lines.findIndex((line) => line.trim() === `[${section}]`);
  const left = new Map(values);
  if (start < 0) {
    lines.push(`[${section}]`, ...newLines(left));
  } else {
    let last = start;
    for (let i = start + 1; i < lines.length && !/^\s*\[/.test(lines[i] ?? ''); i++) {
      const key = /^([^:=]+?)\s*[:=]/.exec(lines[i] ?? '')?.[1];
      if (key === undefined) continue;
      last = i;
      const value = left.get(key.trim());
      if (value === undefined || /^\s/.test(lines[i] ?? '')) continue;
      lines[i] = `${key.trim()} = ${value}`;
      left.delete(key.trim());
    }
    lines.splice(last + 1, 0, ...newLines(left));
  }
  files.writeFile(path, `${lines.join('\n')}\n`, credentials, 0o600);
}

function newLines(values: ReadonlyMap<string, string>): string[] {
  return [...values].flatMap(([key, value]) => {
    const [name = '', sub] = key.split('.');
    return sub === undefined ? [`${name} = ${value}`] : [`${name} =`, `    ${sub} = ${value}`];
  });
}

import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../world/errno.ts';
import { type Executable, findInPath, resolveExecutable } from '../../world/execute.ts';
import { makePipe } from '../../world/pipe.ts';
import { type Process, shellStatus } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { TtyFile } from '../../world/tty.ts';
import { ConfigurationError, KubectlError } from '../errors.ts';
import { goErrno } from '../files.ts';
import { listAt, objectAt, textAt, textsAt } from '../json.ts';
import type { Entry } from './model.ts';

/** A program that prints credentials. client-go: tools/clientcmd/api ExecConfig */
export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly (readonly [string, string])[];
  readonly apiVersion: string;
  readonly installHint: string;
  readonly interactiveMode: string;
  /** The cluster's entry, when the plugin is to be told of it. */
  readonly cluster: JsonObject | undefined;
}

/** What a plugin printed: a token, or a certificate as PEM. */
export interface ExecCredential {
  readonly token: string;
  readonly certificate: string | undefined;
}

const GROUP = 'client.authentication.k8s.io';
const VERSIONS = [`${GROUP}/v1`, `${GROUP}/v1beta1`];
const MODES = ['Never', 'IfAvailable', 'Always'];
const NOT_INSTALLED = `
It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;

/** The plugin of a user's entry, checked. Raises ConfigurationError, KubectlError. client-go: tools/clientcmd/validation.go */
export function execPluginOf(
  name: string,
  user: Entry | undefined,
  cluster: Entry | undefined,
): ExecPlugin | undefined {
  const exec = user?.fields['exec'];
  if (!isObject(exec)) return undefined;
  const command = textAt(exec, 'command');
  const apiVersion = textAt(exec, 'apiVersion');
  const given = textAt(exec, 'interactiveMode');
  // Only v1beta1 has a default. client-go: tools/clientcmd/api/v1/defaults.go
  const interactiveMode = given || (apiVersion === `${GROUP}/v1beta1` ? 'IfAvailable' : '');
  const problems: string[] = [];
  if (command === '') problems.push(`command must be specified for ${name} to use exec authentication plugin`);
  if (apiVersion === '') problems.push(`apiVersion must be specified for ${name} to use exec authentication plugin`);
  if (interactiveMode === '')
    problems.push(`interactiveMode must be specified for ${name} to use exec authentication plugin`);
  else if (!MODES.includes(interactiveMode))
    problems.push(`invalid interactiveMode for ${name}: ${JSON.stringify(interactiveMode)}`);
  if (problems.length > 1) throw new ConfigurationError(problems.map((text) => `\n* ${text}`).join(''));
  if (problems[0] !== undefined) throw new KubectlError(problems[0]);
  if (!VERSIONS.includes(apiVersion))
    throw new KubectlError(`exec plugin: invalid apiVersion ${JSON.stringify(apiVersion)}`);
  return {
    command: command.includes('/') && !command.startsWith('/') ? beside(user, command) : command,
    args: textsAt(exec, 'args'),
    env: listAt(exec, 'env').map((item) => [textAt(item, 'name'), textAt(item, 'value')] as const),
    apiVersion,
    installHint: textAt(exec, 'installHint'),
    interactiveMode,
    cluster: exec['provideClusterInfo'] === true ? clusterInfo(cluster) : undefined,
  };
}

/** Runs the plugin once. Raises an Error whose message follows `getting credentials: `. client-go: plugin/pkg/client/auth/exec */
export function* runExecPlugin(process: Process, plugin: ExecPlugin): Task<ExecCredential> {
  const terminal = process.hasFile(0) && process.file(0) instanceof TtyFile;
  if (plugin.interactiveMode === 'Always' && !terminal)
    throw new Error('exec plugin cannot support interactive mode: standard input is not a terminal');
  const interactive = plugin.interactiveMode !== 'Never' && terminal;
  const executable = locate(process, plugin);
  const { reader, writer } = makePipe();
  writer.retain();
  reader.retain();
  const files = process.openFiles();
  files.set(1, writer);
  if (!interactive) files.delete(0);
  const child = process.spawn({
    argv: executable.argv,
    main: executable.main,
    files,
    env: new Map([...process.env, ...plugin.env, ['KUBERNETES_EXEC_INFO', execInfo(plugin, interactive)]]),
  });
  writer.release();
  const text = yield* readAll(process, reader);
  reader.release();
  const status = shellStatus(yield* process.waitFor(child));
  if (status !== 0) throw new Error(`exec: executable ${plugin.command} failed with exit code ${status}`);
  return readCredential(plugin, text);
}

function locate(process: Process, plugin: ExecPlugin): Executable {
  const { command, args, installHint } = plugin;
  const path = command.includes('/') ? command : findInPath(process, command);
  if (path === undefined)
    throw new Error(
      `exec: executable ${command} not found\n${NOT_INSTALLED}${installHint === '' ? '' : `\n\n${installHint}`}`,
    );
  try {
    return resolveExecutable(process.machine, path, [command, ...args], process.credentials);
  } catch (error) {
    if (error instanceof Errno) throw new Error(`exec: ${goErrno('fork/exec', command, error)}`);
    throw error;
  }
}

function* readAll(process: Process, reader: ReturnType<typeof makePipe>['reader']): Task<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const chunk = yield* reader.read(process, 65536);
    if (chunk.length === 0) return text;
    text += decoder.decode(chunk, { stream: true });
  }
}

function execInfo(plugin: ExecPlugin, interactive: boolean): string {
  const spec = plugin.cluster ? { cluster: plugin.cluster, interactive } : { interactive };
  return `${JSON.stringify({ kind: 'ExecCredential', apiVersion: plugin.apiVersion, spec })}\n`;
}

/** kubernetes: client-go plugin/pkg/client/auth/exec refreshCredsLocked */
function readCredential(plugin: ExecPlugin, text: string): ExecCredential {
  let document: Json;
  try {
    const value: unknown = JSON.parse(text);
    document = isObject(value) ? value : null;
  } catch {
    document = null;
  }
  if (!isObject(document))
    throw new Error(
      'decoding stdout: couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    );
  const version = textAt(document, 'apiVersion') || `${GROUP}/__internal`;
  if (version !== plugin.apiVersion)
    throw new Error(
      `exec plugin is configured to use API version ${plugin.apiVersion}, plugin returned version ${version}`,
    );
  if (!isObject(document['status'])) throw new Error("exec plugin didn't return a status field");
  const status = objectAt(document, 'status');
  const token = textAt(status, 'token');
  const certificate = textAt(status, 'clientCertificateData');
  const key = textAt(status, 'clientKeyData');
  if (token === '' && certificate === '' && key === '')
    throw new Error("exec plugin didn't return a token or cert/key pair");
  if ((certificate === '') !== (key === '')) throw new Error('exec plugin returned only certificate or key, not both');
  return { token, certificate: certificate === '' ? undefined : certificate };
}

function clusterInfo(cluster: Entry | undefined): JsonObject {
  const fields = cluster?.fields ?? {};
  const info: JsonObject = {};
  for (const key of [
    'server',
    'tls-server-name',
    'insecure-skip-tls-verify',
    'certificate-authority-data',
    'proxy-url',
    'disable-compression',
  ]) {
    const value = fields[key];
    if (value !== undefined && value !== null && value !== '' && value !== false) info[key] = value;
  }
  return { ...info, config: null };
}

function beside(entry: Entry | undefined, path: string): string {
  const origin = entry?.origin ?? '';
  return origin === '' ? path : `${origin.slice(0, origin.lastIndexOf('/'))}/${path}`;
}

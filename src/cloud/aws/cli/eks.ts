import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { yamlToJson } from '../../../cluster/apimachinery/yaml.ts';
import { joinPath } from '../../../world/files/paths.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { clusterToken } from '../authentication.ts';
import { AwsClient } from '../client/client.ts';
import { objectOf, textOf } from '../params.ts';
import { type Option, takeOptions } from './arguments.ts';
import { CliError, unknownToCommand, usageError } from './errors.ts';
import { orderedYaml } from './format/ordered-yaml.ts';
import { commandHelp } from './help.ts';
import { show } from './output.ts';
import type { Session } from './session.ts';

const TOKEN_TIME = 14 * 60_000;

const UPDATE_OPTIONS: readonly Option[] = [
  { name: '--name', takes: 'one', required: true },
  { name: '--kubeconfig', takes: 'one' },
  { name: '--role-arn', takes: 'one' },
  { name: '--dry-run', takes: 'none' },
  { name: '--verbose', takes: 'none' },
  { name: '--alias', takes: 'one' },
  { name: '--user-alias', takes: 'one' },
];

/** `aws eks update-kubeconfig`. awscli: customizations/eks/update_kubeconfig.py */
export function* updateKubeconfig(session: Session, words: readonly string[]): Task<number> {
  const { process } = session;
  if (words[0] === 'help') return yield* commandHelp(process, 'update-kubeconfig', UPDATE_OPTIONS);
  const { given, rest } = takeOptions(words, UPDATE_OPTIONS);
  const name = given.get('--name')?.[0];
  if (name === undefined) throw usageError('the following arguments are required: --name');
  if (rest.length > 0) throw unknownToCommand(rest);
  const answer = yield* session.client('eks').call('eks', 'DescribeCluster', { name });
  const cluster = objectOf(answer, 'cluster');
  const status = textOf(cluster, 'status') ?? '';
  if (status !== 'ACTIVE' && status !== 'UPDATING') throw new CliError(`Cluster status is ${status}`, 255);
  const arn = textOf(cluster, 'arn') ?? '';
  const profile = session.config.chosen;
  const role = given.get('--role-arn')?.[0];
  const user = given.get('--user-alias')?.[0] ?? arn;
  const context = { context: { cluster: arn, user }, name: given.get('--alias')?.[0] ?? arn };
  const args = ['--region', arn.split(':')[3] ?? '', 'eks', 'get-token', '--cluster-name', name, '--output', 'json'];
  const entries = {
    clusters: {
      cluster: {
        'certificate-authority-data': textOf(objectOf(cluster, 'certificateAuthority'), 'data') ?? '',
        server: textOf(cluster, 'endpoint') ?? '',
      },
      name: arn,
    },
    contexts: context,
    users: {
      name: user,
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1beta1',
          args: role === undefined ? args : [...args, '--role', role],
          command: 'aws',
          ...(profile === undefined ? {} : { env: [{ name: 'AWS_PROFILE', value: profile }] }),
        },
      },
    },
  };
  const path = kubeconfigPath(process, given.get('--kubeconfig')?.[0], arn);
  const config = readKubeconfig(process, path);
  const updating = hasEntry(config['clusters'], arn);
  for (const [section, entry] of Object.entries(entries)) config[section] = withEntry(config[section], entry);
  config['current-context'] = context.name;
  if (given.has('--dry-run')) {
    yield* process.print(orderedYaml(config));
    return 0;
  }
  writeKubeconfig(process, path, config);
  yield* process.print(
    updating ? `Updated context ${context.name} in ${path}\n` : `Added new context ${context.name} to ${path}\n`,
  );
  if (given.has('--verbose')) {
    const shown = [entries.contexts, entries.users, entries.clusters].map((entry) => `${orderedYaml(entry)}\n`);
    yield* process.print(`Entries:\n\n${shown.join('')}`);
  }
  return 0;
}

/** The first file of KUBECONFIG that has the cluster, or its first. */
export function kubeconfigPath(process: Process, given: string | undefined, cluster: string): string {
  const home = process.env.get('HOME') ?? '/root';
  const absolute = (path: string) => joinPath(process.cwd, path.replace(/^~(?=\/|$)/, home));
  if (given !== undefined) return absolute(given);
  const paths = (process.env.get('KUBECONFIG') ?? '')
    .split(':')
    .filter((path) => path.trim() !== '')
    .map(absolute);
  const candidates = paths.length > 0 ? paths : [`${home}/.kube/config`];
  const holder = candidates.find((path) => hasEntry(readKubeconfig(process, path)['clusters'], cluster));
  return holder ?? candidates[0] ?? `${home}/.kube/config`;
}

/** Raises CliError for a file that is none. */
export function readKubeconfig(process: Process, path: string): JsonObject {
  const { files } = process.machine;
  const fresh: JsonObject = {
    apiVersion: 'v1',
    clusters: [],
    contexts: [],
    'current-context': '',
    kind: 'Config',
    preferences: {},
    users: [],
  };
  if (!files.exists(path, process.credentials)) return fresh;
  let value: Json;
  try {
    value = yamlToJson(files.readText(path, process.credentials));
  } catch {
    throw new CliError(`YamlLoadException: Error loading kubeconfig at ${path}`, 255);
  }
  if (value === null) return fresh;
  if (!isObject(value)) throw new CliError(`Content of the file ${path} is not a dictionary`, 255);
  return { ...value };
}

export function writeKubeconfig(process: Process, path: string, config: JsonObject): void {
  const { files } = process.machine;
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (!files.exists(folder, process.credentials)) files.makeDirectories(folder, process.credentials, 0o755);
  files.writeFile(path, orderedYaml(config), process.credentials, 0o600);
}

function hasEntry(list: Json | undefined, name: string): boolean {
  return Array.isArray(list) && list.some((entry) => isObject(entry) && entry['name'] === name);
}

/** The list with the entry in place of one of its name, or at the end. */
export function withEntry(list: Json | undefined, entry: JsonObject): Json[] {
  const items = Array.isArray(list) ? list : [];
  const index = items.findIndex((item) => isObject(item) && item['name'] === entry['name']);
  return index < 0 ? [...items, entry] : items.map((item, place) => (place === index ? entry : item));
}

const TOKEN_OPTIONS: readonly Option[] = [
  { name: '--cluster-name', takes: 'one' },
  { name: '--role-arn', takes: 'one' },
  { name: '--role', takes: 'one' },
  { name: '--cluster-id', takes: 'one' },
];

/** `aws eks get-token`. awscli: customizations/eks/get_token.py */
export function* getToken(session: Session, words: readonly string[]): Task<number> {
  const { process } = session;
  const { given, rest } = takeOptions(words, TOKEN_OPTIONS);
  if (rest.length > 0) throw unknownToCommand(rest);
  const cluster = given.get('--cluster-name')?.[0] ?? given.get('--cluster-id')?.[0];
  if (cluster === undefined) {
    yield* process.printError('Either parameter --cluster-name or --cluster-id must be specified.\n');
    return 1;
  }
  const { region } = session;
  let credentials = { ...session.credentials };
  const role = given.get('--role-arn')?.[0] ?? given.get('--role')?.[0];
  if (role !== undefined) {
    const client = new AwsClient(process, credentials, region);
    const assumed = yield* client.call('sts', 'AssumeRole', { RoleArn: role, RoleSessionName: 'EKSGetTokenAuth' });
    const made = objectOf(assumed, 'Credentials');
    credentials = {
      ...credentials,
      keyId: textOf(made, 'AccessKeyId') ?? '',
      secret: textOf(made, 'SecretAccessKey') ?? '',
      token: textOf(made, 'SessionToken'),
    };
  }
  const token = clusterToken(credentials, { cluster, region, time: session.time });
  const expires = `${new Date(process.now + TOKEN_TIME).toISOString().slice(0, 19)}Z`;
  const credential: JsonObject = {
    kind: 'ExecCredential',
    apiVersion: execVersion(process),
    spec: {},
    status: { expirationTimestamp: expires, token },
  };
  return yield* show(session, 'get-token', credential);
}

/** The version that kubectl asks for in KUBERNETES_EXEC_INFO. */
function execVersion(process: Process): string {
  const fallback = 'client.authentication.k8s.io/v1beta1';
  const info = process.env.get('KUBERNETES_EXEC_INFO');
  if (info === undefined) return fallback;
  try {
    const value: unknown = JSON.parse(info);
    return isObject(value) && typeof value['apiVersion'] === 'string' ? value['apiVersion'] : fallback;
  } catch {
    return fallback;
  }
}

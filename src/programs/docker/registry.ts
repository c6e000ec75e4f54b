import { isObject, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Image } from '../../cluster/node/images/catalog.ts';
import type { ImageReference } from '../../cluster/node/images/reference.ts';
import { BYTES_PER_MS, LOOKUP_TIME } from '../../cluster/node/kubelet/pull.ts';
import { decode } from '../../world/bytes.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { Context } from './context.ts';
import { daemonError } from './engine.ts';
import { DockerError, has, needOperands, value } from './flags.ts';
import { familiar } from './names.ts';

/** Registries that ask who comes, and that take images. */
export interface PrivateRegistry {
  /** Whether a host is one of them. */
  has(host: string): boolean;
  /** What one is answered whom it does not let in: `400 Bad Request`. */
  refuses(host: string, user: string, password: string): string | undefined;
  /** The image, or why there is none. */
  pull(reference: ImageReference, password: string | undefined): Image | string;
  /** Why it does not take an image. */
  push(reference: ImageReference, image: Image, password: string | undefined): string | undefined;
}

// ---- what the client remembers: ~/.docker/config.json ----

function configPath(process: Process): string {
  return `${process.env.get('DOCKER_CONFIG') ?? `${process.env.get('HOME') ?? '/root'}/.docker`}/config.json`;
}

function readConfig(process: Process): JsonObject {
  const { files } = process.machine;
  const path = configPath(process);
  if (!files.exists(path, process.credentials)) return {};
  try {
    const value: unknown = JSON.parse(files.readText(path, process.credentials));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function writeAuths(process: Process, auths: JsonObject): void {
  const { files } = process.machine;
  const path = configPath(process);
  files.makeDirectories(path.slice(0, path.lastIndexOf('/')), process.credentials, 0o700);
  const text = JSON.stringify({ ...readConfig(process), auths }, null, '\t');
  files.writeFile(path, text, process.credentials, 0o600);
}

function authsOf(process: Process): JsonObject {
  const { auths } = readConfig(process);
  return isObject(auths) ? auths : {};
}

/** The password that the client remembers for a registry. */
export function savedPassword(process: Process, host: string): string | undefined {
  const entry = authsOf(process)[host];
  const auth = isObject(entry) ? entry['auth'] : undefined;
  if (typeof auth !== 'string') return undefined;
  try {
    const text = atob(auth);
    return text.slice(text.indexOf(':') + 1);
  } catch {
    return undefined;
  }
}

const UNENCRYPTED = (path: string) =>
  `\nWARNING! Your credentials are stored unencrypted in '${path}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n`;

/** docker login. Recorded: docker 28.2.2 */
export function* login({ process, engine, line }: Context): Task<number> {
  needOperands(line, 0, 1);
  const [server = ''] = line.operands;
  const host = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  const user = value(line, 'username') ?? '';
  const fromInput = has(line, 'password-stdin');
  const given = value(line, 'password');
  if (fromInput && given !== undefined) throw new DockerError('--password and --password-stdin are mutually exclusive');
  if (fromInput && user === '') throw new DockerError('the --password-stdin option requires --username to be set');
  if (given !== undefined)
    yield* process.printError('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
  if (!fromInput && given === undefined)
    throw new DockerError('kubetutor does not model docker login that asks for a password (--password-stdin)');
  const password = (fromInput ? yield* readInput(process) : (given ?? '')).replace(/\r?\n$/, '');
  const { registry } = engine.options;
  if (!registry?.has(host)) throw new DockerError(`kubetutor does not model docker login to ${host || 'Docker Hub'}`);
  yield* process.sleep(LOOKUP_TIME);
  const refusal = registry.refuses(host, user, password);
  if (refusal !== undefined) throw daemonError(`login attempt to https://${host}/v2/ failed with status: ${refusal}`);
  writeAuths(process, { ...authsOf(process), [host]: { auth: btoa(`${user}:${password}`) } });
  yield* process.printError(UNENCRYPTED(configPath(process)));
  yield* process.print('Login Succeeded\n');
  return 0;
}

function* readInput(process: Process): Task<string> {
  let text = '';
  for (;;) {
    const bytes = yield* process.read(0);
    if (bytes.length === 0) return text;
    text += decode(bytes);
  }
}

export function* logout({ process, line }: Context): Task<number> {
  needOperands(line, 0, 1);
  const [server = 'https://index.docker.io/v1/'] = line.operands;
  const left = Object.fromEntries(Object.entries(authsOf(process)).filter(([host]) => host !== server));
  if (Object.keys(authsOf(process)).length > 0) writeAuths(process, left);
  yield* process.print(`Removing login credentials for ${server}\n`);
  return 0;
}

export function* tag({ engine, line }: Context): Task<number> {
  needOperands(line, 2, 2);
  const [source = '', target = ''] = line.operands;
  const reference = targetOf(engine, target);
  const image = engine.findImage(source);
  if (!image) throw daemonError(`No such image: ${familiar(engine.reference(source).full)}`);
  engine.images.set(reference.full, image);
  return 0;
}

function targetOf(engine: Context['engine'], target: string): ImageReference {
  try {
    return engine.reference(target);
  } catch (error) {
    if (!(error instanceof DockerError)) throw error;
    throw new DockerError(
      `Error parsing reference: ${JSON.stringify(target)} is not a valid repository/tag: ${error.message}`,
    );
  }
}

/** docker push: an image of the world has one layer. */
export function* push({ process, engine, line }: Context): Task<number> {
  needOperands(line, 1, 1);
  const [text = ''] = line.operands;
  const reference = engine.reference(text);
  const { registry: host, repository, tag: name, full } = reference;
  const isQuiet = has(line, 'quiet');
  const put = function* (line: string): Task {
    if (!isQuiet) yield* process.print(`${line}\n`);
  };
  if (name === 'latest' && !text.endsWith(':latest')) yield* put('Using default tag: latest');
  const short = host === 'docker.io' ? `docker.io/${repository}` : `${host}/${repository}`;
  yield* put(`The push refers to repository [${short}]`);
  const image = engine.images.get(full);
  if (!image)
    throw new DockerError(
      `An image does not exist locally with the tag: ${short.replace(/^docker\.io\/(library\/)?/, '')}`,
    );
  const layer = image.digest.slice(19, 31);
  yield* put(`${layer}: Preparing`);
  yield* process.sleep(LOOKUP_TIME);
  const { registry } = engine.options;
  if (!registry?.has(host)) throw new DockerError('denied: requested access to the resource is denied');
  const password = savedPassword(process, host);
  const known = typeof registry.pull(reference, password) !== 'string';
  const problem = registry.push(reference, image, password);
  if (problem !== undefined) throw new DockerError(problem);
  if (!known) yield* process.sleep(image.size / BYTES_PER_MS);
  yield* put(`${layer}: ${known ? 'Layer already exists' : 'Pushed'}`);
  yield* put(`${name}: digest: ${image.digest} size: 529`);
  if (isQuiet) yield* process.print(`${familiar(full)}\n`);
  return 0;
}

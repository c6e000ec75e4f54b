import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { tarMembers } from '../../../shell/utilities/tar-format.ts';
import { concat } from '../../../world/bytes.ts';
import { Errno } from '../../../world/errno.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { CodeError, KubectlError } from '../../errors.ts';
import { goErrno, resolvePath } from '../../files.ts';
import { bool, int, string } from '../../flags/index.ts';
import { textAt } from '../../json.ts';
import { chooseContainer } from '../../resource/containers.ts';
import { exitOf } from '../exec.ts';
import { archiveOf } from './archive.ts';
import { type RemoteStreams, runInContainer } from './remote.ts';

/** kubernetes: kubectl/pkg/cmd/cp/cp.go */
export const cp: Command = {
  name: 'cp',
  use: 'cp <file-spec-src> <file-spec-dest>',
  short: 'Copy files and directories to and from containers',
  long: 'Copy files and directories to and from containers. The container must have the program tar.',
  examples: `# A directory into a Pod of the current namespace
kubectl cp /tmp/foo_dir some-pod:/tmp/bar_dir

# Into one of its containers
kubectl cp /tmp/foo some-pod:/tmp/bar -c specific-container

# Out of a Pod of another namespace
kubectl cp some-namespace/some-pod:/tmp/foo /tmp/bar`,
  flags: [
    string('container', '', 'Container name. If omitted, the annotated or the first container.', { shorthand: 'c' }),
    bool('no-preserve', false, 'The ownership and permissions of what is copied are not kept in the container.'),
    int('retries', 0, 'How often to go on with a copy that broke off; 0 never, below zero without end.'),
  ],
  *run(invocation) {
    const [from, to, ...more] = invocation.args;
    if (from === undefined || to === undefined || more.length > 0)
      throw new KubectlError('source and destination are required');
    const source = parseSpec(from);
    const target = parseSpec(to);
    if (source.pod !== '' && target.pod !== '')
      throw new KubectlError('one of src or dest must be a local file specification');
    if (source.path === '' || target.path === '') throw new KubectlError('filepath can not be empty');
    if (source.pod !== '') return yield* copyOut(invocation, source, target.path);
    if (target.pod !== '') return yield* copyIn(invocation, source.path, target);
    throw new KubectlError('one of src or dest must be a remote file specification');
  },
};

/** `[[namespace/]pod:]path` */
interface FileSpec {
  readonly namespace: string;
  readonly pod: string;
  readonly path: string;
}

function parseSpec(word: string): FileSpec {
  const colon = word.indexOf(':');
  if (colon < 0) return { namespace: '', pod: '', path: word };
  const pieces = word.slice(0, colon).split('/');
  const path = word.slice(colon + 1);
  const [one = '', two] = pieces;
  if (colon === 0 || pieces.length > 2)
    throw new KubectlError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  return two === undefined ? { namespace: '', pod: one, path } : { namespace: one, pod: two, path };
}

/** The Pod as kubectl exec finds it, and its container. Raises KubectlError, StatusError. */
function* placeOf(invocation: Invocation, spec: FileSpec): Task<{ path: string; container: string }> {
  const { factory, flags, process } = invocation;
  const namespace = spec.namespace || factory.namespace().name;
  const path = `/api/v1/namespaces/${namespace}/pods/${spec.pod}`;
  const pod: JsonObject = yield* factory.client().get(path);
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  return { path, container: yield* chooseContainer(process, pod, flags.string('container')) };
}

function* copyIn(invocation: Invocation, source: string, target: FileSpec): Task<number> {
  const { process, flags } = invocation;
  const { files } = process.machine;
  if (!files.tryStat(resolvePath(process, source), process.credentials))
    throw new KubectlError(`${source} doesn't exist in local filesystem`);
  let destination = target.path.length > 1 ? target.path.replace(/\/+$/, '') : target.path;
  if (yield* isDirectoryThere(invocation, target))
    destination = `${destination.replace(/\/$/, '')}/${baseName(source)}`;
  const archive = archiveOf(process, resolvePath(process, source), baseName(destination));
  const directory = destination.includes('/') ? destination.slice(0, destination.lastIndexOf('/')) || '/' : '.';
  const plain = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
  const { path, container } = yield* placeOf(invocation, target);
  const status = yield* runInContainer(invocation, path, container, ['tar', ...plain, '-xmf', '-', '-C', directory], {
    stdin: archive,
    stdout: (bytes) => process.write(1, bytes),
    stderr: (bytes) => process.write(2, bytes),
  });
  return exitOf(status);
}

const NOWHERE: RemoteStreams = { *stdout() {}, *stderr() {} };

function* isDirectoryThere(invocation: Invocation, target: FileSpec): Task<boolean> {
  const { factory, flags } = invocation;
  const path = `/api/v1/namespaces/${target.namespace || factory.namespace().name}/pods/${target.pod}`;
  try {
    const pod = yield* factory.client().get(path);
    const container = yield* chooseContainer(invocation.process, pod, flags.string('container'), true);
    const status = yield* runInContainer(invocation, path, container, ['test', '-d', target.path], NOWHERE);
    return exitOf(status) === 0;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

function* copyOut(invocation: Invocation, source: FileSpec, target: string): Task<number> {
  const { process } = invocation;
  const { path, container } = yield* placeOf(invocation, source);
  const parts: Uint8Array[] = [];
  const status = yield* runInContainer(invocation, path, container, ['tar', 'cf', '-', source.path], {
    *stdout(bytes) {
      parts.push(bytes);
    },
    // What tar complains of goes where the copy is told of.
    stderr: (bytes) => process.write(1, bytes),
  });
  let failure: unknown;
  try {
    exitOf(status);
  } catch (error) {
    failure = error;
  }
  if (failure !== undefined && !(failure instanceof CodeError)) throw failure;
  yield* unpack(invocation, source, concat(parts), target);
  // With the stream the copy is over, whatever tar's exit status was.
  return 0;
}

/** Without what says nothing, as path.Clean leaves it. */
function cleanedPath(path: string): string {
  const clean = cleanRemote(path);
  return path.startsWith('/') ? `/${clean}` : clean || '.';
}

/** Writes what came below `target`. Raises KubectlError. */
function* unpack(invocation: Invocation, source: FileSpec, bytes: Uint8Array, target: string): Task<void> {
  const { process, path: command } = invocation;
  const prefix = cleanRemote(source.path);
  const base = target.replace(/(.)\/+$/, '$1');
  const { files } = process.machine;
  let warned = false;
  for (const member of tarMembers(bytes) ?? []) {
    if (!member.name.startsWith(prefix)) throw new KubectlError('tar contents corrupted');
    const rest = member.name.slice(prefix.length).replace(/^\/+|\/+$/g, '');
    const shown = rest === '' ? base : `${base}/${rest}`;
    if (rest.split('/').includes('..')) {
      yield* process.printError(`warning: file ${JSON.stringify(shown)} is outside target destination, skipping\n`);
      continue;
    }
    if (member.type === '2') {
      const arrow = `${JSON.stringify(shown)} -> ${JSON.stringify(member.target)}`;
      const hint = warned
        ? ''
        : ` (consider using "${command.split(' ')[0]} exec -n ${JSON.stringify(source.namespace)} ${JSON.stringify(source.pod)} -- tar cf - ${JSON.stringify(cleanedPath(source.path))} | tar xf -")`;
      warned = true;
      yield* process.printError(`warning: skipping symlink: ${arrow}${hint}\n`);
      continue;
    }
    const absolute = resolvePath(process, shown);
    try {
      const slash = absolute.lastIndexOf('/');
      if (slash > 0) files.makeDirectories(absolute.slice(0, slash), process.credentials, 0o755);
      if (member.type === '5') files.makeDirectories(absolute, process.credentials, 0o755);
      else files.writeFile(absolute, member.content, process.credentials, 0o666 & ~process.umask);
    } catch (error) {
      if (error instanceof Errno) throw new KubectlError(goErrno('open', shown, error));
      throw error;
    }
  }
}

/** The path as tar stores it: without its first slash, and without ways upwards. */
function cleanRemote(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1) || '/';
}

import { Errno } from '../../world/errno.ts';
import { Directory } from '../../world/files/inode.ts';
import { bodyText, type HttpResponse } from '../../world/network/http.ts';
import { reasonPhrase } from '../../world/network/reasons.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { Client, lookUp } from '../client.ts';
import { KubectlError } from '../errors.ts';
import { goErrno, readText, resolvePath } from '../files.ts';

/** Files of a directory that are read. kubernetes: cli-runtime/pkg/resource FileExtensions */
const EXTENSIONS = ['.json', '.yaml', '.yml'];

/** Something with manifests in it. */
export interface ManifestSource {
  /** Its name in messages. */
  readonly name: string;
  /** Its text. Raises KubectlError. */
  read(): Task<string>;
}

/** Turns the values of -f into what is to be read. Raises KubectlError. */
export function expandFilenames(process: Process, filenames: readonly string[], recursive: boolean): ManifestSource[] {
  let stdin = false;
  return filenames.flatMap((filename) => {
    if (filename === '-') {
      if (stdin) throw new KubectlError('standard input cannot be used for multiple arguments');
      stdin = true;
      return [{ name: 'STDIN', read: () => process.readText(0) }];
    }
    const pipe = /^\/dev\/fd\/(\d+)$/.exec(filename);
    // What the shell's <( ) gives: a file of this process and of no directory.
    if (pipe) return [{ name: filename, read: () => process.readText(Number(pipe[1])) }];
    if (/^https?:\/\//.test(filename)) return [{ name: filename, read: () => fetchText(process, filename) }];
    return expandPattern(process, filename).flatMap((path) => expandPath(process, path, recursive));
  });
}

function expandPattern(process: Process, path: string): string[] {
  if (exists(process, path) || !/[*?[]/.test(path)) return [path];
  const slash = path.lastIndexOf('/');
  const directory = slash < 0 ? '.' : path.slice(0, slash);
  const source = path
    .slice(slash + 1)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(`^${source}$`);
  const found = exists(process, directory) ? names(process, directory).filter((name) => pattern.test(name)) : [];
  if (found.length === 0) throw missing(path);
  return found.map((name) => (slash < 0 ? name : `${directory}/${name}`));
}

function expandPath(process: Process, path: string, recursive: boolean): ManifestSource[] {
  if (!exists(process, path)) throw missing(path);
  if (!isDirectory(process, path)) return [fileSource(process, path)];
  const files = walk(process, path.replace(/\/+$/, ''), recursive);
  if (files.length === 0)
    throw new KubectlError(`error reading [${path}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`);
  return files.map((file) => fileSource(process, file));
}

function walk(process: Process, directory: string, recursive: boolean): string[] {
  return names(process, directory).flatMap((name) => {
    const path = directory === '.' ? name : `${directory}/${name}`;
    if (isDirectory(process, path)) return recursive ? walk(process, path, true) : [];
    return EXTENSIONS.some((extension) => name.endsWith(extension)) ? [path] : [];
  });
}

function fileSource(process: Process, path: string): ManifestSource {
  return {
    name: path,
    *read() {
      try {
        return readText(process, path);
      } catch (error) {
        if (error instanceof Errno) throw new KubectlError(goErrno('open', path, error));
        throw error;
      }
    },
  };
}

function missing(path: string): KubectlError {
  return new KubectlError(`the path ${JSON.stringify(path)} does not exist`);
}

function exists(process: Process, path: string): boolean {
  return process.machine.files.exists(resolvePath(process, path), process.credentials);
}

function isDirectory(process: Process, path: string): boolean {
  return process.machine.files.stat(resolvePath(process, path), process.credentials) instanceof Directory;
}

function names(process: Process, path: string): string[] {
  return process.machine.files.readDirectory(resolvePath(process, path), process.credentials).sort();
}

/** Go's http.Client follows as many. */
const MAX_REDIRECTS = 10;

/** A manifest from a web server of the world. */
function* fetchText(process: Process, url: string): Task<string> {
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = yield* fetchOnce(process, url, at);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== undefined) {
      at = location.startsWith('/') ? (/^https?:\/\/[^/]+/.exec(at)?.[0] ?? '') + location : location;
      continue;
    }
    if (response.status !== 200) {
      const reason = reasonPhrase(response.status);
      throw new KubectlError(
        `unable to read URL ${JSON.stringify(url)}, server reported ${response.status} ${reason}, status code=${response.status}`,
      );
    }
    return bodyText(response.body);
  }
  throw new KubectlError(`Get ${JSON.stringify(at)}: stopped after ${MAX_REDIRECTS} redirects`);
}

function* fetchOnce(process: Process, asked: string, url: string): Task<HttpResponse> {
  const client = new Client(process, {
    server: /^https?:\/\/[^/]+/.exec(url)?.[0] ?? url,
    certificate: undefined,
    token: '',
    exec: undefined,
    basic: undefined,
    unidentified: false,
    impersonate: { user: '', uid: '', groups: [], extra: [] },
    tlsServerName: '',
    insecure: false,
    authorities: '',
    timeout: 0,
    userName: '',
  });
  const path = url.replace(/^https?:\/\/[^/]+/, '') || '/';
  if (lookUp(process, client.host.replace(/:\d+$/, '')) === undefined && !/^[\d.]+(:\d+)?$/.test(client.host)) {
    yield* process.sleep(2);
    throw new KubectlError(`unable to read URL ${JSON.stringify(asked)}: kubetutor does not model this server`);
  }
  return yield* client.exchange('GET', path);
}

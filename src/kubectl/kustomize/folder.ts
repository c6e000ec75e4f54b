import { Errno } from '../../world/errno.ts';
import { Directory } from '../../world/files/inode.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import { goErrno } from '../files.ts';
import { KustomizeError } from './errors.ts';

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** A folder with a kustomization and what it may read. kustomize: api/internal/loader/fileloader.go */
export class Folder {
  private constructor(
    private readonly process: Process,
    /** Absolute, without links. */
    readonly root: string,
    private readonly referrers: readonly string[],
    /** Files may only lie below the folder. */
    private readonly restricted: boolean,
  ) {}

  /** Raises KustomizeError. */
  static open(process: Process, path: string, restricted = true): Folder {
    if (/^(https?|git|ssh):|^git@|^github\.com\//.test(path))
      throw new KustomizeError(`kubetutor does not model kustomizations of other machines (${path})`);
    return new Folder(process, directoryAt(process, joinPath(process.cwd, path), path), [], restricted);
  }

  /** A folder that this one names. Raises KustomizeError. */
  below(path: string): Folder {
    if (path.startsWith('/')) throw new KustomizeError(`new root '${path}' cannot be absolute`);
    if (/^https?:\/\//.test(path))
      throw new KustomizeError(`kubetutor does not model kustomizations of other machines (${path})`);
    const absolute = joinPath(this.root, path);
    const root = directoryAt(this.process, absolute, absolute);
    const chain = [...this.referrers, this.root];
    if (chain.includes(root) || this.root.startsWith(`${root}/`))
      throw new KustomizeError(`cycle detected: candidate root '${root}' contains visited root '${this.root}'`);
    return new Folder(this.process, root, chain, this.restricted);
  }

  /** A file's text. Raises KustomizeError. */
  text(path: string): string {
    return this.guard(path, (absolute) => this.process.machine.files.readText(absolute, this.process.credentials));
  }

  bytes(path: string): Uint8Array {
    return this.guard(path, (absolute) => this.process.machine.files.readFile(absolute, this.process.credentials));
  }

  private guard<T>(path: string, read: (absolute: string) => T): T {
    const { files } = this.process.machine;
    const absolute = joinPath(this.root, path);
    const found = files.tryStat(absolute, this.process.credentials);
    if (!found) throw new KustomizeError(missing(this.process, absolute, absolute));
    if (found instanceof Directory) throw new KustomizeError(`'${absolute}' must resolve to a file`);
    const real = files.realPath(absolute, this.process.credentials);
    if (this.restricted && !real.startsWith(this.root === '/' ? '/' : `${this.root}/`))
      throw new KustomizeError(`security; file '${real}' is not in or below '${this.root}'`);
    try {
      return read(real);
    } catch (error) {
      if (error instanceof Errno) throw new KustomizeError(goErrno('open', real, error));
      throw error;
    }
  }

  /** The text of the kustomization. Raises KustomizeError. */
  kustomization(): { readonly text: string; readonly name: string } {
    const { files } = this.process.machine;
    const found = FILE_NAMES.filter((name) => files.tryStat(`${this.root}/${name}`)?.kind === 'file');
    const [name, ...others] = found;
    if (name === undefined)
      throw new KustomizeError(
        `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${this.root}'`,
      );
    if (others.length > 0) throw new KustomizeError(`Found multiple kustomization files under: ${this.root}\n`);
    return { text: this.text(name), name };
  }
}

/** The folder's real path. kustomize: api/internal/loader/fileloader.go, kyaml/filesys ConfirmDir */
function directoryAt(process: Process, absolute: string, given: string): string {
  const { files } = process.machine;
  const found = files.tryStat(absolute, process.credentials);
  if (!found)
    throw new KustomizeError(`must build at directory: not a valid directory: ${missing(process, absolute, given)}`);
  if (!(found instanceof Directory))
    throw new KustomizeError(`must build at directory: '${given}': file is not directory`);
  return files.realPath(absolute, process.credentials);
}

/** Says which part of a path is the first that is not there. */
function missing(process: Process, absolute: string, given: string): string {
  const parts = absolute.split('/');
  const until = (count: number) => parts.slice(0, count).join('/');
  let count = 2;
  while (count < parts.length && process.machine.files.exists(until(count), process.credentials)) count++;
  return `evalsymlink failure on '${given}' : lstat ${until(count)}: no such file or directory`;
}

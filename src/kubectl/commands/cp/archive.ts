import { finishArchive, padded, tarHeader } from '../../../shell/utilities/tar-format.ts';
import { EMPTY } from '../../../world/bytes.ts';
import { Directory, type Inode, RegularFile, Symlink } from '../../../world/files/inode.ts';
import type { Process } from '../../../world/process.ts';

/** A tar archive of a file or folder, named `name` in it. Folders are stored only where they are empty. kubernetes: kubectl/pkg/cmd/cp/cp.go recursiveTar */
export function archiveOf(process: Process, path: string, name: string): Uint8Array {
  const { files } = process.machine;
  const parts: Uint8Array[] = [];
  const add = (absolute: string, stored: string): void => {
    const inode = files.lstat(absolute, process.credentials);
    if (inode instanceof Directory) {
      const children = files.readDirectory(absolute, process.credentials).sort();
      for (const child of children) add(`${absolute}/${child}`, `${stored}/${child}`);
      if (children.length > 0) return;
    }
    parts.push(headerOf(inode, stored), inode instanceof RegularFile ? padded(inode.content) : EMPTY);
  };
  add(path, name);
  return finishArchive(parts);
}

function headerOf(inode: Inode, name: string): Uint8Array {
  return tarHeader({
    name,
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    mtime: inode.mtime,
    type: inode instanceof Directory ? '5' : inode instanceof Symlink ? '2' : '0',
    target: inode instanceof Symlink ? inode.target : '',
    owner: '',
    size: inode instanceof RegularFile ? inode.content.length : 0,
  });
}

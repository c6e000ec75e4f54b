import { Device, Directory, type Inode, RegularFile, Symlink } from '../../world/files/inode.ts';

const KIND_LETTERS = { file: '-', directory: 'd', symlink: 'l', device: 'c', fifo: 'p', socket: 's' } as const;

/** `-rw-r--r--` */
export function modeText(inode: Inode): string {
  return KIND_LETTERS[inode.kind] + permissionText(inode.mode);
}

export function permissionText(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, i) => (mode & (0o400 >> i) ? letter : '-'));
  const special = (bit: number, at: number, set: string) => {
    if (mode & bit) letters[at] = letters[at] === 'x' ? set : set.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  return letters.join('');
}

/** Names of a directory count: `.`, `..` and the subdirectories'. */
export function linkCount(inode: Inode): number {
  if (!(inode instanceof Directory)) return inode.links;
  let count = 2;
  for (const child of inode.entries.values()) if (child instanceof Directory) count++;
  return count;
}

/** KiB on disk, in blocks of 4 KiB. */
export function diskUsage(inode: Inode): number {
  if (inode instanceof Symlink || inode instanceof Device) return 0;
  return Math.ceil(inode.size / 4096) * 4;
}

/** `ls -F`. */
export function indicator(inode: Inode): string {
  if (inode.kind === 'directory') return '/';
  if (inode.kind === 'symlink') return '@';
  if (inode.kind === 'fifo') return '|';
  if (inode.kind === 'socket') return '=';
  return inode.kind === 'file' && inode.mode & 0o111 ? '*' : '';
}

/** dircolors' defaults. */
export function colourOf(inode: Inode, name: string, target: Inode | undefined): string | undefined {
  if (inode instanceof Symlink) return target ? '01;36' : '40;31;01';
  if (inode instanceof Directory) {
    if (inode.mode & 0o1000) return inode.mode & 0o002 ? '30;42' : '37;44';
    return inode.mode & 0o002 ? '34;42' : '01;34';
  }
  if (inode.kind === 'fifo') return '40;33';
  if (inode.kind === 'socket') return '01;35';
  if (inode.kind === 'device') return '40;33;01';
  if (inode.mode & 0o4000) return '37;41';
  if (inode.mode & 0o2000) return '30;43';
  if (inode instanceof RegularFile && inode.mode & 0o111) return '01;32';
  if (/\.(tar|tgz|gz|bz2|xz|zip|zst|deb|rpm|jar|7z)$/.test(name)) return '01;31';
  return /\.(jpg|jpeg|png|gif|svg|bmp)$/.test(name) ? '01;35' : undefined;
}

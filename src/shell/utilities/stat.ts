import { Errno } from '../../world/errno.ts';
import { Device, type Inode, Symlink } from '../../world/files/inode.ts';
import { unescapeEcho } from './echo.ts';
import { inodeNumber } from './ls.ts';
import { diskUsage, linkCount, modeText } from './ls-format.ts';
import { Usage } from './options.ts';
import { quoteShell } from './quote.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { groupName, userName } from './users.ts';
import { utility } from './utility.ts';

const STANDARD = `  File: %N
  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld\tInode: %-11i Links: %h
Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: %w
`;

export const stat = utility({
  name: 'stat',
  usage: '[OPTION]... FILE...',
  about: 'Display file or file system status.',
  options: ['-L --dereference', '-f --file-system', '--cached=', '-c --format=', '--printf=', '-t --terse'],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    if (options.has('f')) {
      yield* tool.warn("kubetutor's stat does not model file systems (-f)");
      return 1;
    }
    const printf = options.get('printf');
    const given = options.get('c');
    const format = options.has('t')
      ? '%n %s %b %f %u %g 35 %i %h 0 0 %X %Y %Z %W %o\n'
      : printf !== undefined
        ? unescapeEcho(printf).text
        : given !== undefined
          ? `${given}\n`
          : STANDARD;
    for (const path of options.operands) {
      try {
        const inode = options.has('L') ? tool.stat(path) : tool.lstat(path);
        const text = format.replace(
          /%([-0#+ ']*)(\d*)(?:\.(\d+))?([HL]?[a-zA-Z%])/g,
          (whole, flags: string, width: string, precision: string | undefined, letter: string) => {
            const value = field(
              tool,
              path,
              inode,
              letter,
              given === undefined && printf === undefined && !options.has('t'),
            );
            if (value === undefined) return whole;
            const cut = precision === undefined ? value : value.slice(0, Number(precision));
            if (flags.includes('-')) return cut.padEnd(Number(width));
            return cut.padStart(Number(width), flags.includes('0') ? '0' : ' ');
          },
        );
        tool.put(text);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* tool.warn(
          tool.busybox ? `can't stat '${path}': ${error.text}` : `cannot statx ${quoteShell(path)}: ${error.text}`,
        );
      }
    }
    return tool.status;
  },
});

const KINDS = {
  directory: 'directory',
  symlink: 'symbolic link',
  device: 'character special file',
  fifo: 'fifo',
  socket: 'socket',
} as const;
const TYPE_BITS = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  device: 0o020000,
  fifo: 0o010000,
  socket: 0o140000,
} as const;

function field(tool: Tool, path: string, inode: Inode, letter: string, plain: boolean): string | undefined {
  const { machine } = tool.p;
  const time = () => formatTime('%F %T.%N %z', inode.mtime, zoneOf(tool.env('TZ')));
  switch (letter) {
    case '%':
      return '%';
    case 'n':
      return path;
    case 'N': {
      const quoted = plain ? path : quoteShell(path);
      return inode instanceof Symlink ? `${quoted} -> ${plain ? inode.target : quoteShell(inode.target)}` : quoted;
    }
    case 's':
      return String(inode.size);
    case 'b':
      return String(diskUsage(inode) * 2);
    case 'B':
      return '512';
    case 'o':
      return '4096';
    case 'F':
      return inode.kind === 'file' ? (inode.size === 0 ? 'regular empty file' : 'regular file') : KINDS[inode.kind];
    case 'd':
      return '2049';
    case 'D':
      return '801';
    case 'Hd':
      return '8';
    case 'Ld':
      return '1';
    case 'i':
      return String(inodeNumber(tool.path(path)));
    case 'h':
      return String(linkCount(inode));
    case 'a':
      return inode.mode.toString(8);
    case 'A':
      return modeText(inode);
    case 'f':
      return (TYPE_BITS[inode.kind] | inode.mode).toString(16);
    case 'u':
      return String(inode.uid);
    case 'U':
      return userName(machine, inode.uid);
    case 'g':
      return String(inode.gid);
    case 'G':
      return groupName(machine, inode.gid);
    case 't':
    case 'T':
      return inode instanceof Device ? (letter === 't' ? inode.major : inode.minor).toString(16) : '0';
    case 'm':
      return '/';
    case 'x':
    case 'y':
    case 'z':
    case 'w':
      return time();
    case 'X':
    case 'Y':
    case 'Z':
    case 'W':
      return String(Math.floor(inode.mtime / 1000));
    default:
      return undefined;
  }
}

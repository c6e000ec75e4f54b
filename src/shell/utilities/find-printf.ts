import { Symlink } from '../../world/files/inode.ts';
import { unescapeEcho } from './echo.ts';
import type { Visit } from './find-expression.ts';
import { diskUsage, linkCount, modeText } from './ls-format.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { lastName } from './tree.ts';
import { groupName, userName } from './users.ts';

const TYPES = { file: 'f', directory: 'd', symlink: 'l', device: 'c', fifo: 'p', socket: 's' } as const;

/** find -printf's directives. */
export function printfOf(format: string, tool: Tool): (visit: Visit) => string {
  const zone = zoneOf(tool.env('TZ'));
  const { machine } = tool.p;
  const text = unescapeEcho(format).text;
  return (visit) => {
    const { inode, path, start } = visit;
    const fraction = (ms: number) => `${formatTime('%S.%N', ms, zone)}0`;
    const value = (letter: string): string | undefined => {
      switch (letter) {
        case '%':
          return '%';
        case 'p':
          return path;
        case 'f':
          return lastName(path) || path;
        case 'h': {
          const slash = path.lastIndexOf('/');
          return slash < 0 ? '.' : path.slice(0, slash);
        }
        case 'P':
          return path.slice(start.length).replace(/^\//, '');
        case 'H':
          return start;
        case 'd':
          return String(visit.depth);
        case 's':
          return String(inode.size);
        case 'k':
          return String(diskUsage(inode));
        case 'b':
          return String(diskUsage(inode) * 2);
        case 'm':
          return inode.mode.toString(8);
        case 'M':
          return modeText(inode);
        case 'u':
          return userName(machine, inode.uid);
        case 'g':
          return groupName(machine, inode.gid);
        case 'U':
          return String(inode.uid);
        case 'G':
          return String(inode.gid);
        case 'n':
          return String(linkCount(inode));
        case 'y':
        case 'Y':
          return TYPES[inode.kind];
        case 'l':
          return inode instanceof Symlink ? inode.target : '';
        case 't':
        case 'a':
        case 'c':
          return `${formatTime('%a %b %e %H:%M:', inode.mtime, zone)}${fraction(inode.mtime)} ${formatTime('%Y', inode.mtime, zone)}`;
        default:
          return undefined;
      }
    };
    return text.replace(
      /%([-0]?)(\d*)(?:([TAC])(.)|([a-zA-Z%]))/g,
      (
        whole,
        flag: string,
        width: string,
        time: string | undefined,
        part: string | undefined,
        letter: string | undefined,
      ) => {
        const shown = time === undefined ? value(letter ?? '') : timePart(part ?? '', inode.mtime, zone, fraction);
        if (shown === undefined) return whole;
        return flag === '-' ? shown.padEnd(Number(width)) : shown.padStart(Number(width));
      },
    );
  };
}

function timePart(
  letter: string,
  ms: number,
  zone: ReturnType<typeof zoneOf>,
  fraction: (ms: number) => string,
): string {
  if (letter === '@') return `${Math.floor(ms / 1000)}.${formatTime('%N', ms, zone)}0`;
  if (letter === '+') return `${formatTime('%Y-%m-%d+%H:%M:', ms, zone)}${fraction(ms)}`;
  if (letter === 'T' || letter === 'X') return `${formatTime('%H:%M:', ms, zone)}${fraction(ms)}`;
  if (letter === 'S') return fraction(ms);
  return formatTime(`%${letter}`, ms, zone);
}

import type { Shell } from '../state/shell.ts';
import { BASH_VERSION } from '../state/special-variables.ts';
import { formatTime } from '../time-format.ts';
import { findUser } from '../users.ts';

/** The directory as prompts show it: `~` for home, cut by PROMPT_DIRTRIM. */
function shortDirectory(shell: Shell): string {
  const home = shell.variables.get('HOME') ?? '';
  const cwd = shell.variables.get('PWD') ?? shell.process.cwd;
  const short =
    home !== '' && home !== '/' && (cwd === home || cwd.startsWith(`${home}/`)) ? `~${cwd.slice(home.length)}` : cwd;
  const trim = Number(shell.variables.get('PROMPT_DIRTRIM') ?? 0);
  const names = short.split('/').filter((name) => name !== '');
  const tilde = short.startsWith('~');
  const count = names.length - (tilde ? 1 : 0);
  return trim > 0 && count > trim ? `${tilde ? '~/' : ''}.../${names.slice(-trim).join('/')}` : short;
}

/** Replaces the backslash escapes of a prompt. bash: parse.y decode_prompt_string */
export function promptText(shell: Shell, text: string): string {
  const { process } = shell;
  const { machine } = process;
  const host = shell.variables.get('HOSTNAME') ?? machine.hostname;
  const now = process.now;
  return text.replace(
    /\\(?:([0-7]{3})|D\{([^}]*)\}|([\s\S]))/g,
    (whole, octal?: string, format?: string, letter?: string) => {
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
      if (format !== undefined) return formatTime(now, format || '%X');
      switch (letter) {
        case 'u':
          return findUser(process, process.credentials.uid)?.name ?? 'I have no name!';
        case 'h':
          return host.split('.')[0] ?? host;
        case 'H':
          return host;
        case 'w':
          return shortDirectory(shell);
        case 'W': {
          const short = shortDirectory(shell);
          return short === '/' || short === '~' ? short : (short.split('/').at(-1) ?? short);
        }
        case '$':
          return process.credentials.uid === 0 ? '#' : '$';
        case 'n':
          return '\n';
        case 'r':
          return '\r';
        case 'a':
          return '\x07';
        case 'e':
          return '\x1b';
        case '[':
          return '\x01';
        case ']':
          return '\x02';
        case 's':
          return shell.name.split('/').at(-1)?.replace(/^-/, '') ?? shell.name;
        case 'v':
          return BASH_VERSION.slice(0, 3);
        case 'V':
          return BASH_VERSION.slice(0, 6);
        case 'j':
          return String(shell.jobs.jobs.length);
        case 'l':
          return process.tty?.name.split('/').at(-1) ?? 'tty';
        case '!':
        case '#':
          return String(shell.history.nextNumber);
        case 't':
          return formatTime(now, '%H:%M:%S');
        case 'T':
          return formatTime(now, '%I:%M:%S');
        case '@':
          return formatTime(now, '%I:%M %p');
        case 'A':
          return formatTime(now, '%H:%M');
        case 'd':
          return formatTime(now, '%a %b %d');
        case '\\':
          return '\\';
        default:
          return whole;
      }
    },
  );
}

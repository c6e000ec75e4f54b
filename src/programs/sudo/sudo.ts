import { bash } from '../../shell/index.ts';
import { become, failureStatus } from '../../shell/utilities/execute.ts';
import { groupsOf, type User, usersOf } from '../../shell/utilities/users.ts';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { cookedTermios } from '../../world/tty.ts';

const SECURE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin';
const USAGE = `usage: sudo -h | -K | -k | -V
usage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]
usage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user] [-u user] [command [arg ...]]
usage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory] [-g group] [-h host] [-p prompt] [-R directory] [-T timeout] [-u user] [VAR=value] [-i | -s] [command [arg ...]]
usage: sudo -e [-ABkNnS] [-r role] [-t type] [-C num] [-D directory] [-g group] [-h host] [-p prompt] [-R directory] [-T timeout] [-u user] file ...
`;

function takeIdentity(process: Process, user: User): void {
  const groups = groupsOf(process.machine).filter((group) => group.members.includes(user.name));
  process.credentials = { uid: user.uid, gid: user.gid, groups: [user.gid, ...groups.map((group) => group.gid)] };
}

/** Runs the shell of `user` in this process, as a login shell or with a command. */
function* runLoginShell(process: Process, command: readonly string[], home: string): Task<number> {
  process.argv = command.length === 0 ? ['-bash'] : ['-bash', '-c', command.join(' ')];
  process.cwd = home;
  process.env.set('PWD', home);
  return yield* bash.main(process);
}

/** sudo: members of the group sudo become anybody without a password. */
export const sudo: Program = {
  name: 'sudo',
  *main(process) {
    const args = process.argv.slice(1);
    const caller = usersOf(process.machine).find((user) => user.uid === process.credentials.uid);
    let wanted = 'root';
    let mode: 'command' | 'login' | 'shell' | 'list' | 'validate' = 'command';
    let keep = false;
    const assignments: [string, string][] = [];
    let at = 0;
    for (; at < args.length; at++) {
      const word = args[at] ?? '';
      const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
      if (assignment) {
        assignments.push([assignment[1] ?? '', assignment[2] ?? '']);
        continue;
      }
      if (!word.startsWith('-')) break;
      if (word === '--') {
        at++;
        break;
      }
      if (word === '-V' || word === '--version') {
        yield* process.print('Sudo version 1.9.15p5\n');
        return 0;
      }
      if (word === '--user' || word === '-u' || word === '-g' || word === '-p' || word === '-D') {
        const value = args[++at] ?? '';
        if (word === '-u' || word === '--user') wanted = value;
      } else if (word.startsWith('--user=')) wanted = word.slice(7);
      else if (word.startsWith('-u')) wanted = word.slice(2);
      else if (word === '--login') mode = 'login';
      else if (word === '--shell') mode = 'shell';
      else if (word.startsWith('--preserve-env')) keep = true;
      else
        for (const letter of word.slice(1)) {
          if (letter === 'i') mode = 'login';
          else if (letter === 's') mode = 'shell';
          else if (letter === 'l') mode = 'list';
          else if (letter === 'v') mode = 'validate';
          else if (letter === 'E') keep = true;
          else if (!'AbBHknNPSK'.includes(letter)) {
            yield* process.printError(`sudo: invalid option -- '${letter}'\n${USAGE}`);
            return 1;
          }
        }
    }
    const command = args.slice(at);
    if (mode === 'validate' || (command.length === 0 && args.some((word) => /^-[kK]$/.test(word)))) return 0;
    if (mode === 'command' && command.length === 0) {
      yield* process.printError(USAGE);
      return 1;
    }
    const target = usersOf(process.machine).find((user) => user.name === wanted || `#${user.uid}` === wanted);
    if (!target) {
      yield* process.printError(`sudo: unknown user ${wanted}\nsudo: error initializing audit plugin sudoers_audit\n`);
      return 1;
    }
    const name = caller?.name ?? String(process.credentials.uid);
    const member = groupsOf(process.machine).some((group) => group.name === 'sudo' && group.members.includes(name));
    if (process.credentials.uid !== 0 && !member) {
      yield* process.printError(`${name} is not in the sudoers file.\n`);
      return 1;
    }
    if (mode === 'list') {
      yield* process.print(
        `User ${name} may run the following commands on ${process.machine.hostname}:\n    (ALL : ALL) NOPASSWD: ALL\n`,
      );
      return 0;
    }
    const before = process.env;
    const env = new Map<string, string>(keep ? before : []);
    for (const key of ['TERM', 'LANG', 'LC_ALL', 'COLORTERM', 'DISPLAY', 'PWD']) {
      const value = before.get(key);
      if (value !== undefined) env.set(key, value);
    }
    env.set('PATH', SECURE_PATH).set('HOME', target.home).set('USER', target.name).set('LOGNAME', target.name);
    env.set('SHELL', target.shell).set('SUDO_USER', name).set('SUDO_UID', String(process.credentials.uid));
    env.set('SUDO_GID', String(process.credentials.gid));
    for (const [key, value] of assignments) env.set(key, value);
    process.env = env;
    takeIdentity(process, target);
    if (mode === 'login') return yield* runLoginShell(process, command, target.home);
    const words = mode === 'shell' ? [target.shell, ...(command.length > 0 ? ['-c', command.join(' ')] : [])] : command;
    env.set('SUDO_COMMAND', words.join(' '));
    try {
      return yield* become(process, words);
    } catch (error) {
      if (!(error instanceof Errno) || process.argv === words) throw error;
      yield* process.printError(
        error.code === 'ENOENT'
          ? `sudo: ${words[0]}: command not found\n`
          : `sudo: unable to execute ${words[0]}: ${error.text}\n`,
      );
      return error.code === 'ENOENT' ? 1 : failureStatus(error);
    }
  },
};

/** su: root becomes anybody; others would need a password that nobody has. */
export const su: Program = {
  name: 'su',
  *main(process) {
    const args = process.argv.slice(1);
    const login = args.some((word) => word === '-' || word === '-l' || word === '--login');
    const commandAt = args.findIndex((word) => word === '-c' || word === '--command');
    const command = commandAt < 0 ? [] : [args[commandAt + 1] ?? ''];
    const name = args.find((word, i) => !word.startsWith('-') && (commandAt < 0 || i !== commandAt + 1)) ?? 'root';
    const target = usersOf(process.machine).find((user) => user.name === name);
    if (!target) {
      yield* process.printError(
        `su: user ${name} does not exist or the user entry does not contain all the required fields\n`,
      );
      return 1;
    }
    if (process.credentials.uid !== 0) {
      const tty = process.hasFile(0) ? process.file(0).tty : undefined;
      yield* process.printError('Password: ');
      const before = tty?.termios;
      if (tty) tty.termios = { ...cookedTermios(), echo: false };
      try {
        if (process.hasFile(0)) yield* process.read(0);
      } finally {
        if (tty && before) tty.termios = before;
      }
      yield* process.printError('\nsu: Authentication failure\n');
      return 1;
    }
    takeIdentity(process, target);
    process.env = new Map(
      login
        ? [
            ['TERM', process.env.get('TERM') ?? 'dumb'],
            ['LANG', 'C.UTF-8'],
          ]
        : process.env,
    );
    process.env.set('HOME', target.home).set('SHELL', target.shell);
    if (login || target.uid !== 0) process.env.set('USER', target.name).set('LOGNAME', target.name);
    if (login) {
      process.env.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
      return yield* runLoginShell(process, command, target.home);
    }
    process.argv = command.length === 0 ? ['bash'] : ['bash', '-c', ...command];
    return yield* bash.main(process);
  },
};

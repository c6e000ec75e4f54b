import type { Machine } from '../world/machine.ts';
import type { Credentials, Process } from '../world/process.ts';
import type { Tty } from '../world/tty.ts';
import { ash, bash, dash, sh } from './program.ts';
import { users } from './users.ts';

export interface LoginOptions {
  /** A name of the machine's /etc/passwd; root without it. */
  readonly user?: string;
  readonly env?: ReadonlyMap<string, string>;
  readonly cwd?: string;
  /** bash without it. */
  readonly shell?: 'bash' | 'sh' | 'ash' | 'dash';
  /** False for a shell that reads ~/.bashrc only, as `kubectl exec -it … -- bash` starts it. */
  readonly login?: boolean;
  readonly args?: readonly string[];
  readonly parent?: Process;
}

const PROGRAMS = { bash, sh, ash, dash };
const LOGIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts a shell on a terminal, in a session of its own: what login, ssh, `kubectl exec -it` and the TUI do. */
export function startLoginShell(machine: Machine, tty: Tty, options: LoginOptions = {}): Process {
  const name = options.shell ?? 'bash';
  const login = options.login ?? true;
  const file = machine.ttyFile(tty).retain();
  const user = options.user ?? 'root';
  const account = accountOf(machine, user);
  const credentials: Credentials = { uid: account.uid, gid: account.gid, groups: [account.gid] };
  const env = new Map([
    ['SHELL', account.shell],
    ['HOME', account.home],
    ['LOGNAME', user],
    ['USER', user],
    ['TERM', 'xterm-256color'],
    ['LANG', 'C.UTF-8'],
    ['PATH', LOGIN_PATH],
    ...(options.env ?? []),
  ]);
  const process = machine.spawn({
    argv: [login ? `-${name}` : name, ...(options.args ?? [])],
    main: PROGRAMS[name].main,
    env,
    cwd: options.cwd ?? account.home,
    credentials,
    session: { tty },
    files: new Map([
      [0, file],
      [1, file],
      [2, file],
    ]),
    ...(options.parent ? { parent: options.parent } : {}),
  });
  file.release();
  tty.foreground = process.group;
  return process;
}

function accountOf(machine: Machine, name: string): { uid: number; gid: number; home: string; shell: string } {
  const known = users({ machine }).find((user) => user.name === name);
  if (known) return known;
  return { uid: 0, gid: 0, home: machine.files.exists('/root') ? '/root' : '/', shell: '/bin/bash' };
}

import { bash, startLoginShell } from '../../shell/index.ts';
import type { Machine } from '../../world/machine.ts';
import { sourceAddress } from '../../world/network/network.ts';
import type { OpenFile } from '../../world/open-file.ts';
import { type Process, shellStatus } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { anyOf, Channel, type Task, wait } from '../../world/task.ts';
import { rawTermios, type Tty } from '../../world/tty.ts';
import { resolveHost } from '../net/resolve.ts';
import { RelayedFile } from './relayed-file.ts';

/** What OpenSSH ends with for faults of its own. */
const SSH_FAILURE = 255;
/** Key exchange and log-in, ms. */
const HANDSHAKE = 120;
/** Linux gives up on a connection after this, ms. */
const CONNECT_TIMEOUT = 130_000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]
           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]
           [-e escape_char] [-F configfile] [-I pkcs11] [-i identity_file]
           [-J destination] [-L address] [-l login_name] [-m mac_spec]
           [-O ctl_cmd] [-o option] [-P tag] [-p port] [-R address]
           [-S ctl_path] [-W host:port] [-w local_tun[:remote_tun]]
           destination [command [argument ...]]
       ssh [-Q query_option]
`;

interface Request {
  readonly host: string;
  readonly user: string;
  readonly port: number;
  readonly command: string | undefined;
  readonly tty: 'never' | 'auto' | 'always';
  readonly connectTimeout: number;
}

function parse(args: readonly string[]): Request | string {
  let host: string | undefined;
  let user = 'root';
  let port = 22;
  let tty: Request['tty'] = 'auto';
  let connectTimeout = CONNECT_TIMEOUT;
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      if (host !== undefined) break;
      host = word;
      continue;
    }
    if (word === '--') {
      at++;
      break;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word.charAt(i);
      if ('BbcDEeFIiJLlmOoPpQRSWw'.includes(letter)) {
        const value = word.slice(i + 1) || args[++at];
        if (value === undefined) return `option requires an argument -- ${letter}\n${USAGE}`;
        if (letter === 'l') user = value;
        if (letter === 'p') port = Number(value);
        const timeout = /^ConnectTimeout[= ](\d+)$/i.exec(value);
        if (letter === 'o' && timeout) connectTimeout = Number(timeout[1]) * 1000;
        break;
      }
      if (letter === 't') tty = 'always';
      else if (letter === 'T') tty = 'never';
      else if (!'46AaCfGgKkMNnqsVvXxYy'.includes(letter)) return `unknown option -- ${letter}\n${USAGE}`;
    }
  }
  if (host === undefined) return USAGE;
  const plain = host.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const sign = plain.lastIndexOf('@');
  const rest = args.slice(at);
  return {
    host: plain.slice(sign + 1),
    user: sign > 0 ? plain.slice(0, sign) : user,
    port,
    command: rest.length === 0 ? undefined : rest.join(' '),
    tty,
    connectTimeout,
  };
}

/** ssh: to the nodes of the data centre, as root, with a key that they know. */
export const ssh: Program = {
  name: 'ssh',
  *main(process) {
    const args = process.argv.slice(1);
    if (args[0] === '-V') {
      yield* process.printError('OpenSSH_9.6p1 Ubuntu-3ubuntu13.13, OpenSSL 3.0.13 30 Jan 2024\n');
      return 0;
    }
    const request = parse(args);
    if (typeof request === 'string') {
      yield* process.printError(request);
      return SSH_FAILURE;
    }
    const machine = yield* reach(process, request);
    if (typeof machine === 'string') {
      yield* process.printError(machine);
      return SSH_FAILURE;
    }
    yield* process.sleep(HANDSHAKE);
    if (request.user !== 'root') {
      yield* process.printError(`${request.user}@${request.host}: Permission denied (publickey).\r\n`);
      return SSH_FAILURE;
    }
    const local = process.hasFile(0) ? process.file(0).tty : undefined;
    const wanted = request.tty === 'always' || (request.tty === 'auto' && request.command === undefined);
    if (wanted && local) return yield* onTerminal(process, machine, local, request);
    if (wanted && request.command === undefined)
      yield* process.printError('Pseudo-terminal will not be allocated because stdin is not a terminal.\r\n');
    return yield* onPipes(process, machine, request);
  },
};

/** The machine behind a name, or what OpenSSH says. */
function* reach(process: Process, { host, port, connectTimeout }: Request): Task<Machine | string> {
  const { world } = process.machine;
  const address = (yield* resolveHost(process, host)) ?? addressOf(world.machines.get(host));
  if (address === undefined) return `ssh: Could not resolve hostname ${host}: Name or service not known\r\n`;
  const verdict = world.network.route({ from: process.machine.network, protocol: 'tcp', address, port });
  if (verdict.kind === 'timeout') {
    yield* process.sleep(connectTimeout);
    return `ssh: connect to host ${host} port ${port}: Connection timed out\r\n`;
  }
  if (verdict.kind === 'unreachable') {
    yield* process.sleep(verdict.delay ?? 0);
    return `ssh: connect to host ${host} port ${port}: No route to host\r\n`;
  }
  if (verdict.kind === 'no-network') return `ssh: connect to host ${host} port ${port}: Network is unreachable\r\n`;
  if (verdict.kind === 'delivered' && port === 22) {
    for (const machine of world.machines.values())
      if (machine.network === verdict.namespace && machine.units.find('ssh')?.state === 'active') return machine;
  }
  return `ssh: connect to host ${host} port ${port}: Connection refused\r\n`;
}

function addressOf(machine: Machine | undefined): string | undefined {
  return machine && [...machine.network.addresses].find((address) => !address.startsWith('127.'));
}

function environment(process: Process, machine: Machine): Map<string, string> {
  const there = addressOf(machine) ?? '';
  const here = sourceAddress(process, there);
  return new Map([
    ['LANG', 'C.UTF-8'],
    ['PATH', PATH],
    ['SSH_CLIENT', `${here} 50022 22`],
    ['SSH_CONNECTION', `${here} 50022 ${there} 22`],
  ]);
}

function* onPipes(process: Process, machine: Machine, { command }: Request): Task<number> {
  const files = new Map<number, OpenFile>();
  for (const fd of [0, 1, 2]) if (process.hasFile(fd)) files.set(fd, new RelayedFile(process, process.file(fd)));
  const env = environment(process, machine);
  for (const [name, value] of [
    ['HOME', '/root'],
    ['LOGNAME', 'root'],
    ['PWD', '/root'],
    ['SHELL', '/bin/bash'],
    ['USER', 'root'],
  ] as const)
    env.set(name, value);
  const remote = machine.spawn({
    argv: command === undefined ? ['-bash'] : ['bash', '-c', command],
    main: bash.main,
    env,
    files,
    cwd: '/root',
    session: { tty: undefined },
  });
  try {
    return shellStatus(yield* process.waitFor(remote));
  } finally {
    if (!remote.ended) remote.signal('HUP');
  }
}

/** Relays keys and output between the terminal here and one of the other machine. */
function* onTerminal(process: Process, machine: Machine, local: Tty, request: Request): Task<number> {
  const tty = machine.openTty(local.columns, local.rows);
  const output = new Channel<Uint8Array>();
  tty.onOutput((bytes) => output.push(bytes.slice()));
  const { command, host } = request;
  const env = environment(process, machine);
  env.set('SSH_TTY', `/dev/${tty.name}`).set('TERM', process.env.get('TERM') ?? 'xterm-256color');
  if (command === undefined) {
    const { facts } = machine;
    yield* process.print(`Welcome to ${facts.get('os')} (GNU/Linux ${facts.get('kernel')} ${facts.get('arch')})\n\n`);
  }
  const remote = startLoginShell(machine, tty, {
    env,
    ...(command === undefined ? {} : { login: false, args: ['-c', command] }),
  });
  const before = local.termios;
  local.termios = rawTermios();
  process.onSignal('WINCH', { handle: () => tty.resize(local.columns, local.rows), interrupt: false });
  try {
    for (;;) {
      const shown = output.poll();
      if (shown) yield* process.write(1, shown);
      else if (remote.ended) break;
      else if (local.readable) {
        const typed = local.take(4096);
        tty.type(typed.length === 0 ? Uint8Array.of(4) : typed);
      } else yield* wait(anyOf(output.readable, remote.stateChange, local.typed));
    }
  } finally {
    local.termios = before;
    if (!remote.ended) tty.hangUp();
  }
  yield* process.printError(`Connection to ${host} closed.\n`);
  return shellStatus(remote.ended);
}

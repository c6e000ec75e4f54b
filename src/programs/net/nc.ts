import { startCommand } from '../../shell/utilities/execute.ts';
import { Fail } from '../../shell/utilities/fail.ts';
import { type Options, Usage } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { Errno } from '../../world/errno.ts';
import type { Connection } from '../../world/network/connection.ts';
import type { Listener } from '../../world/network/namespace.ts';
import { PORT_NAMES } from '../../world/network/port-names.ts';
import { Channel, type Task } from '../../world/task.ts';
import { udpClient, udpServer } from './nc-udp.ts';
import { relay } from './relay.ts';
import { isAddress, resolveHost } from './resolve.ts';

const CONNECT_TIMEOUT = 130_000;
/** `80` or `80-82`. */
function portsOf(text: string): number[] {
  const [, first = '', last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === '') return [];
  const ports: number[] = [];
  for (let port = Number(first); port <= Math.min(Number(last ?? first), Number(first) + 1000); port++)
    ports.push(port);
  return ports;
}

function* listen(tool: Tool, options: Options, port: number, refuse: string): Task<number> {
  const { p } = tool;
  const incoming = new Channel<Connection>();
  const listener: Listener = {
    protocol: 'tcp',
    address: '0.0.0.0',
    port,
    owner: p,
    accept: (connection) => incoming.push(connection),
  };
  if (!p.machine.network.listen(listener)) throw new Fail(refuse);
  const again = options.has('k') || options.count('l') > 1;
  const program = options.get('e');
  try {
    for (;;) {
      const connection = yield* incoming.next();
      if (!connection) return 0;
      if (!again) p.machine.network.close(listener);
      if (options.has('v'))
        yield* tool.complain(
          tool.busybox
            ? `connect to ${connection.localAddress}:${port} from ${connection.remoteAddress}:${connection.remotePort}\n`
            : `Connection received on ${connection.remoteAddress} ${connection.remotePort}\n`,
        );
      if (program !== undefined) yield* serveBy(tool, [program, ...options.operands], connection);
      else yield* relay(p, connection);
      if (!again) return 0;
    }
  } finally {
    p.machine.network.close(listener);
  }
}

/** `-e PROG`: the program has the connection as its standard streams. */
function* serveBy(tool: Tool, words: readonly string[], connection: Connection): Task {
  const files = new Map([
    [0, connection],
    [1, connection],
    [2, connection],
  ]);
  const child = startCommand(tool.p, words, files);
  connection.release();
  yield* tool.p.waitFor(child);
}

/** nc of busybox images. */
export const busyboxNc = utility({
  name: 'nc',
  usage: '[OPTIONS] HOST PORT  - connect\nnc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen',
  about:
    "\t-e PROG\tRun PROG after connect (must be last)\n\t-l\tListen mode, for inbound connects\n\t-lk\tWith -e, provides persistent server\n\t-p PORT\tLocal port\n\t-s ADDR\tLocal address\n\t-w SEC\tTimeout for connects and final net reads\n\t-i SEC\tDelay interval for lines sent\n\t-n\tDon't do DNS resolution\n\t-u\tUDP mode\n\t-b\tAllow broadcasts\n\t-v\tVerbose\n\t-o FILE\tHex dump traffic\n\t-z\tZero-I/O mode (scanning)",
  options: ['-e=', '-l', '-k', '-p=', '-s=', '-w=', '-i=', '-n', '-u', '-v', '-z', '-q=', '-o=', '-b'],
  inOrder: false,
  *run(tool, options) {
    const [name, portText] = options.operands;
    if (options.has('l')) {
      const port = Number(options.get('p') ?? name ?? '0');
      const refuse = 'bind: Address already in use';
      return yield* options.has('u') ? udpServer(tool, port, refuse) : listen(tool, options, port, refuse);
    }
    if (name === undefined || portText === undefined) throw new Usage('');
    const address = yield* resolveHost(tool.p, name);
    if (address === undefined) throw new Fail(`bad address '${name}'`);
    if (options.has('u')) return yield* udpClient(tool, options, address, Number(portText), name);
    let status = 0;
    for (const port of portsOf(portText)) {
      let connection: Connection;
      try {
        connection = yield* connect(tool, address, port, options);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        status = 1;
        const timed = error.code === 'ETIMEDOUT' && options.has('w') ? 'Connection timed out' : error.text;
        if (options.has('v')) yield* tool.complain(`nc: ${name} (${address}:${port}): ${timed}\n`);
        else if (!options.has('z'))
          yield* tool.complain(
            options.has('w') && error.code === 'ETIMEDOUT'
              ? 'nc: timed out\n'
              : `nc: can't connect to remote host (${address}): ${timed}\n`,
          );
        continue;
      }
      if (options.has('v')) yield* tool.complain(`${name} (${address}:${port}) open\n`);
      if (options.has('z')) {
        connection.release();
        continue;
      }
      const program = options.get('e');
      if (program !== undefined) yield* serveBy(tool, [program], connection);
      else yield* relay(tool.p, connection);
    }
    return status;
  },
});

function* connect(tool: Tool, address: string, port: number, options: Options): Task<Connection> {
  const limit = options.has('w') ? Number(options.get('w')) * 1000 : CONNECT_TIMEOUT;
  return (yield* tool.p.machine.world.network.connect(tool.p, address, port, limit)).retain();
}

/** nc of OpenBSD, as Debian and Ubuntu have it. */
export const openbsdNc = utility({
  name: 'nc',
  usage:
    '[-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]',
  about: 'arbitrary TCP and UDP connections and listens',
  usageText: () =>
    'usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]\n',
  options: ['-4', '-6', '-l', '-k', '-p=', '-w=', '-z', '-v', '-n', '-u', '-N', '-q=', '-C', '-d', '-i=', '-s=', '-e='],
  *run(tool, options) {
    const [name, portText] = options.operands;
    if (options.has('l')) {
      const port = Number(options.get('p') ?? portText ?? name ?? '0');
      if (options.has('v')) yield* tool.complain(`${options.has('u') ? 'Bound' : 'Listening'} on 0.0.0.0 ${port}\n`);
      if (options.has('u')) return yield* udpServer(tool, port, 'Address already in use');
      return yield* listen(tool, options, port, 'Address already in use');
    }
    if (name === undefined || portText === undefined) throw new Usage('');
    const address = yield* resolveHost(tool.p, name);
    if (address === undefined)
      throw new Fail(`getaddrinfo for host "${name}" port ${portText}: Name or service not known`);
    const ports = portsOf(portText);
    if (ports.length === 0) throw new Fail(`port number invalid: ${portText}`);
    if (options.has('u')) {
      const place = isAddress(name) ? name : `${name} (${address})`;
      return yield* udpClient(tool, options, address, ports[0] ?? 0, place);
    }
    let status = 1;
    for (const port of ports) {
      const place = isAddress(name) ? `${name}` : `${name} (${address})`;
      let connection: Connection;
      try {
        connection = yield* connect(tool, address, port, options);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (!options.has('v')) continue;
        yield* tool.complain(
          error.code === 'ETIMEDOUT' && options.has('w')
            ? `nc: connect to ${place} port ${port} (tcp) timed out: Operation now in progress\n`
            : `nc: connect to ${place} port ${port} (tcp) failed: ${error.text}\n`,
        );
        continue;
      }
      status = 0;
      if (options.has('v'))
        yield* tool.complain(`Connection to ${place} ${port} port [tcp/${PORT_NAMES[port] ?? '*'}] succeeded!\n`);
      if (options.has('z')) connection.release();
      else yield* relay(tool.p, connection);
    }
    return status;
  },
});

import { Fail } from '../../shell/utilities/fail.ts';
import { Usage } from '../../shell/utilities/options.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { decode, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { relay } from './relay.ts';
import { resolveHost } from './resolve.ts';

const toNetwork = (bytes: Uint8Array) => encode(decode(bytes).replace(/\r?\n/g, '\r\n'));

/** busybox: networking/telnet.c, without negotiation. */
export const busyboxTelnet = utility({
  name: 'telnet',
  usage: '[-a] [-l USER] HOST [PORT]',
  about: 'Connect to telnet server',
  options: ['-a', '-l='],
  *run(tool, options) {
    const [name, port = '23'] = options.operands;
    if (name === undefined) throw new Usage('');
    const address = yield* resolveHost(tool.p, name);
    if (address === undefined) throw new Fail(`bad address '${name}'`);
    try {
      const connection = yield* tool.p.machine.world.network.connect(tool.p, address, Number(port));
      connection.retain();
      tool.put(`Connected to ${name}\n`);
      yield* tool.flush();
      const ended = yield* relay(tool.p, connection, { outgoing: toNetwork, atEnd: 'stop' });
      if (ended === 'remote') tool.put('Connection closed by foreign host\r\n');
      return ended === 'remote' ? 1 : 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new Fail(`can't connect to remote host (${address}): ${error.text}`);
    }
  },
});

/** telnet of netkit, without negotiation. */
export const telnet = utility({
  name: 'telnet',
  usage: '[-4] [-6] [-8] [-E] [-L] [-a] [-d] [-e char] [-l user] [-n tracefile] [-b addr] [-r] [host-name [port]]',
  about: 'user interface to the TELNET protocol',
  options: ['-4', '-6', '-8', '-E', '-L', '-a', '-d', '-e=', '-l=', '-n=', '-b=', '-r'],
  *run(tool, options) {
    const [name, port = '23'] = options.operands;
    if (name === undefined) throw new Fail('kubetutor does not model the interactive mode of telnet');
    const address = yield* resolveHost(tool.p, name);
    if (address === undefined) {
      yield* tool.complain(`telnet: could not resolve ${name}/${port}: Name or service not known\n`);
      return 1;
    }
    tool.put(`Trying ${address}...\n`);
    yield* tool.flush();
    try {
      const connection = yield* tool.p.machine.world.network.connect(tool.p, address, Number(port));
      connection.retain();
      tool.put(`Connected to ${name}.\nEscape character is '^]'.\n`);
      yield* tool.flush();
      yield* relay(tool.p, connection, { outgoing: toNetwork, atEnd: 'stop' });
      yield* tool.complain('Connection closed by foreign host.\n');
      return 1;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new Fail(`Unable to connect to remote host: ${error.text}`);
    }
  },
});

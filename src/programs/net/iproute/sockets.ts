import type { NetworkNamespace } from '../../../world/network/namespace.ts';
import type { Process } from '../../../world/process.ts';

/** A socket as ss and netstat list it. */
export interface Socket {
  readonly protocol: 'tcp' | 'udp';
  readonly state: 'LISTEN' | 'UNCONN' | 'ESTAB';
  readonly sendQueue: number;
  readonly address: string;
  readonly port: number;
  readonly peerAddress: string | undefined;
  readonly peerPort: number | undefined;
  readonly owner: Process | undefined;
  /** Its place among the sockets of its owner. */
  readonly descriptor: number;
}

/** listen(2): what programs ask for; others take what the system allows. */
const BACKLOGS: Readonly<Record<string, number>> = {
  httpd: 511,
  nc: 1,
  nginx: 511,
  python3: 5,
  'redis-server': 511,
  sshd: 128,
};
const SOMAXCONN = 4096;

export function socketsOf(network: NetworkNamespace): Socket[] {
  const counts = new Map<Process | undefined, number>();
  const descriptor = (owner: Process | undefined) => {
    const next = (counts.get(owner) ?? 2) + 1;
    counts.set(owner, next);
    return next;
  };
  const listening = network.all.map((listener): Socket => {
    const { protocol, address, port, owner } = listener;
    const name = owner ? owner.comm : '';
    return {
      protocol,
      state: protocol === 'tcp' ? 'LISTEN' : 'UNCONN',
      sendQueue: protocol === 'tcp' ? (BACKLOGS[name] ?? SOMAXCONN) : 0,
      address,
      port,
      peerAddress: undefined,
      peerPort: undefined,
      owner,
      descriptor: descriptor(owner),
    };
  });
  const open = [...network.connections].map(
    (connection): Socket => ({
      protocol: 'tcp',
      state: 'ESTAB',
      sendQueue: 0,
      address: connection.localAddress,
      port: connection.localPort,
      peerAddress: connection.remoteAddress,
      peerPort: connection.remotePort,
      owner: connection.owner,
      descriptor: descriptor(connection.owner),
    }),
  );
  return [...listening, ...open];
}

/** Who owns a socket, as far as the asker may know: root sees all, others their own. */
export function visibleOwner(socket: Socket, asker: Process): Process | undefined {
  const { owner } = socket;
  const { uid } = asker.credentials;
  return owner && (uid === 0 || owner.credentials.uid === uid) ? owner : undefined;
}

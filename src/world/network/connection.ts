import { Errno } from '../errno.ts';
import { OpenFile } from '../open-file.ts';
import { PipeBuffer } from '../pipe.ts';
import type { Process } from '../process.ts';
import type { Task } from '../task.ts';
import type { NetworkNamespace } from './namespace.ts';

/** One end of a TCP connection, as an open file. */
export class Connection extends OpenFile {
  constructor(
    readonly localAddress: string,
    readonly localPort: number,
    readonly remoteAddress: string,
    readonly remotePort: number,
    private readonly incoming: PipeBuffer,
    private readonly outgoing: PipeBuffer,
    /** Whose socket it is; undefined for a server that did not say. */
    readonly owner: Process | undefined,
    private readonly namespace: NetworkNamespace,
  ) {
    super();
    namespace.connections.add(this);
  }

  override *read(_process: Process, max: number): Task<Uint8Array> {
    return yield* this.incoming.read(max);
  }

  /** Somebody looks on: told of what is written, and of the end. */
  watcher: { readonly data: (bytes: number) => void; readonly end: () => void } | undefined;

  override *write(_process: Process, bytes: Uint8Array): Task<void> {
    this.watcher?.data(bytes.length);
    yield* this.outgoing.write(bytes);
  }

  override readable(): boolean {
    return this.incoming.readable;
  }

  /** Wakes when bytes came or the other end closed. */
  get incomingChange() {
    return this.incoming.change;
  }

  /** Half-close: the other end reads the end of the stream. */
  shutdown(): void {
    this.outgoing.closeWriter();
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return 'socket:[0]';
  }

  protected override onClose(): void {
    this.watcher?.end();
    this.outgoing.closeWriter();
    this.incoming.closeReader();
    this.namespace.connections.delete(this);
  }
}

interface Ends {
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly namespace: NetworkNamespace;
  readonly owner: Process | undefined;
}

/** Both ends of a new connection, each with the addresses that it sees; neither is referred to yet. */
export function makeConnection(client: Ends, server: Ends): { client: Connection; server: Connection } {
  const toServer = new PipeBuffer();
  const toClient = new PipeBuffer();
  const end = (
    { local, localPort, remote, remotePort, owner, namespace }: Ends,
    incoming: PipeBuffer,
    outgoing: PipeBuffer,
  ) => new Connection(local, localPort, remote, remotePort, incoming, outgoing, owner, namespace);
  return { client: end(client, toClient, toServer), server: end(server, toServer, toClient) };
}

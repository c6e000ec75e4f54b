import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Client } from '../../cluster/api/client.ts';
import { type CorednsConfig, loops, readConfig } from '../../cluster/network/coredns/config.ts';
import { CorefileError, parsedText } from '../../cluster/network/coredns/corefile.ts';
import { answerQuery, type CorednsHost, CorednsServer } from '../../cluster/network/coredns/server.ts';
import { encode } from '../../world/bytes.ts';
import type { Connection } from '../../world/network/connection.ts';
import { decodeDns } from '../../world/network/dns-message.ts';
import { type HttpResponse, textResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { untilStopped } from '../control-plane.ts';
import { servePages } from './health.ts';

const VERSION = '1.14.2';
const GO_VERSION = 'go1.26.8';

/** CoreDNS: answers as its Corefile says while its process lives. coredns: coremain/run.go */
export function corednsProgram(client: Client): Program {
  return {
    name: 'coredns',
    *main(process) {
      const path = flagValue(process.argv, 'conf');
      const text = corefileText(process, path);
      yield* process.print('maxprocs: Leaving GOMAXPROCS=2: CPU quota undefined\n');
      let config: CorednsConfig;
      try {
        config = readConfig(text, path ?? 'Corefile', (file) => fileText(process, file));
      } catch (error) {
        if (!(error instanceof CorefileError)) throw error;
        yield* process.print(`${error.message}\n`);
        return 1;
      }
      const instance = new Instance(process, client, path ?? 'Corefile', text);
      for (const line of instance.start(config)) yield* process.print(`${line}\n`);
      const loop = instance.loop();
      if (loop !== undefined) {
        yield* process.print(`${loop}\n`);
        return 1;
      }
      try {
        const status = yield* untilStopped(process);
        yield* process.print('[INFO] SIGTERM: Shutting down servers then terminating\n');
        const lameduck = Math.max(0, ...config.servers.map((server) => server.lameduck));
        if (lameduck > 0) {
          yield* process.print(`[INFO] plugin/health: Going into lameduck mode for ${lameduck / 1000}s\n`);
          yield* process.sleep(lameduck);
        }
        return status;
      } finally {
        instance.stop();
      }
    },
  };
}

function flagValue(argv: readonly string[], name: string): string | undefined {
  const at = argv.findIndex((word) => word === `-${name}` || word === `--${name}`);
  return at < 0 ? undefined : argv[at + 1];
}

function fileText(process: Process, path: string): string | undefined {
  const { files } = process.machine;
  return files.tryStat(path) ? files.readText(path) : undefined;
}

/** Without a Corefile CoreDNS answers who is asking. */
function corefileText(process: Process, path: string | undefined): string {
  return fileText(process, path ?? '/Corefile') ?? '.:53 {\n    whoami\n    log\n}\n';
}

/** What runs between two loads of the Corefile. */
class Instance {
  private servers: CorednsServer[] = [];
  private config: CorednsConfig | undefined;
  private closes: (() => void)[] = [];
  private stopped = false;
  /** Lines that wait until the log is written. */
  private lines: string[] = [];

  constructor(
    private readonly process: Process,
    private readonly client: Client,
    private readonly path: string,
    private text: string,
  ) {}

  /** The lines of its start. */
  start(config: CorednsConfig): string[] {
    this.open(config);
    this.watch();
    return [
      ...config.warnings,
      ...config.servers.map(({ zone, port }) => `${zone}:${port}`),
      ...this.running(config),
      `CoreDNS-${VERSION}`,
      `linux/amd64, ${GO_VERSION}, `,
    ];
  }

  stop(): void {
    this.stopped = true;
    for (const close of this.closes.splice(0)) close();
  }

  /** What plugin/loop says when queries would come back. */
  loop(): string | undefined {
    const own = new Set(this.process.machine.network.addresses);
    const server = this.config?.servers.find((one) => one.plugins.has('loop') && loops(one, own));
    if (!server) return undefined;
    const { random } = this.process.machine.world;
    const label = () => `${1_000_000_000 + random.integer(2_000_000_000)}${random.integer(1_000_000_000)}`;
    return `[FATAL] plugin/loop: Loop (127.0.0.1:${32768 + random.integer(28000)} -> :${server.port}) detected for zone "${server.zone}", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${label()}.${label()}."`;
  }

  private running({ blocks, servers }: CorednsConfig): string[] {
    if (!servers.some((server) => server.plugins.has('reload'))) return [];
    const digest = bytesToHex(sha512(encode(parsedText(blocks, this.path))));
    return [`[INFO] plugin/reload: Running configuration SHA512 = ${digest}`];
  }

  private open(config: CorednsConfig): void {
    for (const close of this.closes.splice(0)) close();
    this.config = config;
    const { process } = this;
    const host = this.host();
    this.servers = config.servers.map((server) => new CorednsServer(server, host));
    for (const port of new Set(config.servers.map((server) => server.port))) this.listen(port);
    const first = <T>(pick: (server: CorednsConfig['servers'][number]) => T | undefined): T | undefined =>
      config.servers.map(pick).find((value) => value !== undefined);
    const page = (port: number | undefined, pages: Readonly<Record<string, () => HttpResponse>>) => {
      const close = port === undefined ? undefined : servePages(process, port, (path) => pages[path]?.());
      if (close) this.closes.push(close);
    };
    page(
      first((server) => server.healthPort),
      { '/health': () => textResponse(200, 'OK') },
    );
    page(
      first((server) => server.readyPort),
      { '/ready': () => textResponse(200, 'OK') },
    );
    page(
      first((server) => server.metricsPort),
      { '/metrics': () => textResponse(200, metrics(config)) },
    );
  }

  private host(): CorednsHost {
    const { process } = this;
    const { world, network } = process.machine;
    return {
      client: this.client,
      now: () => world.now,
      self: network.primaryAddress,
      below: (limit) => world.random.integer(limit),
      log: (line) => this.log(line),
      ask: (address, port, bytes) => {
        const reply = world.network.exchangeDatagram(network, address, port, bytes);
        if (!reply) return { problem: 'timeout', delay: 0 };
        const message = 'bytes' in reply ? decodeDns(reply.bytes) : undefined;
        return message ? { message, delay: reply.delay } : { problem: 'refused', delay: reply.delay };
      },
    };
  }

  private listen(port: number): void {
    const { process } = this;
    const { network } = process.machine;
    const shared = { address: '0.0.0.0', port, owner: process };
    const udp = {
      ...shared,
      protocol: 'udp' as const,
      datagram: (bytes: Uint8Array, from: string) => answerQuery(this.servers, port, bytes, from, 'udp'),
    };
    const tcp = {
      ...shared,
      protocol: 'tcp' as const,
      accept: (connection: Connection) => {
        process.spawn({
          argv: process.argv,
          files: new Map([[3, connection]]),
          main: (server) => this.serve(server, connection, port),
        });
        connection.release();
      },
    };
    for (const listener of [udp, tcp]) {
      network.listen(listener);
      this.closes.push(() => network.close(listener));
    }
  }

  /** Messages over TCP come with their length before them. RFC 1035 4.2.2 */
  private *serve(server: Process, connection: Connection, port: number): Task<number> {
    for (;;) {
      const bytes = yield* connection.read(server, 65_537);
      const length = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
      if (bytes.length < 2 || length === 0 || length > bytes.length - 2) return 0;
      const reply = answerQuery(this.servers, port, bytes.subarray(2, 2 + length), connection.remoteAddress, 'tcp');
      if (!reply) return 0;
      yield* server.sleep(reply.delay);
      const size = reply.bytes.length;
      yield* connection.write(server, Uint8Array.from([size >> 8, size & 255, ...reply.bytes]));
    }
  }

  /** Lines come while somebody else's packet is looked at: they are written in a moment. */
  private log(line: string): void {
    this.lines.push(line);
    if (this.lines.length > 1) return;
    const { process } = this;
    process.spawn({ argv: process.argv, main: (writer) => this.flush(writer) });
  }

  private *flush(writer: Process): Task<number> {
    const text = this.lines.splice(0).map((line) => `${line}\n`);
    yield* writer.print(text.join(''));
    return 0;
  }

  /** plugin/reload: looks at the Corefile now and then. coredns: plugin/reload/reload.go */
  private watch(): void {
    const { world } = this.process.machine;
    const interval = this.config?.servers.map((server) => server.reload).find((value) => value !== undefined);
    if (interval === undefined) return;
    world.loop.after(interval + world.random.integer(Math.max(1, interval / 2)), () => {
      if (this.stopped) return;
      this.reload();
      this.watch();
    });
  }

  private reload(): void {
    const text = fileText(this.process, this.path);
    if (text === undefined || text === this.text) return;
    this.text = text;
    this.log('[INFO] Reloading');
    try {
      const config = readConfig(text, this.path, (file) => fileText(this.process, file));
      this.open(config);
      for (const line of [...config.warnings, ...this.running(config), '[INFO] Reloading complete']) this.log(line);
    } catch (error) {
      if (!(error instanceof CorefileError)) throw error;
      this.log(`[ERROR] Restart failed: ${error.message}`);
      this.log(`[ERROR] plugin/reload: Corefile changed but reload failed: ${error.message}`);
    }
  }
}

const QUIET = new Set(['errors', 'log', 'reload', 'ready', 'health']);

function metrics({ servers }: CorednsConfig): string {
  const lines = [`coredns_build_info{goversion="${GO_VERSION}",revision="",version="${VERSION}"} 1`];
  for (const { zone, port, plugins } of servers)
    for (const name of [...plugins].filter((one) => !QUIET.has(one) || one === 'errors' || one === 'log').sort())
      lines.push(`coredns_plugin_enabled{name="${name}",server="dns://:${port}",view="",zone="${zone}"} 1`);
  return `${lines.join('\n')}\n`;
}

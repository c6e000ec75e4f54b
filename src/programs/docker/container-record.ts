import type { Image } from '../../cluster/node/images/catalog.ts';
import type { Container, Mount } from '../../cluster/node/runtime/container.ts';
import type { LogLine } from '../../cluster/node/runtime/log.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';
import type { Attachment } from './network.ts';
import type { PublishedPort } from './rules.ts';

/** A port as `-p` asks for it. */
export interface PortRequest {
  readonly hostAddress: string;
  /** 0: any that is free. */
  readonly hostPort: number;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

/** What `docker run` asks for. */
export interface ContainerPlan {
  readonly name: string;
  /** As it was given. */
  readonly imageName: string;
  readonly image: Image;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly hostname: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly user: number;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly autoRemove: boolean;
  readonly privileged: boolean;
  /** `default`, `host`, `none`, `container:ID`, or the name of a network. */
  readonly networkMode: string;
  readonly aliases: readonly string[];
  readonly ports: readonly PortRequest[];
  readonly mounts: readonly Mount[];
  readonly binds: readonly string[];
}

/** A container that the engine keeps, running or not. */
export class ContainerRecord {
  /** Networks it belongs to, whether it runs or not; its addresses while it runs. */
  readonly networks = new Map<string, Attachment | undefined>();
  published: PublishedPort[] = [];
  proxies: Process[] = [];
  sandbox: NetworkNamespace | undefined;
  /** The last run. */
  run: Container | undefined;
  /** Why the last start failed. */
  error = '';
  failure: number | undefined;
  name: string;
  /** What earlier runs have written. */
  private readonly earlier: LogLine[] = [];

  constructor(
    readonly id: string,
    readonly plan: ContainerPlan,
    readonly created: number,
  ) {
    this.name = plan.name;
  }

  get shortId(): string {
    return this.id.slice(0, 12);
  }

  get running(): boolean {
    return this.run?.running === true;
  }

  get state(): 'created' | 'running' | 'exited' {
    if (this.running) return 'running';
    return this.run?.startedAt ? 'exited' : 'created';
  }

  get exitCode(): number {
    return this.failure ?? this.run?.exitCode ?? 0;
  }

  get argv(): readonly string[] {
    const { entrypoint, command, image } = this.plan;
    const own = entrypoint ?? image.config.entrypoint ?? [];
    const fallback = entrypoint ? [] : (image.config.command ?? []);
    return [...own, ...(command.length > 0 ? command : fallback)];
  }

  /** Everything that it has written in all its runs. */
  get log(): readonly LogLine[] {
    return [...this.earlier, ...(this.run?.log.lines ?? [])];
  }

  /** A further run: its files and its log stay. */
  next(run: Container): void {
    this.earlier.push(...(this.run?.log.lines ?? []));
    this.run = run;
  }

  /** The first address it has. */
  get address(): string | undefined {
    for (const attachment of this.networks.values()) if (attachment) return attachment.address;
    return undefined;
  }
}

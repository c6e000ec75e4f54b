import { isLoopback } from '../../../world/network/address.ts';
import { CorefileError, type Directive, parseCorefile, type ServerBlock } from './corefile.ts';

// What the plugins read from the Corefile, and what they say of lines that they cannot read. coredns: plugin/*/setup.go

/** Plugins in the order in which a query meets them. coredns: plugin.cfg */
const PLUGINS =
  'metadata geoip cancel tls timeouts multisocket reload nsid bufsize root bind debug trace ready health pprof prometheus errors log dnstap local dns64 acl any chaos loadbalance tsig cache rewrite header dnssec autopath minimal template transfer hosts route53 azure clouddns k8s_external kubernetes file auto secondary etcd loop forward grpc erratic whoami on sign view import'.split(
    ' ',
  );

/** Plugins whose answers would be others; what the rest does is read, or cannot be seen. */
const NOT_MODELLED = new Set(
  'geoip tls root dns64 acl chaos tsig dnssec autopath transfer route53 azure clouddns k8s_external file auto secondary etcd grpc erratic whoami sign view'.split(
    ' ',
  ),
);

/** Plugins that are read and do what they say here; the others are accepted and do nothing. */
export type PodsMode = 'disabled' | 'insecure' | 'verified';

export interface KubernetesConfig {
  readonly zones: readonly string[];
  readonly pods: PodsMode;
  /** Seconds. */
  readonly ttl: number;
  /** Zones in which a name that is not there goes on to the next plugin; all with ''. */
  readonly fallthrough: readonly string[];
}

export interface ForwardConfig {
  /** The names it is for. */
  readonly from: string;
  /** Addresses, with ports. */
  readonly to: readonly { readonly address: string; readonly port: number }[];
  readonly except: readonly string[];
}

export interface HostsConfig {
  readonly zones: readonly string[];
  readonly entries: readonly { readonly address: string; readonly names: readonly string[] }[];
  readonly ttl: number;
  readonly fallthrough: readonly string[] | undefined;
}

export interface RewriteRule {
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'substring' | 'regex';
  readonly from: string;
  readonly to: string;
  /** The answer gets the name that was asked for. */
  readonly answer: boolean;
}

export interface TemplateConfig {
  readonly type: string;
  readonly zones: readonly string[];
  readonly match: readonly RegExp[];
  readonly answers: readonly string[];
  readonly code: string | undefined;
  readonly fallthrough: boolean;
}

export interface CacheConfig {
  /** Seconds, at most. */
  readonly success: number;
  readonly denial: number;
  readonly noSuccess: readonly string[];
  readonly noDenial: readonly string[];
}

export interface ServerConfig {
  readonly zone: string;
  readonly port: number;
  readonly plugins: ReadonlySet<string>;
  readonly kubernetes: KubernetesConfig | undefined;
  readonly forwards: readonly ForwardConfig[];
  readonly hosts: HostsConfig | undefined;
  readonly rewrites: readonly RewriteRule[];
  readonly templates: readonly TemplateConfig[];
  readonly cache: CacheConfig | undefined;
  readonly healthPort: number | undefined;
  /** It goes on answering for so long after it was told to stop, ms. */
  readonly lameduck: number;
  readonly readyPort: number | undefined;
  readonly metricsPort: number | undefined;
  /** ms between looks at the Corefile; undefined without plugin/reload. */
  readonly reload: number | undefined;
}

export interface CorednsConfig {
  readonly servers: readonly ServerConfig[];
  readonly blocks: readonly ServerBlock[];
  /** Lines for the log before it starts. */
  readonly warnings: readonly string[];
}

/** How the configuration reads other files; undefined for one that is not there. */
export type ReadFile = (path: string) => string | undefined;

/** Raises CorefileError with what CoreDNS prints. */
export function readConfig(text: string, path: string, readFile: ReadFile): CorednsConfig {
  const blocks = parseCorefile(text, path, new Set(PLUGINS));
  const seen = new Set<string>();
  const servers: ServerConfig[] = [];
  const warnings: string[] = [];
  const reader = new Reader(path, readFile, warnings);
  for (const block of blocks) {
    const keys = block.keys.map((key) => zoneOf(key));
    for (const { zone, port } of keys) {
      const id = `dns://${zone}:${port}`;
      if (seen.has(id)) throw new CorefileError(`cannot serve ${id} - it is already defined`);
      seen.add(id);
    }
    for (const key of keys) servers.push(reader.server(key, block));
  }
  return { servers, blocks, warnings };
}

function zoneOf(key: string): { zone: string; port: number } {
  const bare = key.replace(/^dns:\/\//, '');
  const found = /^(.*?)(?::(\d+))?$/.exec(bare);
  const port = Number(found?.[2] ?? 53);
  if (port > 65535) throw new CorefileError(`address ${port}: invalid port`);
  const name = found?.[1] ?? '';
  return { zone: name === '' || name === '.' ? '.' : `${name.replace(/\.$/, '').toLowerCase()}.`, port };
}

class Reader {
  constructor(
    private readonly path: string,
    private readonly readFile: ReadFile,
    private readonly warnings: string[],
  ) {}

  server({ zone, port }: { zone: string; port: number }, { directives }: ServerBlock): ServerConfig {
    // Plugins are set up in their own order, so the first of them that is wrong decides.
    const ordered = [...directives].sort((a, b) => PLUGINS.indexOf(a.name) - PLUGINS.indexOf(b.name));
    const found = new Map<string, unknown>();
    const all = <T>(name: string, read: (directive: Directive) => T): T[] =>
      ordered.filter((directive) => directive.name === name).map(read);
    const reads: { readonly [name: string]: (directive: Directive) => unknown } = {
      reload: (one) => this.reload(one),
      ready: (one) => this.port(one, 8181),
      health: (one) => this.health(one),
      prometheus: (one) => this.port(one, 9153),
      loadbalance: (one) => this.loadbalance(one),
    };
    for (const directive of ordered) {
      const read = reads[directive.name];
      if (read) found.set(directive.name, read(directive));
      // What is wrong with one of these must be said in its turn.
      else if (directive.name === 'cache') found.set('cache', this.cache(directive));
      else if (directive.name === 'rewrite') this.rewrite(directive);
      else if (directive.name === 'hosts') found.set('hosts', this.hosts(directive));
      else if (directive.name === 'kubernetes') found.set('kubernetes', this.kubernetes(directive, zone));
      else if (directive.name === 'forward') this.forward(directive);
      else if (directive.name === 'template') this.template(directive, zone);
      else if (NOT_MODELLED.has(directive.name))
        this.warnings.push(`[WARNING] plugin/${directive.name}: kubetutor does not model this plugin`);
    }
    const number = (name: string) => {
      const value = found.get(name);
      return typeof value === 'number' ? value : undefined;
    };
    const last = <T>(list: readonly T[]): T | undefined => list.at(-1);
    return {
      zone,
      port,
      plugins: new Set(directives.map(({ name }) => name)),
      kubernetes: last(all('kubernetes', (one) => this.kubernetes(one, zone))),
      forwards: all('forward', (one) => this.forward(one)),
      hosts: last(all('hosts', (one) => this.hosts(one, true))),
      rewrites: all('rewrite', (one) => this.rewrite(one)).flatMap((rule) => (rule ? [rule] : [])),
      templates: all('template', (one) => this.template(one, zone)),
      cache: last(all('cache', (one) => this.cache(one))),
      healthPort: number('health'),
      lameduck: Math.max(0, ...all('health', lameduckOf)),
      readyPort: number('ready'),
      metricsPort: number('prometheus'),
      reload: number('reload'),
    };
  }

  private fail(plugin: string, text: string): CorefileError {
    return new CorefileError(`plugin/${plugin}: ${text}`);
  }

  private wrong(plugin: string, line: number, text: string): CorefileError {
    return this.fail(plugin, `${this.path}:${line} - Error during parsing: ${text}`);
  }

  private argument(plugin: string, line: number, after: string): CorefileError {
    return this.wrong(plugin, line, `Wrong argument count or unexpected line ending after '${after}'`);
  }

  private port({ name, args, line }: Directive, fallback: number): number {
    if (args.length > 1) throw this.argument(name, line, args.at(-1) ?? '');
    const [address] = args;
    if (address === undefined) return fallback;
    const port = /:(\d+)$/.exec(address)?.[1];
    if (port === undefined) throw this.fail(name, `address ${address}: missing port in address`);
    return Number(port);
  }

  private health(directive: Directive): number {
    const port = this.port(directive, 8080);
    for (const { words, line } of directive.block) {
      if (words[0] !== 'lameduck') throw this.argument('health', line, words[0] ?? '');
      if (words.length !== 2) throw this.argument('health', line, words.at(-1) ?? '');
      if (duration(words[1] ?? '') === undefined)
        throw this.fail('health', `invalid lameduck duration ${words[1]}: ${durationError(words[1] ?? '')}`);
    }
    return port;
  }

  private reload({ args, line }: Directive): number {
    const [interval, jitter] = args;
    if (args.length > 2) throw this.argument('reload', line, args.at(-1) ?? '');
    for (const text of [interval, jitter])
      if (text !== undefined && duration(text) === undefined) throw this.fail('reload', durationError(text));
    return duration(interval ?? '30s') ?? 30_000;
  }

  private loadbalance({ args }: Directive): string {
    const [policy = 'round_robin'] = args;
    if (policy !== 'round_robin' && policy !== 'weighted') throw this.fail('loadbalance', `unknown policy: ${policy}`);
    return policy;
  }

  private cache({ args, block, line: start }: Directive): CacheConfig {
    const ttl = /^\d+$/.test(args[0] ?? '') ? Number(args[0]) : undefined;
    if (args[0] !== undefined && ttl === 0) throw this.fail('cache', `cache TTL can not be zero or negative: ${ttl}`);
    let success = ttl ?? 3600;
    let denial = ttl ?? 1800;
    const off: Record<'success' | 'denial', string[]> = { success: [], denial: [] };
    for (const { words, line } of block) {
      const [word = '', ...rest] = words;
      if (word === 'disable') {
        const kind = rest[0];
        if (kind !== 'success' && kind !== 'denial')
          throw this.fail('cache', `cache type for disable must be "success" or "denial"`);
        off[kind].push(...(rest.length > 1 ? rest.slice(1).map((zone) => zone.replace(/\.$/, '')) : ['']));
      } else if (word === 'success' || word === 'denial') {
        if (rest.length === 0) throw this.argument('cache', line, word);
        if (word === 'success') success = Number(rest[1] ?? success);
        else denial = Number(rest[1] ?? denial);
      } else if (!['prefetch', 'serve_stale', 'servfail', 'keepttl'].includes(word))
        throw this.argument('cache', line, word);
    }
    if (!Number.isFinite(success + denial)) throw this.argument('cache', start, 'cache');
    return { success, denial, noSuccess: off.success, noDenial: off.denial };
  }

  private hosts({ args, block }: Directive, quiet = false): HostsConfig {
    const [first, ...zones] = args;
    const entries: { address: string; names: string[] }[] = [];
    if (first?.startsWith('/')) {
      const text = this.readFile(first);
      if (text === undefined && !quiet) this.warnings.push(`[WARNING] plugin/hosts: File does not exist: ${first}`);
      for (const row of (text ?? '').split('\n')) {
        const [address, ...names] = row.replace(/#.*/, '').trim().split(/\s+/);
        if (address && names.length > 0) entries.push({ address, names });
      }
    }
    let ttl = 3600;
    let through: string[] | undefined;
    for (const { words } of block) {
      const [word = '', ...rest] = words;
      if (word === 'fallthrough') through = rest.map((zone) => zone.replace(/\.$/, ''));
      else if (word === 'ttl') {
        ttl = Number(rest[0]);
        if (!(ttl > 0 && ttl < 65536)) throw this.fail('hosts', `ttl provided is invalid`);
      } else if (word !== 'no_reverse' && word !== 'reload' && /^[\d.]+$|:/.test(word))
        entries.push({ address: word, names: rest });
    }
    return { zones: (first?.startsWith('/') ? zones : args).map(bare), entries, ttl, fallthrough: through };
  }

  private rewrite({ args, block }: Directive): RewriteRule | undefined {
    const words = args[0] === 'continue' || args[0] === 'stop' ? args.slice(1) : [...args];
    if (words.length === 0 && block.length === 0) throw this.fail('rewrite', 'no rule type specified for rewrite');
    const [type = '', ...rest] = words;
    if (!['name', 'class', 'type', 'edns0', 'ttl', 'cname', 'rcode'].includes(type))
      throw this.fail('rewrite', `invalid rule type "${type}"`);
    if (type !== 'name') return undefined;
    const kind = KINDS.find((one) => one === rest[0]);
    const [from, to, ...options] = kind ? rest.slice(1) : rest;
    if (from === undefined || to === undefined) throw this.fail('rewrite', `too few arguments for a name rule`);
    const answer = !kind || kind === 'exact' || options.includes('answer');
    if (kind === 'regex' && !goPattern(from))
      throw this.fail('rewrite', `invalid regex pattern in a name rule: ${from}`);
    const clean = kind === 'regex' ? from : bare(from);
    return { kind: kind ?? 'exact', from: clean, to: bare(to), answer };
  }

  private template({ args, block }: Directive, zone: string): TemplateConfig {
    const [, type = 'ANY', ...zones] = args;
    const rows = (name: string) => block.filter(({ words }) => words[0] === name);
    return {
      type: type.toUpperCase(),
      zones: (zones.length > 0 ? zones : [zone]).map(bare),
      match: rows('match').flatMap(({ words, line }) =>
        words.slice(1).map((text) => {
          const pattern = goPattern(text, 'i');
          if (!pattern) throw this.wrong('template', line, `could not parse regex: ${text}, error parsing regexp`);
          return pattern;
        }),
      ),
      answers: rows('answer').flatMap(({ words }) => words.slice(1)),
      code: rows('rcode')[0]?.words[1],
      fallthrough: rows('fallthrough').length > 0,
    };
  }

  private kubernetes({ args, block }: Directive, zone: string): KubernetesConfig {
    let pods: PodsMode = 'disabled';
    let ttl = 5;
    let through: string[] | undefined;
    for (const { words, line } of block) {
      const [word = '', ...rest] = words;
      if (word === 'pods') {
        const mode = MODES.find((one) => one === rest[0]);
        if (rest.length !== 1) throw this.argument('kubernetes', line, rest.at(-1) ?? word);
        if (!mode)
          throw this.fail(
            'kubernetes',
            `wrong value for pods: ${rest[0]},  must be one of: disabled, verified, insecure`,
          );
        pods = mode;
      } else if (word === 'ttl') {
        ttl = Number(rest[0]);
        if (rest[0] === undefined) throw this.argument('kubernetes', line, word);
        if (!(ttl >= 0 && ttl <= 3600))
          throw this.wrong('kubernetes', line, `ttl must be in range [0, 3600]: ${rest[0]}`);
      } else if (word === 'fallthrough') through = rest.map(bare);
      else if (!KUBERNETES_OPTIONS.has(word)) throw this.wrong('kubernetes', line, `unknown property '${word}'`);
    }
    const zones = (args.length > 0 ? args : [zone]).map(bare);
    const whole = through?.length === 0 ? [''] : (through ?? []);
    return { zones, pods, ttl, fallthrough: whole };
  }

  private forward({ args, block, line: start }: Directive): ForwardConfig {
    const [from, ...targets] = args;
    if (from === undefined || targets.length === 0) throw this.argument('forward', start, from ?? 'forward');
    const except: string[] = [];
    for (const { words, line } of block) {
      const [word = '', ...rest] = words;
      if (word === 'except') except.push(...rest.map(bare));
      else if (!FORWARD_OPTIONS.has(word)) throw this.wrong('forward', line, `unknown property '${word}'`);
    }
    return { from: bare(from), to: targets.flatMap((target) => this.upstreams(target)), except };
  }

  private upstreams(target: string): { address: string; port: number }[] {
    const host = /^(?:(?:dns|tls):\/\/)?([^:]+)(?::(\d+))?$/.exec(target);
    if (host?.[1] && /^\d+\.\d+\.\d+\.\d+$/.test(host[1])) return [{ address: host[1], port: Number(host[2] ?? 53) }];
    const text = this.readFile(target);
    if (text === undefined) throw this.fail('forward', `not an IP address or file: "${target}"`);
    return [...text.matchAll(/^nameserver\s+(\S+)/gm)].map((match) => ({ address: match[1] ?? '', port: 53 }));
  }
}

/** A pattern as Go writes it; undefined for one that is none. */
export function goPattern(text: string, flags = ''): RegExp | undefined {
  const insensitive = text.startsWith('(?i)');
  const own = text.replace(/^\(\?[a-z]+\)/, '').replaceAll('(?P<', '(?<');
  try {
    return new RegExp(own, insensitive && !flags.includes('i') ? `${flags}i` : flags);
  } catch {
    return undefined;
  }
}

function lameduckOf({ block }: Directive): number {
  return duration(block.find(({ words }) => words[0] === 'lameduck')?.words[1] ?? '') ?? 0;
}

const MODES: readonly PodsMode[] = ['disabled', 'insecure', 'verified'];
const KINDS = ['exact', 'prefix', 'suffix', 'substring', 'regex'] as const;
const KUBERNETES_OPTIONS = new Set(
  'endpoint_pod_names kubeconfig namespaces namespace_labels labels noendpoints ignore tls endpoint apiserver_qps apiserver_burst apiserver_max_inflight multicluster startup_timeout'.split(
    ' ',
  ),
);
const FORWARD_OPTIONS = new Set(
  'max_fails health_check force_tcp prefer_udp tls tls_servername expire max_idle_conns policy max_concurrent next failfast_all_unhealthy_upstreams failover max_age max_connect_attempts doh_method'.split(
    ' ',
  ),
);

/** A zone or name without its final dot, in lower case; '' is everything. */
function bare(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** ms of `30s` or `1m30s`. */
function duration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number, unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    sum += Number(number) * (UNITS[unit] ?? 0);
  return sum;
}

function durationError(text: string): string {
  return /^\d+(\.\d+)?$/.test(text) ? `time: missing unit in duration "${text}"` : `time: invalid duration "${text}"`;
}

/** Whether a forward would send queries back to this server. */
export function loops(server: ServerConfig, own: ReadonlySet<string>): boolean {
  return server.forwards.some(({ to }) =>
    to.some(({ address, port }) => port === server.port && (own.has(address) || isLoopback(address))),
  );
}

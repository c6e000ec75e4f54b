import { ConfigError, type Directive } from './config.ts';
import { check, timeOf, UNMODELLED } from './directives.ts';
import { readScript, regexOf, type Step } from './script.ts';
import { apply, BASE, type Settings, withoutHandlers } from './settings.ts';

export interface Location {
  readonly modifier: '' | '=' | '~' | '~*' | '^~' | '@';
  readonly path: string;
  readonly pattern: RegExp | undefined;
  readonly settings: Settings;
  readonly script: readonly Step[];
}

export interface Listen {
  readonly address: string;
  readonly port: number;
  readonly defaultServer: boolean;
  readonly tls: boolean;
  readonly at: Directive | undefined;
}

export interface Server {
  readonly listens: readonly Listen[];
  readonly names: readonly string[];
  readonly settings: Settings;
  readonly script: readonly Step[];
  readonly locations: readonly Location[];
  /** Path of its certificate. */
  readonly certificate: string | undefined;
}

/** One server of an upstream, as it is written. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly backup: boolean;
  readonly down: boolean;
  readonly maxFails: number;
  /** ms */
  readonly failTimeout: number;
  readonly at: Directive;
}

export interface Upstream {
  readonly name: string;
  readonly peers: readonly Peer[];
  readonly method: 'round robin' | 'least_conn' | 'ip_hash' | 'hash';
  /** What `hash` goes by. */
  readonly key: string;
}

export interface VariableMap {
  readonly source: string;
  readonly fallback: string;
  readonly exact: ReadonlyMap<string, string>;
  readonly patterns: readonly (readonly [RegExp, string])[];
}

export interface HttpConfig {
  readonly servers: readonly Server[];
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly formats: ReadonlyMap<string, string>;
  readonly maps: ReadonlyMap<string, VariableMap>;
  /** Each proxy_pass to a fixed host that is no upstream. */
  readonly hosts: readonly { readonly host: string; readonly at: Directive }[];
  readonly errorLog: string;
  readonly warnings: readonly string[];
}

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

/** Checks directives and takes the http block apart. Raises ConfigError. */
export function readHttpConfig(main: readonly Directive[]): HttpConfig {
  check(main);
  if (!main.some(({ name }) => name === 'events')) throw new ConfigError('no "events" section in configuration');
  return new Reader(main).read();
}

class Reader {
  private readonly upstreams = new Map<string, Upstream>();
  private readonly formats = new Map<string, string>([['combined', COMBINED]]);
  private readonly maps = new Map<string, VariableMap>();
  private readonly servers: Server[] = [];
  private readonly hosts: { host: string; at: Directive }[] = [];
  private readonly warnings: string[] = [];

  constructor(private readonly main: readonly Directive[]) {}

  read(): HttpConfig {
    const errorLog = this.main.find(({ name }) => name === 'error_log')?.args[0] ?? BASE.errorLog;
    for (const http of this.main.filter(({ name }) => name === 'http')) {
      const block = http.block ?? [];
      for (const directive of block) this.readDefinition(directive);
      const settings = apply({ ...BASE, errorLog }, block);
      for (const directive of block)
        if (directive.name === 'server') this.servers.push(this.readServer(directive, settings));
    }
    this.checkListens();
    this.warnUnmodelled(this.main);
    const { servers, upstreams, formats, maps, hosts, warnings } = this;
    return { servers, upstreams, formats, maps, hosts, errorLog, warnings };
  }

  private readDefinition(directive: Directive): void {
    const { name, args, file, line } = directive;
    const [first = ''] = args;
    if (name === 'log_format')
      this.formats.set(
        first,
        args
          .slice(1)
          .filter((arg) => !arg.startsWith('escape='))
          .join(''),
      );
    if (name === 'map') this.maps.set((args[1] ?? '').replace(/^\$/, ''), readMap(directive));
    if (name !== 'upstream') return;
    if (this.upstreams.has(first)) throw new ConfigError(`duplicate upstream "${first}" in ${file}:${line}`);
    this.upstreams.set(first, readUpstream(directive));
  }

  private readServer(directive: Directive, inherited: Settings): Server {
    const block = directive.block ?? [];
    const settings = apply(inherited, block);
    const listens = block.filter(({ name }) => name === 'listen').map(readListen);
    const certificate = block.find(({ name }) => name === 'ssl_certificate')?.args[0];
    if (listens.some(({ tls }) => tls) && certificate === undefined) {
      const at = block.find(({ name, args }) => name === 'listen' && args.includes('ssl')) ?? directive;
      throw new ConfigError(
        `no "ssl_certificate" is defined for the "listen ... ssl" directive in ${at.file}:${at.line}`,
      );
    }
    this.checkBlock(block);
    return {
      listens:
        listens.length > 0
          ? listens
          : [{ address: '0.0.0.0', port: 80, defaultServer: false, tls: false, at: undefined }],
      names: block
        .filter(({ name }) => name === 'server_name')
        .flatMap(({ args }) => args.map((arg) => arg.toLowerCase())),
      settings,
      script: readScript(block),
      locations: this.locationsOf(block, settings, ''),
      certificate,
    };
  }

  private locationsOf(block: readonly Directive[], settings: Settings, outer: string): Location[] {
    const seen = new Set<string>();
    return block
      .filter(({ name }) => name === 'location')
      .flatMap((entry) => {
        const { file, line } = entry;
        const { modifier, path } = readLocationName(entry);
        const id = `${modifier === '^~' ? '' : modifier}${path}`;
        if (seen.has(id) && !modifier.startsWith('~'))
          throw new ConfigError(`duplicate location "${path}" in ${file}:${line}`);
        seen.add(id);
        if (outer !== '' && modifier !== '~' && modifier !== '~*' && !path.startsWith(outer))
          throw new ConfigError(`location "${path}" is outside location "${outer}" in ${file}:${line}`);
        const inner = entry.block ?? [];
        const pattern = modifier === '~' || modifier === '~*' ? regexOf(path, modifier === '~*', entry) : undefined;
        this.checkBlock(inner);
        this.checkProxyPass(inner, modifier);
        const own = apply(withoutHandlers(settings), inner);
        const location = { modifier, path, pattern, settings: own, script: readScript(inner) };
        return [location, ...this.locationsOf(inner, own, pattern ? '' : path)];
      });
  }

  private checkBlock(block: readonly Directive[]): void {
    for (const { name, args, file, line } of block) {
      const format = name === 'access_log' && args[0] !== 'off' ? args[1] : undefined;
      if (format !== undefined && !format.includes('=') && !this.formats.has(format))
        throw new ConfigError(`unknown log format "${format}" in ${file}:${line}`);
    }
  }

  private checkProxyPass(block: readonly Directive[], modifier: string, insideIf = false): void {
    for (const entry of block) {
      if (entry.name === 'if') this.checkProxyPass(entry.block ?? [], modifier, true);
      if (entry.name !== 'proxy_pass') continue;
      const { file, line } = entry;
      const [url = ''] = entry.args;
      if (url.includes('$')) continue;
      const match = /^https?:\/\/([^/:]*)(?::(\d+))?(\/.*)?$/.exec(url);
      if (!match) throw new ConfigError(`invalid URL prefix in ${file}:${line}`);
      const [, host = '', , uri] = match;
      if (host === '') throw new ConfigError(`no host in upstream "" in ${file}:${line}`);
      if (uri !== undefined && (/^[~@]/.test(modifier) || insideIf))
        throw new ConfigError(
          `"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block in ${file}:${line}`,
        );
      if (!this.upstreams.has(host)) this.hosts.push({ host, at: entry });
    }
  }

  private checkListens(): void {
    const names = new Set<string>();
    const defaults = new Set<string>();
    for (const server of this.servers) {
      for (const { address, port, defaultServer, at } of server.listens) {
        const place = `${address}:${port}`;
        if (defaultServer && defaults.has(place))
          throw new ConfigError(`a duplicate default server for ${place} in ${at?.file}:${at?.line}`);
        if (defaultServer) defaults.add(place);
        for (const name of server.names.length > 0 ? server.names : [''])
          if (names.has(`${place} ${name}`))
            this.warnings.push(`conflicting server name "${name}" on ${place}, ignored`);
          else names.add(`${place} ${name}`);
      }
    }
  }

  private warnUnmodelled(block: readonly Directive[]): void {
    for (const { name, file, line, block: inner } of block) {
      if (UNMODELLED.has(name))
        this.warnings.push(`kubetutor does not model the directive "${name}": it has no effect in ${file}:${line}`);
      if (inner) this.warnUnmodelled(inner);
    }
  }
}

function readLocationName({ args, file, line }: Directive): {
  readonly modifier: Location['modifier'];
  readonly path: string;
} {
  const [first = '/', second] = args;
  if (second === undefined)
    return first.startsWith('@') ? { modifier: '@', path: first } : { modifier: '', path: first };
  if (first === '=' || first === '~' || first === '~*' || first === '^~') return { modifier: first, path: second };
  throw new ConfigError(`invalid location modifier "${first}" in ${file}:${line}`);
}

const LISTEN_WORDS =
  /^(default_server|default|ssl|http2|quic|proxy_protocol|reuseport|deferred|bind|(backlog|rcvbuf|sndbuf|so_keepalive|ipv6only|fastopen|setfib|accept_filter)=.*)$/;

function readListen(at: Directive): Listen {
  const { args, file, line } = at;
  const [text = '80', ...rest] = args;
  const port = Number(/(?:^|:)(\d+)$/.exec(text)?.[1] ?? '80');
  const host = /^(.*):\d+$/.exec(text)?.[1] ?? (/^\d+$/.test(text) ? '' : text);
  if (host.startsWith('unix:') || port < 1 || port > 65535 || /[^\w.:[\]*-]/.test(text))
    throw new ConfigError(`invalid port in "${text}" of the "listen" directive in ${file}:${line}`);
  const strange = rest.find((word) => !LISTEN_WORDS.test(word));
  if (strange !== undefined) throw new ConfigError(`invalid parameter "${strange}" in ${file}:${line}`);
  return {
    address: host === '' || host === '*' || host === '[::]' ? '0.0.0.0' : host.replace(/^\[|\]$/g, ''),
    port,
    defaultServer: (rest.includes('default_server') || rest.includes('default')) && !host.startsWith('['),
    tls: rest.includes('ssl'),
    at,
  };
}

function readUpstream(directive: Directive): Upstream {
  const block = directive.block ?? [];
  const peers = block.filter(({ name }) => name === 'server').map(readPeer);
  if (peers.length === 0)
    throw new ConfigError(`no servers are inside upstream in ${directive.file}:${directive.line}`);
  const hash = block.find(({ name }) => name === 'hash');
  const method = hash ? 'hash' : block.find(({ name }) => name === 'ip_hash' || name === 'least_conn')?.name;
  return {
    name: directive.args[0] ?? '',
    peers,
    method: method === 'hash' || method === 'ip_hash' || method === 'least_conn' ? method : 'round robin',
    key: hash?.args[0] ?? '',
  };
}

function readPeer(at: Directive): Peer {
  const [text = '', ...rest] = at.args;
  const parameters = new Map(rest.map((word) => [word.split('=')[0] ?? '', word.split('=')[1] ?? '']));
  const strange = rest.find(
    (word) =>
      !/^(weight=\d+|max_fails=\d+|max_conns=\d+|fail_timeout=\d+\w*|backup|down|resolve|slow_start=\w+)$/.test(word),
  );
  if (strange !== undefined) throw new ConfigError(`invalid parameter "${strange}" in ${at.file}:${at.line}`);
  const [, host = text, port = '80'] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return {
    host,
    port: Number(port),
    weight: Number(parameters.get('weight') ?? 1),
    backup: parameters.has('backup'),
    down: parameters.has('down'),
    maxFails: Number(parameters.get('max_fails') ?? 1),
    failTimeout: timeOf(parameters.get('fail_timeout') ?? '10s'),
    at,
  };
}

function readMap(directive: Directive): VariableMap {
  const exact = new Map<string, string>();
  const patterns: [RegExp, string][] = [];
  let fallback = '';
  for (const entry of directive.block ?? []) {
    const [value = ''] = entry.args;
    if (entry.name === 'default') fallback = value;
    else if (entry.name.startsWith('~'))
      patterns.push([regexOf(entry.name.replace(/^~\*?/, ''), entry.name.startsWith('~*'), entry), value]);
    else exact.set(entry.name.replace(/^\\/, '').toLowerCase(), value);
  }
  return { source: directive.args[0] ?? '', fallback, exact, patterns };
}

/** The server for a request: by name, by wildcard, by pattern, else the port's default. */
export function chooseServer(config: HttpConfig, port: number, host: string): Server | undefined {
  const candidates = config.servers.filter(({ listens }) => listens.some((listen) => listen.port === port));
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const wildcard = (pattern: string) =>
    (pattern.startsWith('*.') && name.endsWith(pattern.slice(1))) ||
    (pattern.startsWith('.') && (name.endsWith(pattern) || name === pattern.slice(1))) ||
    (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));
  const byLength = candidates
    .flatMap((server) => server.names.filter(wildcard).map((pattern) => ({ server, length: pattern.length })))
    .sort((a, b) => b.length - a.length);
  return (
    candidates.find(({ names }) => names.includes(name)) ??
    byLength[0]?.server ??
    candidates.find(({ names }) =>
      names.some((pattern) => pattern.startsWith('~') && new RegExp(pattern.slice(1)).test(name)),
    ) ??
    candidates.find(({ listens }) => listens.some((listen) => listen.port === port && listen.defaultServer)) ??
    candidates[0]
  );
}

/** nginx's rules: exact, then the longest prefix unless a regular expression matches first. */
export function chooseLocation(
  server: Server,
  path: string,
): { readonly location: Location; readonly match: RegExpExecArray | undefined } | undefined {
  let best: Location | undefined;
  for (const location of server.locations) {
    const { modifier } = location;
    if (modifier === '=' && location.path === path) return { location, match: undefined };
    const longer = location.path.length >= (best?.path.length ?? -1);
    if ((modifier === '' || modifier === '^~') && path.startsWith(location.path) && longer) best = location;
  }
  if (best?.modifier === '^~') return { location: best, match: undefined };
  for (const location of server.locations) {
    const match = location.pattern?.exec(path);
    if (match) return { location, match };
  }
  return best && { location: best, match: undefined };
}

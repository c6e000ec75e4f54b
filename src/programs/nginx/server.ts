import { ConfigError, type Directive } from './config.ts';

export interface Location {
  readonly modifier: '' | '=' | '~' | '~*' | '^~';
  readonly path: string;
  readonly pattern: RegExp | undefined;
  readonly settings: Settings;
}

/** What server and location blocks set; a location inherits from its server. */
export interface Settings {
  root: string;
  alias: string | undefined;
  index: readonly string[];
  returns: { readonly code: number; readonly text: string } | undefined;
  proxyPass: string | undefined;
  headers: readonly (readonly [string, string, boolean])[];
  proxyHeaders: readonly (readonly [string, string])[];
  tryFiles: readonly string[] | undefined;
  autoindex: boolean;
  accessLog: string;
  errorLog: string;
  logFormat: string;
  defaultType: string;
  errorPages: ReadonlyMap<number, string>;
  rewrites: readonly { readonly pattern: RegExp; readonly to: string; readonly flag: string }[];
  allow: readonly (readonly ['allow' | 'deny', string])[];
}

export interface Server {
  readonly listens: readonly { readonly address: string; readonly port: number; readonly defaultServer: boolean }[];
  readonly names: readonly string[];
  readonly settings: Settings;
  readonly locations: readonly Location[];
}

export interface Upstream {
  readonly name: string;
  readonly servers: readonly string[];
}

export interface HttpConfig {
  readonly servers: readonly Server[];
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly formats: ReadonlyMap<string, string>;
}

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

/** Directives that are known, with the places where they may stand: m(ain) e(vents) h(ttp) s(erver) l(ocation) u(pstream) i(f). */
const KNOWN: Readonly<Record<string, string>> = {
  user: 'm',
  worker_processes: 'm',
  pid: 'm',
  error_log: 'mhsl',
  daemon: 'm',
  worker_rlimit_nofile: 'm',
  load_module: 'm',
  env: 'm',
  events: 'm',
  http: 'm',
  worker_connections: 'e',
  multi_accept: 'e',
  use: 'e',
  include: 'mehslu',
  server: 'hu',
  upstream: 'h',
  map: 'h',
  log_format: 'h',
  types: 'hsl',
  default_type: 'hsl',
  access_log: 'hsl',
  sendfile: 'hsl',
  tcp_nopush: 'hsl',
  tcp_nodelay: 'hsl',
  keepalive_timeout: 'hsl',
  gzip: 'hsl',
  gzip_types: 'hsl',
  gzip_min_length: 'hsl',
  gzip_vary: 'hsl',
  server_tokens: 'hsl',
  client_max_body_size: 'hsl',
  types_hash_max_size: 'hsl',
  server_names_hash_bucket_size: 'h',
  resolver: 'hsl',
  charset: 'hsl',
  etag: 'hsl',
  expires: 'hsl',
  listen: 's',
  server_name: 's',
  location: 'sl',
  root: 'hsli',
  alias: 'l',
  index: 'hsl',
  return: 'sli',
  rewrite: 'sli',
  if: 'sl',
  set: 'sli',
  try_files: 'sl',
  add_header: 'hsli',
  proxy_pass: 'li',
  proxy_set_header: 'hsl',
  proxy_http_version: 'hsl',
  proxy_read_timeout: 'hsl',
  proxy_connect_timeout: 'hsl',
  proxy_send_timeout: 'hsl',
  proxy_redirect: 'hsl',
  proxy_buffering: 'hsl',
  proxy_pass_request_headers: 'hsl',
  autoindex: 'hsl',
  error_page: 'hsl',
  deny: 'hsl',
  allow: 'hsl',
  stub_status: 'sl',
  ssl_certificate: 'hs',
  ssl_certificate_key: 'hs',
  ssl_protocols: 'hs',
  ssl_ciphers: 'hs',
  auth_basic: 'hsl',
  auth_basic_user_file: 'hsl',
  internal: 'l',
  limit_req: 'hsl',
  limit_req_zone: 'h',
  keepalive: 'u',
  least_conn: 'u',
  ip_hash: 'u',
  zone: 'u',
  internal_redirect: 'l',
  access_log_off: 'l',
  absolute_redirect: 'hsl',
  port_in_redirect: 'hsl',
  merge_slashes: 'hs',
  large_client_header_buffers: 'hs',
};
const NEEDS_BLOCK = new Set(['events', 'http', 'server', 'location', 'upstream', 'map', 'types', 'if']);

/** Checks directives and takes the http block apart. Raises ConfigError. */
export function readHttpConfig(main: readonly Directive[]): HttpConfig {
  check(main, 'm');
  if (!main.some((directive) => directive.name === 'events'))
    throw new ConfigError(`no "events" section in configuration`);
  const upstreams = new Map<string, Upstream>();
  const formats = new Map<string, string>([['combined', COMBINED]]);
  const servers: Server[] = [];
  const base: Settings = {
    root: '/etc/nginx/html',
    alias: undefined,
    index: ['index.html'],
    returns: undefined,
    proxyPass: undefined,
    headers: [],
    proxyHeaders: [],
    tryFiles: undefined,
    autoindex: false,
    accessLog: '/var/log/nginx/access.log',
    errorLog: '/var/log/nginx/error.log',
    logFormat: 'combined',
    defaultType: 'text/plain',
    errorPages: new Map(),
    rewrites: [],
    allow: [],
  };
  const mainLog = main.find((directive) => directive.name === 'error_log')?.args[0];
  if (mainLog) base.errorLog = mainLog;
  for (const http of main.filter((directive) => directive.name === 'http')) {
    const block = http.block ?? [];
    for (const directive of block) {
      if (directive.name === 'log_format')
        formats.set(
          directive.args[0] ?? '',
          directive.args
            .slice(1)
            .filter((arg) => !arg.startsWith('escape='))
            .join(''),
        );
      if (directive.name === 'upstream') {
        const name = directive.args[0] ?? '';
        upstreams.set(name, {
          name,
          servers: (directive.block ?? [])
            .filter((entry) => entry.name === 'server')
            .map((entry) => entry.args[0] ?? ''),
        });
      }
    }
    const settings = apply(base, block);
    for (const directive of block) if (directive.name === 'server') servers.push(readServer(directive, settings));
  }
  return { servers, upstreams, formats };
}

function check(directives: readonly Directive[], where: string): void {
  for (const directive of directives) {
    const { name, file, line, block, args } = directive;
    const places = KNOWN[name];
    if (places === undefined && (where === 'M' || where === 't')) continue;
    if (where === 't' || where === 'M') continue;
    if (places === undefined) throw new ConfigError(`unknown directive "${name}" in ${file}:${line}`);
    if (!places.includes(where)) throw new ConfigError(`"${name}" directive is not allowed here in ${file}:${line}`);
    if (NEEDS_BLOCK.has(name) && !block && !(name === 'server' && where === 'u'))
      throw new ConfigError(`directive "${name}" has no opening "{" in ${file}:${line}`);
    if (!NEEDS_BLOCK.has(name) && block)
      throw new ConfigError(`directive "${name}" is not terminated by ";" in ${file}:${line}`);
    if (
      ['listen', 'root', 'server_name', 'proxy_pass', 'return', 'location', 'index'].includes(name) &&
      args.length === 0
    ) {
      throw new ConfigError(`invalid number of arguments in "${name}" directive in ${file}:${line}`);
    }
    if (['root', 'proxy_pass', 'alias', 'sendfile', 'autoindex'].includes(name) && args.length !== 1) {
      throw new ConfigError(`invalid number of arguments in "${name}" directive in ${file}:${line}`);
    }
    if (!block) continue;
    const inner: Readonly<Record<string, string>> = {
      events: 'e',
      http: 'h',
      server: 's',
      location: 'l',
      upstream: 'u',
      if: 'i',
      types: 't',
      map: 'M',
    };
    check(block, inner[name] ?? where);
  }
}

function readServer(directive: Directive, inherited: Settings): Server {
  const block = directive.block ?? [];
  const settings = apply(inherited, block);
  const listens = block.filter((entry) => entry.name === 'listen').map(readListen);
  return {
    listens: listens.length > 0 ? listens : [{ address: '0.0.0.0', port: 80, defaultServer: false }],
    names: block.filter((entry) => entry.name === 'server_name').flatMap((entry) => entry.args),
    settings,
    locations: locationsOf(block, settings),
  };
}

function locationsOf(block: readonly Directive[], settings: Settings): Location[] {
  return block
    .filter((entry) => entry.name === 'location')
    .flatMap((entry) => {
      const [first = '/', second] = entry.args;
      const modifier = second === undefined ? '' : first;
      const path = second ?? first;
      if (modifier !== '' && modifier !== '=' && modifier !== '~' && modifier !== '~*' && modifier !== '^~') {
        throw new ConfigError(`invalid location modifier "${modifier}" in ${entry.file}:${entry.line}`);
      }
      const own = apply(
        { ...settings, returns: undefined, proxyPass: undefined, tryFiles: undefined, alias: undefined, rewrites: [] },
        entry.block ?? [],
      );
      const location = {
        modifier,
        path,
        pattern: modifier === '~' || modifier === '~*' ? regexOf(path, modifier === '~*', entry) : undefined,
        settings: own,
      } as const;
      return [location, ...locationsOf(entry.block ?? [], own)];
    });
}

function regexOf(text: string, ignoreCase: boolean, at: Directive): RegExp {
  try {
    return new RegExp(text, ignoreCase ? 'i' : '');
  } catch {
    throw new ConfigError(`pcre2_compile() failed: invalid pattern in "${text}" in ${at.file}:${at.line}`);
  }
}

function readListen(directive: Directive): Server['listens'][number] {
  const [text = '80', ...rest] = directive.args;
  const port = Number(/(?:^|:)(\d+)$/.exec(text)?.[1] ?? '80');
  const host = /^(.*):\d+$/.exec(text)?.[1] ?? (/^\d+$/.test(text) ? '' : text);
  if (host.startsWith('unix:') || !Number.isInteger(port) || port < 1 || port > 65535 || /[^\w.:[\]*-]/.test(text)) {
    throw new ConfigError(`invalid port in "${text}" of the "listen" directive in ${directive.file}:${directive.line}`);
  }
  const address = host === '' || host === '*' ? '0.0.0.0' : host.replace(/^\[|\]$/g, '');
  return { address, port, defaultServer: rest.includes('default_server') || rest.includes('default') };
}

function apply(inherited: Settings, block: readonly Directive[]): Settings {
  const settings: Settings = { ...inherited };
  const headers = block
    .filter((entry) => entry.name === 'add_header')
    .map((entry) => [entry.args[0] ?? '', entry.args[1] ?? '', entry.args.includes('always')] as const);
  if (headers.length > 0) settings.headers = headers;
  const proxyHeaders = block
    .filter((entry) => entry.name === 'proxy_set_header')
    .map((entry) => [entry.args[0] ?? '', entry.args[1] ?? ''] as const);
  if (proxyHeaders.length > 0) settings.proxyHeaders = proxyHeaders;
  const pages = new Map(inherited.errorPages);
  const allow = block
    .filter((entry) => entry.name === 'allow' || entry.name === 'deny')
    .map((entry) => [entry.name === 'allow' ? 'allow' : 'deny', entry.args[0] ?? 'all'] as const);
  if (allow.length > 0) settings.allow = allow;
  for (const entry of block) {
    const [first = '', second = ''] = entry.args;
    switch (entry.name) {
      case 'root':
        settings.root = first;
        break;
      case 'alias':
        settings.alias = first;
        break;
      case 'index':
        settings.index = entry.args;
        break;
      case 'return':
        settings.returns ??= /^\d+$/.test(first) ? { code: Number(first), text: second } : { code: 302, text: first };
        break;
      case 'proxy_pass':
        settings.proxyPass = first;
        break;
      case 'try_files':
        settings.tryFiles = entry.args;
        break;
      case 'autoindex':
        settings.autoindex = first === 'on';
        break;
      case 'access_log':
        settings.accessLog = first;
        if (second !== '') settings.logFormat = second;
        break;
      case 'error_log':
        settings.errorLog = first;
        break;
      case 'default_type':
        settings.defaultType = first;
        break;
      case 'error_page':
        for (const code of entry.args.slice(0, -1))
          if (/^\d+$/.test(code)) pages.set(Number(code), entry.args.at(-1) ?? '');
        break;
      case 'rewrite':
        settings.rewrites = [
          ...settings.rewrites,
          { pattern: regexOf(first, false, entry), to: second, flag: entry.args[2] ?? '' },
        ];
        break;
      default:
        break;
    }
  }
  settings.errorPages = pages;
  return settings;
}

/** The server for a request: by name, else the port's default. */
export function chooseServer(config: HttpConfig, port: number, host: string): Server | undefined {
  const candidates = config.servers.filter((server) => server.listens.some((listen) => listen.port === port));
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const wildcard = (pattern: string) =>
    (pattern.startsWith('*.') && name.endsWith(pattern.slice(1))) ||
    (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));
  const regex = (pattern: string) => pattern.startsWith('~') && new RegExp(pattern.slice(1)).test(name);
  return (
    candidates.find((server) => server.names.includes(name)) ??
    candidates.find((server) => server.names.some((pattern) => wildcard(pattern) || regex(pattern))) ??
    candidates.find((server) => server.listens.some((listen) => listen.port === port && listen.defaultServer)) ??
    candidates[0]
  );
}

/** nginx's rules: exact, then the longest prefix unless a regular expression matches first. */
export function chooseLocation(server: Server, path: string): Location | undefined {
  let best: Location | undefined;
  for (const location of server.locations) {
    if (location.modifier === '=' && location.path === path) return location;
    if (
      (location.modifier === '' || location.modifier === '^~') &&
      path.startsWith(location.path) &&
      location.path.length >= (best?.path.length ?? -1)
    )
      best = location;
  }
  if (best?.modifier === '^~') return best;
  return server.locations.find((location) => location.pattern?.test(path)) ?? best;
}

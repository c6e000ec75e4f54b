import { ConfigError, type Directive } from './config.ts';

/** Directives that are known, with the places where they may stand: m(ain) e(vents) h(ttp) s(erver) l(ocation) u(pstream) i(f). */
const KNOWN: Readonly<Record<string, string>> = {
  user: 'm', worker_processes: 'm', pid: 'm', error_log: 'mhsl', daemon: 'm', worker_rlimit_nofile: 'm', load_module: 'm',
  env: 'm', events: 'm', http: 'm', master_process: 'm', worker_connections: 'e', multi_accept: 'e', use: 'e',
  include: 'mehslu', server: 'hu', upstream: 'h', map: 'h', log_format: 'h', types: 'hsl', default_type: 'hsl',
  access_log: 'hsli', sendfile: 'hsli', tcp_nopush: 'hsl', tcp_nodelay: 'hsl', keepalive_timeout: 'hsl',
  keepalive_requests: 'hsl', gzip: 'hsli', gzip_types: 'hsl', gzip_min_length: 'hsl', gzip_vary: 'hsl', gzip_proxied: 'hsl',
  gzip_comp_level: 'hsl', gzip_disable: 'hsl', gzip_buffers: 'hsl', gzip_http_version: 'hsl', server_tokens: 'hsl',
  client_max_body_size: 'hsl', client_body_buffer_size: 'hsl', client_body_timeout: 'hsl', client_header_timeout: 'hs',
  client_body_temp_path: 'hsl', proxy_temp_path: 'hsl', fastcgi_temp_path: 'hsl', uwsgi_temp_path: 'hsl', scgi_temp_path: 'hsl',
  send_timeout: 'hsl', types_hash_max_size: 'hsl', types_hash_bucket_size: 'hsl', server_names_hash_bucket_size: 'h',
  server_names_hash_max_size: 'h', variables_hash_max_size: 'h', map_hash_bucket_size: 'h', resolver: 'hsl',
  resolver_timeout: 'hsl', charset: 'hsli', etag: 'hsl', expires: 'hsli', listen: 's', server_name: 's', location: 'sl',
  root: 'hsli', alias: 'l', index: 'hsl', return: 'sli', rewrite: 'sli', rewrite_log: 'hsli', break: 'sli', if: 'sl', set: 'sli',
  try_files: 'sl', add_header: 'hsli', proxy_pass: 'li', proxy_set_header: 'hsl', proxy_hide_header: 'hsl',
  proxy_pass_header: 'hsl', proxy_http_version: 'hsl', proxy_read_timeout: 'hsl', proxy_connect_timeout: 'hsl',
  proxy_send_timeout: 'hsl', proxy_redirect: 'hsl', proxy_buffering: 'hsl', proxy_buffers: 'hsl', proxy_buffer_size: 'hsl',
  proxy_busy_buffers_size: 'hsl', proxy_request_buffering: 'hsl', proxy_pass_request_headers: 'hsl',
  proxy_pass_request_body: 'hsl', proxy_next_upstream: 'hsl', proxy_next_upstream_tries: 'hsl', proxy_intercept_errors: 'hsl',
  proxy_ssl_verify: 'hsl', proxy_ssl_server_name: 'hsl', proxy_cache_bypass: 'hsl', proxy_cache: 'hsl', proxy_cache_path: 'h',
  proxy_cache_valid: 'hsl', proxy_no_cache: 'hsl', autoindex: 'hsl', autoindex_exact_size: 'hsl', autoindex_localtime: 'hsl',
  error_page: 'hsli', deny: 'hsl', allow: 'hsl', satisfy: 'hsl', stub_status: 'sl', ssl_certificate: 'hs',
  ssl_certificate_key: 'hs', ssl_protocols: 'hs', ssl_ciphers: 'hs', ssl_session_cache: 'hs', ssl_session_timeout: 'hs',
  ssl_prefer_server_ciphers: 'hs', ssl_session_tickets: 'hs', http2: 'hs', auth_basic: 'hsl', auth_basic_user_file: 'hsl',
  internal: 'l', limit_req: 'hsl', limit_req_zone: 'h', limit_conn: 'hsl', limit_conn_zone: 'h', limit_rate: 'hsli',
  keepalive: 'u', least_conn: 'u', ip_hash: 'u', hash: 'u', random: 'u', zone: 'u', absolute_redirect: 'hsl',
  port_in_redirect: 'hsl', server_name_in_redirect: 'hsl', merge_slashes: 'hs', large_client_header_buffers: 'hs',
  underscores_in_headers: 'hs', log_not_found: 'hsl', log_subrequest: 'hsl', real_ip_header: 'hsl', set_real_ip_from: 'hsl',
  open_file_cache: 'hsl', sub_filter: 'hsl', sub_filter_once: 'hsl', limit_except: 'l', fastcgi_pass: 'li', fastcgi_param: 'hsl',
  fastcgi_index: 'hsl', fastcgi_split_path_info: 'l', uwsgi_pass: 'li', grpc_pass: 'li', split_clients: 'h', geo: 'h',
  stream: 'm', auth_request: 'hsl', mirror: 'hsl', reset_timedout_connection: 'hsl', recursive_error_pages: 'hsl', msie_padding: 'hsl',
}; // biome-ignore format: a table

/** Directives that would change answers and do nothing here; nginx starts, and its log says so. */
export const UNMODELLED: ReadonlySet<string> = new Set([
  'stream',
  'limit_req', 'limit_conn', 'limit_rate', 'proxy_cache', 'sub_filter', 'fastcgi_pass', 'uwsgi_pass', 'grpc_pass',
  'split_clients', 'geo', 'auth_request', 'mirror', 'limit_except', 'real_ip_header', 'expires',
]); // biome-ignore format: a table

const BLOCKS: Readonly<Record<string, string>> = {
  events: 'e',
  http: 'h',
  server: 's',
  location: 'l',
  upstream: 'u',
  if: 'i',
  types: 't',
  stream: 't',
  map: 't',
  split_clients: 't',
  geo: 't',
  limit_except: 'l',
};

/** How many arguments some directives take: at least, at most. */
const ARGUMENTS: Readonly<Record<string, readonly [number, number]>> = {
  listen: [1, 20], root: [1, 1], alias: [1, 1], server_name: [1, 1000], proxy_pass: [1, 1], return: [1, 2], location: [1, 2],
  index: [1, 100], sendfile: [1, 1], autoindex: [1, 1], proxy_set_header: [2, 2], add_header: [2, 3], try_files: [2, 100],
  error_page: [2, 100], set: [2, 2], rewrite: [2, 3], break: [0, 0], include: [1, 1], resolver: [1, 20], allow: [1, 1],
  deny: [1, 1], upstream: [1, 1], map: [2, 2], internal: [0, 0], auth_basic: [1, 1], auth_basic_user_file: [1, 1],
  proxy_http_version: [1, 1], proxy_hide_header: [1, 1], default_type: [1, 1], ssl_certificate: [1, 1], ssl_certificate_key: [1, 1],
  client_max_body_size: [1, 1], proxy_connect_timeout: [1, 1], proxy_read_timeout: [1, 1], worker_connections: [1, 1],
  keepalive_timeout: [1, 2], access_log: [1, 10], error_log: [1, 2], log_format: [2, 100], server: [0, 20],
}; // biome-ignore format: a table
/** Directives that may stand once in a block. */
const ONCE = new Set(['root', 'alias', 'index', 'proxy_pass', 'autoindex', 'default_type', 'client_max_body_size', 'try_files', 'proxy_http_version', 'auth_basic', 'auth_basic_user_file', 'proxy_connect_timeout', 'proxy_read_timeout', 'sendfile', 'worker_connections']); // biome-ignore format: a table
const TIMES = new Set(['proxy_connect_timeout', 'proxy_read_timeout', 'proxy_send_timeout', 'resolver_timeout']);
const SIZES = new Set(['client_max_body_size', 'client_body_buffer_size']);
const FLAGS = new Set(['autoindex', 'sendfile', 'proxy_buffering', 'proxy_intercept_errors', 'gzip', 'tcp_nopush']);

/** Refuses what nginx refuses: unknown directives, wrong places, wrong arguments. Raises ConfigError. */
export function check(directives: readonly Directive[], where = 'm'): void {
  const seen = new Set<string>();
  for (const directive of directives) {
    if (where === 't') return;
    checkPlace(directive, where);
    checkArguments(directive, where);
    const { name, file, line, block } = directive;
    if (ONCE.has(name) && seen.has(name)) throw new ConfigError(`"${name}" directive is duplicate in ${file}:${line}`);
    seen.add(name);
    if (block) check(block, BLOCKS[name] ?? where);
  }
}

function checkPlace({ name, file, line, block }: Directive, where: string): void {
  const places = KNOWN[name];
  if (places === undefined) throw new ConfigError(`unknown directive "${name}" in ${file}:${line}`);
  if (!places.includes(where)) throw new ConfigError(`"${name}" directive is not allowed here in ${file}:${line}`);
  const needsBlock = name in BLOCKS && !(name === 'server' && where === 'u');
  if (needsBlock && !block) throw new ConfigError(`directive "${name}" has no opening "{" in ${file}:${line}`);
  if (!needsBlock && block) throw new ConfigError(`directive "${name}" is not terminated by ";" in ${file}:${line}`);
}

function checkArguments({ name, file, line, args }: Directive, where: string): void {
  const [least, most] = ARGUMENTS[name] ?? [0, 1000];
  const needed = name === 'server' && where === 'u' ? 1 : least;
  const allowed = name === 'server' && where !== 'u' ? 0 : most;
  if (args.length < needed || args.length > allowed)
    throw new ConfigError(`invalid number of arguments in "${name}" directive in ${file}:${line}`);
  const [first = ''] = args;
  if ((TIMES.has(name) && !/^(\d+(ms|s|m|h|d)?)+$/.test(first)) || (SIZES.has(name) && !/^\d+[kKmMgG]?$/.test(first)))
    throw new ConfigError(`"${name}" directive invalid value in ${file}:${line}`);
  if (FLAGS.has(name) && first !== 'on' && first !== 'off')
    throw new ConfigError(
      `invalid value "${first}" in "${name}" directive, it must be "on" or "off" in ${file}:${line}`,
    );
  if (name === 'proxy_http_version' && !['1.0', '1.1', '2'].includes(first))
    throw new ConfigError(`invalid value "${first}" in ${file}:${line}`);
  if ((name === 'allow' || name === 'deny') && !isClient(first))
    throw new ConfigError(`invalid parameter "${first}" in ${file}:${line}`);
}

function isClient(text: string): boolean {
  if (text === 'all' || text === 'unix:' || text.includes(':')) return true;
  const [address = '', bits = '32'] = text.split('/');
  const parts = address.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255) && Number(bits) <= 32;
}

/** `60`, `60s`, `1m 30s` without spaces → ms. */
export function timeOf(text: string): number {
  const units: Readonly<Record<string, number>> = { '': 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  let total = 0;
  for (const [, number = '0', unit = ''] of text.matchAll(/(\d+)(ms|[smhd])?/g))
    total += Number(number) * (units[unit] ?? 0);
  return total;
}

/** `8m` → bytes. */
export function sizeOf(text: string): number {
  const [, number = '0', unit = ''] = /^(\d+)([kKmMgG]?)$/.exec(text) ?? [];
  const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
  return Number(number) * (units[unit.toLowerCase()] ?? 1);
}

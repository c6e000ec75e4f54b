import { BoundedRegExp } from '../../shell/utilities/bounded-regex.ts';
import { ConfigError, type Directive, syntaxError } from './config.ts';
import type { Modules } from './modules.ts';

export interface ProxyRule {
  readonly path: string;
  /** `!` keeps the path for this server. */
  readonly to: string;
}

export interface Redirect {
  readonly status: number;
  readonly pattern: RegExp | undefined;
  readonly path: string;
  readonly to: string;
}

export interface Rewrite {
  readonly pattern: RegExp;
  readonly to: string;
  readonly flags: readonly string[];
}

/** What applies below a directory or a path. */
export interface Area {
  readonly path: string;
  readonly directives: readonly Directive[];
}

/** The main server or a virtual host, with what it inherits filled in. */
export interface Host {
  /** `*` or an address, and a port; empty for the main server. */
  readonly places: readonly { readonly address: string; readonly port: number | undefined }[];
  readonly name: string;
  readonly aliases: readonly string[];
  readonly documentRoot: string;
  readonly directoryIndex: readonly string[];
  readonly errorLog: string;
  readonly customLogs: readonly { readonly file: string; readonly format: string }[];
  readonly proxies: readonly ProxyRule[];
  readonly reverses: readonly ProxyRule[];
  readonly preserveHost: boolean;
  readonly aliasPaths: readonly ProxyRule[];
  readonly redirects: readonly Redirect[];
  readonly rewrites: readonly Rewrite[];
  readonly headers: readonly (readonly string[])[];
  readonly errorDocuments: ReadonlyMap<number, string>;
  readonly directories: readonly Area[];
  readonly locations: readonly Area[];
}

export interface ServerConfig {
  readonly ports: readonly number[];
  readonly main: Host;
  readonly hosts: readonly Host[];
  readonly formats: ReadonlyMap<string, string>;
  readonly modules: Modules;
  readonly serverName: string | undefined;
}

const COMMON = '%h %l %u %t "%r" %>s %b';

/** Raises ConfigError. */
export function readModel(directives: readonly Directive[], modules: Modules): ServerConfig {
  if (!modules.has('mpm')) throw new ConfigError('AH00534: httpd: Configuration error: No MPM loaded.\n');
  const named = (name: string) => directives.filter((one) => one.name.toLowerCase() === name);
  const formats = new Map<string, string>([['common', COMMON]]);
  for (const { args } of named('logformat')) if (args[1] !== undefined) formats.set(args[1], args[0] ?? '');
  const main = readHost(directives, undefined, []);
  return {
    ports: named('listen').map((one) => portOf(one)),
    main,
    hosts: named('virtualhost').map((one) => readHost(one.block ?? [], main, one.args)),
    formats,
    modules,
    serverName: named('servername')[0]?.args[0],
  };
}

function portOf(directive: Directive): number {
  const port = Number(/(?:^|:)(\d+)$/.exec(directive.args[0] ?? '')?.[1] ?? Number.NaN);
  if (!(port >= 1 && port <= 65535)) throw syntaxError(directive, 'Port must be specified');
  return port;
}

function readHost(block: readonly Directive[], main: Host | undefined, places: readonly string[]): Host {
  const named = (...names: string[]) => block.filter(({ name }) => names.includes(name.toLowerCase()));
  const last = (name: string) => named(name).at(-1)?.args;
  const rules = (name: string) => named(name).map(({ args }) => ({ path: args[0] ?? '/', to: args[1] ?? '' }));
  const logs = named('customlog', 'transferlog').map(({ args }) => ({
    file: args[0] ?? '',
    format: args[1] ?? 'common',
  }));
  const area = (name: string): Area[] =>
    named(name).map(({ args, block: inner }) => ({
      path: (args[0] ?? '/').replace(/(.)\/$/, '$1'),
      directives: inner ?? [],
    }));
  const rewriting = last('rewriteengine')?.[0]?.toLowerCase() === 'on';
  return {
    places: places.map(readPlace),
    name: (last('servername')?.[0] ?? main?.name ?? '')
      .replace(/^https?:\/\//, '')
      .replace(/:\d+$/, '')
      .toLowerCase(),
    aliases: named('serveralias').flatMap(({ args }) => args.map((arg) => arg.toLowerCase())),
    documentRoot: last('documentroot')?.[0] ?? main?.documentRoot ?? '/usr/local/apache2/htdocs',
    directoryIndex: last('directoryindex') ?? main?.directoryIndex ?? ['index.html'],
    errorLog: last('errorlog')?.[0] ?? main?.errorLog ?? 'logs/error_log',
    customLogs: logs.length > 0 ? logs : (main?.customLogs ?? []),
    proxies: [...rules('proxypass'), ...(main?.proxies ?? [])],
    reverses: [...rules('proxypassreverse'), ...(main?.reverses ?? [])],
    preserveHost: (last('proxypreservehost')?.[0]?.toLowerCase() ?? (main?.preserveHost ? 'on' : 'off')) === 'on',
    aliasPaths: [...rules('alias'), ...(main?.aliasPaths ?? [])],
    redirects: [
      ...named('redirect', 'redirectmatch', 'redirectpermanent', 'redirecttemp').map(readRedirect),
      ...(main?.redirects ?? []),
    ],
    rewrites: rewriting ? named('rewriterule').map(readRewrite) : [],
    headers: [...(main?.headers ?? []), ...named('header').map(({ args }) => args)],
    errorDocuments: new Map([
      ...(main?.errorDocuments ?? []),
      ...named('errordocument').map(({ args }) => [Number(args[0]), args[1] ?? ''] as const),
    ]),
    directories: [...(main?.directories ?? []), ...area('directory')].sort((a, b) => a.path.length - b.path.length),
    locations: [...(main?.locations ?? []), ...area('location')],
  };
}

function readPlace(text: string): Host['places'][number] {
  const [, address = '*', port] = /^(.*?)(?::(\d+|\*))?$/.exec(text) ?? [];
  return { address, port: port === undefined || port === '*' ? undefined : Number(port) };
}

const STATUSES: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303, gone: 410 };

function readRedirect(directive: Directive): Redirect {
  const name = directive.name.toLowerCase();
  const fixed = name === 'redirectpermanent' ? 301 : name === 'redirecttemp' ? 302 : undefined;
  const [first = ''] = directive.args;
  const given =
    fixed === undefined ? (STATUSES[first] ?? (/^\d{3}$/.test(first) ? Number(first) : undefined)) : undefined;
  const [path = '/', to = ''] = given === undefined ? directive.args : directive.args.slice(1);
  const pattern = name === 'redirectmatch' ? regexOf(path, directive) : undefined;
  return { status: fixed ?? given ?? 302, pattern, path, to };
}

function readRewrite(directive: Directive): Rewrite {
  const [pattern = '', to = '-', flags = ''] = directive.args;
  return {
    pattern: regexOf(pattern, directive),
    to,
    flags: flags
      .replace(/^\[|\]$/g, '')
      .split(',')
      .filter(Boolean),
  };
}

function regexOf(text: string, directive: Directive): RegExp {
  try {
    return new BoundedRegExp(text);
  } catch {
    throw syntaxError(directive, `${directive.name}: cannot compile regular expression '${text}'`);
  }
}

/** The host for a request: of those for the port by name, else the first of them, else the main server. */
export function chooseHost({ hosts, main }: ServerConfig, port: number, name: string): Host {
  const there = hosts.filter(({ places }) => places.some((place) => place.port === undefined || place.port === port));
  const fits = (pattern: string) => pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)));
  return there.find((host) => host.name === name || host.aliases.some(fits)) ?? there[0] ?? main;
}

import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { isAddress } from '../net/resolve.ts';
import { ConfigError, type Directive, parseConfig } from './config.ts';
import { isKnownVariable } from './exchange.ts';
import { lookupAll } from './lookup.ts';
import { type HttpConfig, readHttpConfig } from './model.ts';

/** A configuration that nginx runs with: host names are looked up once, when it is loaded. */
export interface Loaded {
  readonly config: HttpConfig;
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** Certificates of servers by their path, as PEM. */
  readonly certificates: ReadonlyMap<string, string>;
}

/** Reads a configuration with all that it includes. Raises ConfigError with what nginx says. */
export function* load(process: Process, file: string): Task<Loaded> {
  const directives = parseConfig(file, read(process, file), (pattern, from) => include(process, pattern, from));
  const config = readHttpConfig(directives);
  checkVariables(directives);
  const certificates = new Map<string, string>();
  for (const { certificate } of config.servers)
    if (certificate !== undefined && !certificate.includes('$'))
      certificates.set(certificate, readCertificate(process, certificate));
  return { config, addresses: yield* lookUpHosts(process, config), certificates };
}

function read(process: Process, path: string, from?: Directive): string {
  try {
    return process.machine.files.readText(path, process.credentials);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const where = from ? ` in ${from.file}:${from.line}` : '';
    throw new ConfigError(`open() "${path}" failed (${error.code === 'ENOENT' ? 2 : 13}: ${error.text})${where}`);
  }
}

function include(process: Process, pattern: string, from: Directive): { file: string; text: string }[] {
  const { files } = process.machine;
  const path = joinPath('/etc/nginx', pattern);
  if (!/[*?[]/.test(path)) return [{ file: path, text: read(process, path, from) }];
  const folder = path.slice(0, path.lastIndexOf('/'));
  const source = path
    .slice(folder.length + 1)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const matches = new RegExp(`^${source}$`);
  if (files.tryStat(folder)?.kind !== 'directory') return [];
  return files
    .readDirectory(folder)
    .filter((name) => matches.test(name) && !name.startsWith('.'))
    .map((name) => ({ file: `${folder}/${name}`, text: read(process, `${folder}/${name}`, from) }));
}

function readCertificate(process: Process, path: string): string {
  const full = joinPath('/etc/nginx', path);
  try {
    return process.machine.files.readText(full, process.credentials);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ConfigError(
      `cannot load certificate "${full}": BIO_new_file() failed (SSL: error:80000002:system library::${error.text}:calling fopen(${full}, r) error:10000080:BIO routines::no such file)`,
    );
  }
}

/** Directives whose arguments may hold variables. */
const EXPANDED = new Set([
  'return',
  'proxy_pass',
  'proxy_set_header',
  'add_header',
  'rewrite',
  'set',
  'if',
  'try_files',
  'log_format',
  'root',
  'alias',
  'proxy_redirect',
  'hash',
]);

function checkVariables(directives: readonly Directive[]): void {
  const declared = new Set<string>();
  const used: string[] = [];
  const walk = (block: readonly Directive[]) => {
    for (const { name, args, block: inner } of block) {
      if (name === 'set') declared.add((args[0] ?? '').slice(1));
      if (name === 'map' || name === 'geo' || name === 'split_clients') declared.add((args.at(-1) ?? '').slice(1));
      for (const word of [name, ...args])
        for (const [, group = ''] of word.matchAll(/\(\?P?<(\w+)>/g)) declared.add(group);
      const words =
        name === 'rewrite' ? args.slice(1) : name === 'if' ? args.map((word) => word.replace(/^\(/, '')) : args;
      if (EXPANDED.has(name))
        for (const word of words)
          for (const [, braced, bare] of word.matchAll(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g))
            used.push(braced ?? bare ?? '');
      if (inner) walk(inner);
    }
  };
  walk(directives);
  const unknown = used.find((name) => !isKnownVariable(name, declared));
  if (unknown !== undefined) throw new ConfigError(`unknown "${unknown}" variable`);
}

function* lookUpHosts(process: Process, config: HttpConfig): Task<ReadonlyMap<string, readonly string[]>> {
  const addresses = new Map<string, readonly string[]>();
  const wanted = [
    ...[...config.upstreams.values()].flatMap(({ peers }) =>
      peers.map(({ host, at }) => ({ host, shown: at.args[0] ?? host, at })),
    ),
    ...config.hosts.map(({ host, at }) => ({ host, shown: host, at })),
  ];
  for (const { host, shown, at } of wanted) {
    if (addresses.has(host) || isAddress(host)) continue;
    const found = yield* lookupAll(process, host);
    if (found.length === 0) throw new ConfigError(`host not found in upstream "${shown}" in ${at.file}:${at.line}`);
    addresses.set(host, found);
  }
  return addresses;
}

import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import { BAD_ARGUMENTS, type ClientOptions, EtcdError } from './client.ts';

export interface EtcdLine {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
}

/** Flags without a value, and those with one. */
const SWITCHES = new Set(
  'help debug hex insecure-discovery insecure-skip-tls-verify insecure-transport prefix keys-only print-value-only count-only from-key cluster prev-kv rev ignore-value ignore-lease skip-hash-check mark-compacted version'.split(
    ' ',
  ),
);
const VALUES = new Set(
  'cacert cert command-timeout dial-timeout discovery-srv discovery-srv-name endpoints keepalive-time keepalive-timeout key max-recv-bytes max-request-bytes password user write-out limit sort-by order consistency rev lease data-dir initial-advertise-peer-urls initial-cluster initial-cluster-token initial-memory-map-size name wal-dir bump-revision'.split(
    ' ',
  ),
);
const SHORT: Readonly<Record<string, string>> = { w: 'write-out', h: 'help', d: 'discovery-srv' };

/** Raises EtcdError for a flag that nobody knows. */
export function parseEtcdLine(args: readonly string[]): EtcdLine {
  const words: string[] = [];
  const flags = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const [given = '', value] = word.replace(/^--?/, '').split(/=(.*)/s);
    const name = word.startsWith('--') ? given : (SHORT[given] ?? given);
    if (!SWITCHES.has(name) && !VALUES.has(name))
      throw new EtcdError(
        word.startsWith('--') ? `unknown flag: --${name}` : `unknown shorthand flag: '${name[0]}' in ${word}`,
      );
    flags.set(name, value ?? (VALUES.has(name) ? (args[++at] ?? '') : 'true'));
  }
  return { words, flags };
}

/** The environment variable of a flag: `--cacert` is ETCDCTL_CACERT. */
export function settingOf(process: Process, { flags }: EtcdLine, name: string): string | undefined {
  return flags.get(name) ?? process.env.get(`ETCDCTL_${name.toUpperCase().replace(/-/g, '_')}`);
}

/** Reads what the flags and the environment say of the connection. Raises EtcdError. */
export function clientOptions(process: Process, line: EtcdLine): ClientOptions {
  const setting = (name: string) => settingOf(process, line, name);
  const read = (name: string) => {
    const path = setting(name);
    if (!path) return undefined;
    try {
      return process.machine.files.readText(joinPath(process.cwd, path), process.credentials);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new EtcdError(`open ${path}: ${error.text.toLowerCase()}`, BAD_ARGUMENTS);
    }
  };
  const [cert, key] = [setting('cert') ?? '', setting('key') ?? ''];
  if ((cert === '') !== (key === ''))
    throw new EtcdError(`KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`, BAD_ARGUMENTS);
  const authority = read('cacert');
  const certificate = read('cert');
  read('key');
  return {
    endpoints: (setting('endpoints') ?? '127.0.0.1:2379').split(','),
    authority,
    certificate,
    secure: authority !== undefined || certificate !== undefined || setting('insecure-transport') === 'false',
    skipVerify: setting('insecure-skip-tls-verify') === 'true',
    timeout: Number(/^(\d+)s$/.exec(setting('command-timeout') ?? '5s')?.[1] ?? '5') * 1000,
  };
}

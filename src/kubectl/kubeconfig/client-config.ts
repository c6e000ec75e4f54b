import { decode } from '../../world/bytes.ts';
import { memoize } from '../../world/memoize.ts';
import { readCertificate } from '../../world/pki/certificate.ts';
import type { Process } from '../../world/process.ts';
import { ConfigurationError, KubectlError } from '../errors.ts';
import { readTextOr } from '../files.ts';
import type { FlagSet } from '../flags/index.ts';
import { decodeBase64 } from './base64.ts';
import { type ExecPlugin, execPluginOf } from './exec-plugin.ts';
import { type Entry, flagField, type Kubeconfig, textField } from './model.ts';

/** Where the server is and who asks it. client-go: rest.Config */
export interface ClientConfig {
  /** `https://192.168.64.10:6443`, without a slash at its end. */
  readonly server: string;
  /** PEM. */
  readonly certificate: string | undefined;
  readonly token: string;
  /** The program that gives token or certificate when there is neither. */
  readonly exec: ExecPlugin | undefined;
  readonly basic: { readonly username: string; readonly password: string } | undefined;
  /** Nothing says who asks. */
  readonly unidentified: boolean;
  readonly impersonate: {
    readonly user: string;
    readonly uid: string;
    readonly groups: readonly string[];
    readonly extra: readonly string[];
  };
  readonly tlsServerName: string;
  readonly insecure: boolean;
  /** Certificate authorities as PEM; empty when none are given. */
  readonly authorities: string;
  /** ms, 0 for none. */
  readonly timeout: number;
  /** Name of the user's entry, for messages. */
  readonly userName: string;
}

/** The context in force: `--context`, or current-context. Raises ConfigurationError. */
export function contextOf(config: Kubeconfig, flags: FlagSet): Entry | undefined {
  const chosen = flags.string('context');
  const name = chosen || config.currentContext;
  const context = config.contexts.get(name);
  if (!context && chosen !== '') throw new ConfigurationError(`context was not found for specified context: ${chosen}`);
  if (!context && name !== '') throw new ConfigurationError(`context was not found for specified context: ${name}`);
  return context;
}

/** The namespace of the context, and whether a flag named it. */
export function namespaceOf(config: Kubeconfig, flags: FlagSet): { readonly name: string; readonly enforced: boolean } {
  const flag = flags.string('namespace');
  if (flag !== '') return { name: flag, enforced: true };
  const context = contextOf(config, flags);
  return { name: textField(context, 'namespace') || 'default', enforced: false };
}

/** Puts context, entries and flags together. Raises ConfigurationError, KubectlError. client-go: clientcmd ClientConfig */
export function clientConfig(process: Process, config: Kubeconfig, flags: FlagSet): ClientConfig {
  const context = contextOf(config, flags);
  const cluster = clusterOf(config, context, flags);
  const [userName, user] = userOf(config, context, flags);
  const server = flags.string('server') || textField(cluster, 'server') || 'http://localhost:8080';
  const token = flags.string('token') || tokenOf(process, user);
  const username = flags.string('username') || textField(user, 'username');
  const password = flags.string('password') || textField(user, 'password');
  const impersonate = {
    user: flags.string('as'),
    uid: flags.string('as-uid'),
    groups: flags.list('as-group'),
    extra: flags.list('as-user-extra'),
  };
  if (
    impersonate.user === '' &&
    (impersonate.groups.length > 0 || impersonate.uid !== '' || impersonate.extra.length > 0)
  )
    throw new (flags.string('namespace') === '' ? KubectlError : ConfigurationError)(
      `requesting uid, groups or user-extra for ${userName} without impersonating a user`,
    );
  const certificate = certificateOf(process, user, userName, flags);
  const basic = username !== '' || password !== '';
  return {
    server: (/^https?:\/\//.test(server) ? server : `http://${server}`).replace(/\/+$/, ''),
    certificate,
    token,
    exec: token === '' && !basic ? execPluginOf(userName, user, cluster) : undefined,
    basic: basic ? { username, password } : undefined,
    unidentified: !basic && token === '' && !certificate && !user?.fields['exec'] && !user?.fields['auth-provider'],
    impersonate,
    tlsServerName: flags.string('tls-server-name') || textField(cluster, 'tls-server-name'),
    insecure: flags.bool('insecure-skip-tls-verify') || flagField(cluster, 'insecure-skip-tls-verify'),
    authorities: authoritiesOf(process, cluster, flags),
    timeout: timeoutOf(flags.string('request-timeout')),
    userName,
  };
}

function clusterOf(config: Kubeconfig, context: Entry | undefined, flags: FlagSet): Entry | undefined {
  const chosen = flags.string('cluster');
  const name = chosen || textField(context, 'cluster');
  const cluster = config.clusters.get(name);
  if (!cluster && chosen !== '') throw new KubectlError(`no server found for cluster ${JSON.stringify(chosen)}`);
  if (!cluster && name !== '' && flags.string('server') === '')
    throw new ConfigurationError(`cluster ${JSON.stringify(name)} does not exist`);
  return cluster;
}

function userOf(config: Kubeconfig, context: Entry | undefined, flags: FlagSet): [string, Entry | undefined] {
  const chosen = flags.string('user');
  const name = chosen || textField(context, 'user');
  const user = config.users.get(name);
  if (!user && chosen !== '') throw new KubectlError(`auth info ${JSON.stringify(chosen)} does not exist`);
  return [name, user];
}

function tokenOf(process: Process, user: Entry | undefined): string {
  const file = textField(user, 'tokenFile');
  if (file === '' || !user) return textField(user, 'token');
  return readTextOr(process, beside(user, file), (text) => new KubectlError(text)).trim();
}

/** The text that a `-data` field holds. */
const textOfData = memoize(16, (data) => decode(decodeBase64(data) ?? new Uint8Array(0)));

/** The client certificate. Raises KubectlError, or ConfigurationError for several mistakes. client-go: clientcmd/validation.go validateAuthInfo */
function certificateOf(
  process: Process,
  user: Entry | undefined,
  userName: string,
  flags: FlagSet,
): string | undefined {
  const [certificate, key] = ['client-certificate', 'client-key'].map((field) => credentialFile(user, field, flags));
  if (!certificate?.given) return undefined;
  const problems: string[] = [];
  const method = 'to use the clientCert authentication method.';
  if (!key?.given) problems.push(`client-key-data or client-key must be specified for ${userName} ${method}`);
  const read = (what: string, { file, data }: CredentialFile) => {
    const unreadable = (text: string) =>
      new Unreadable(`unable to read ${what} ${file} for ${userName} due to ${text}`);
    try {
      return data !== '' || file === '' ? textOfData(data) : readTextOr(process, file, unreadable);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems.push(error.message);
      return '';
    }
  };
  const pem = read('client-cert', certificate);
  if (key?.given) read('client-key', key);
  if (problems.length > 1) throw new ConfigurationError(problems.map((text) => `\n* ${text}`).join(''));
  if (problems[0] !== undefined) throw new KubectlError(problems[0]);
  if (!readCertificate(pem)) throw new KubectlError('tls: failed to find any PEM data in certificate input');
  return pem;
}

/** A file that cannot be read, to be told together with others. */
class Unreadable extends Error {}

interface CredentialFile {
  readonly given: boolean;
  /** Path, as messages show it; empty when the kubeconfig has the data. */
  readonly file: string;
  readonly data: string;
}

function credentialFile(user: Entry | undefined, field: string, flags: FlagSet): CredentialFile {
  const flag = flags.string(field);
  const file = flag || textField(user, field);
  const data = flag === '' ? textField(user, `${field}-data`) : '';
  return { given: file !== '' || data !== '', file: flag || (user ? beside(user, file) : file), data };
}

function authoritiesOf(process: Process, cluster: Entry | undefined, flags: FlagSet): string {
  const flag = flags.string('certificate-authority');
  const data = flag === '' ? textField(cluster, 'certificate-authority-data') : '';
  if (data !== '') return textOfData(data);
  const file = flag || (cluster ? beside(cluster, textField(cluster, 'certificate-authority')) : '');
  if (file === '') return '';
  return readTextOr(
    process,
    file,
    (text) => new ConfigurationError(`unable to read certificate-authority ${file} due to ${text}`),
  );
}

/** Paths in a kubeconfig are relative to its own directory. */
function beside(entry: Entry, path: string): string {
  if (path === '' || path.startsWith('/') || entry.origin === '') return path;
  return `${entry.origin.slice(0, entry.origin.lastIndexOf('/'))}/${path}`;
}

function timeoutOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (text === '') return 0;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (!match)
    throw new KubectlError(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    );
  return Number(match[1]) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1000);
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Client } from '../../cluster/api/client.ts';
import { SECRETS } from '../../cluster/api/kinds.ts';
import type { Stored } from '../../cluster/api/object.ts';
import type { Secret } from '../../cluster/api/types.generated.ts';
import { parseDuration, shortHumanDuration } from '../../cluster/apimachinery/duration.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { readCertificate } from '../../world/pki/certificate.ts';
import type { Process } from '../../world/process.ts';
import { adminConfig, Failure, type Line } from './line.ts';

const NAMESPACE = 'kube-system';
const PREFIX = 'bootstrap-token-';
const TYPE = 'bootstrap.kubernetes.io/token';
const GROUP = 'system:bootstrappers:kubeadm:default-node-token';
const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
/** How kubeadm quotes the form of a token. */
const FORM = '"\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"';
const DAY = 24 * 3600 * 1000;

/** kubernetes: cmd/kubeadm/app/cmd/token.go */
export function tokenCommand(process: Process, cluster: Cluster, verb: string, line: Line): string {
  if (verb === 'generate') return `${newToken(process)}\n`;
  const config = adminConfig(process, line.flags);
  const client = cluster.client('kubernetes-admin', ['kubeadm:cluster-admins'], 'kubeadm');
  if (verb === 'create') return create(process, client, config, line);
  if (verb === 'delete') return remove(client, line.words);
  const output = line.flags.get('output') ?? line.flags.get('o');
  return output === 'json' ? listJson(client) : list(process, client);
}

function newToken(process: Process): string {
  const { random } = process.machine.world;
  return `${random.suffix(6)}.${random.suffix(16)}`;
}

function create(process: Process, client: Client, config: string, { words, flags }: Line): string {
  const token = words[0] ?? newToken(process);
  const [, id, secret] = TOKEN.exec(token) ?? [];
  if (id === undefined || secret === undefined)
    throw new Failure(`the bootstrap token "${token}" was not of the form ${FORM}`);
  const ttl = flags.has('ttl') ? parseDuration(flags.get('ttl') ?? '') : DAY;
  const description = flags.get('description') ?? '';
  const data: Record<string, string> = {
    'auth-extra-groups': flags.get('groups') ?? GROUP,
    ...(description === '' ? {} : { description }),
    ...(ttl > 0 ? { expiration: `${new Date(process.now + ttl).toISOString().slice(0, 19)}Z` } : {}),
    'token-id': id,
    'token-secret': secret,
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
  };
  if (client.get(SECRETS, NAMESPACE, PREFIX + id)) throw new Failure(`a token with id "${id}" already exists`);
  client.create(SECRETS, NAMESPACE, {
    metadata: { name: PREFIX + id, namespace: NAMESPACE },
    type: TYPE,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)])),
  });
  if (!flags.has('print-join-command')) return `${token}\n`;
  const server = /server: https:\/\/(\S+)/.exec(config)?.[1] ?? '';
  const authority = /certificate-authority-data: (\S+)/.exec(config)?.[1] ?? '';
  return `kubeadm join ${server} --token ${token} --discovery-token-ca-cert-hash sha256:${pin(atob(authority))} \n`;
}

/** The hash of an authority's public key. kubernetes: cmd/kubeadm/app/util/pubkeypin */
function pin(certificate: string): string {
  const key = readCertificate(certificate)?.publicKeyInfo ?? new Uint8Array(0);
  return bytesToHex(sha256(key));
}

function remove(client: Client, words: readonly string[]): string {
  if (words.length === 0)
    throw new Failure(`missing argument; 'token delete' is missing token of form ${FORM} or "\\\\A([a-z0-9]{6})\\\\z"`);
  let text = '';
  for (const word of words) {
    const id = word.split('.')[0] ?? '';
    if (!/^[a-z0-9]{6}$/.test(id))
      throw new Failure(`given token didn't match pattern ${FORM} or "\\\\A([a-z0-9]{6})\\\\z"`);
    if (!client.get(SECRETS, NAMESPACE, PREFIX + id))
      throw new Failure(`failed to delete bootstrap token "${id}": secrets "${PREFIX}${id}" not found`);
    client.delete(SECRETS, NAMESPACE, PREFIX + id);
    text += `bootstrap token "${id}" deleted\n`;
  }
  return text;
}

/** kubernetes: cmd/kubeadm/app/apis/output/v1alpha3 BootstrapToken */
function listJson(client: Client): string {
  return tokens(client)
    .map(({ data = {} }) => {
      const field = (name: string) => atob(data[name] ?? '');
      const [description, expires, groups] = [field('description'), field('expiration'), field('auth-extra-groups')];
      const shown = {
        kind: 'BootstrapToken',
        apiVersion: 'output.kubeadm.k8s.io/v1alpha3',
        token: `${field('token-id')}.${field('token-secret')}`,
        ...(description === '' ? {} : { description }),
        ...(expires === '' ? {} : { expires }),
        usages: ['authentication', 'signing'].filter((usage) => field(`usage-bootstrap-${usage}`) === 'true'),
        ...(groups === '' ? {} : { groups: groups.split(',') }),
      };
      return `${JSON.stringify(shown, null, 4)}\n`;
    })
    .join('');
}

function tokens(client: Client): readonly Stored<Secret>[] {
  return client
    .list(SECRETS, NAMESPACE)
    .filter(({ type }) => type === TYPE)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

const WIDTHS = [26, 12, 23, 25, 59];

function list(process: Process, client: Client): string {
  const rows = tokens(client).map(({ data = {} }) => {
    const field = (name: string) => atob(data[name] ?? '');
    const expiration = field('expiration');
    const usages = ['authentication', 'signing'].filter((usage) => field(`usage-bootstrap-${usage}`) === 'true');
    return [
      `${field('token-id')}.${field('token-secret')}`,
      expiration === '' ? '<forever>' : shortHumanDuration(Date.parse(expiration) - process.now),
      expiration || '<never>',
      usages.join(',') || '<none>',
      field('description') || '<none>',
      field('auth-extra-groups') || '<none>',
    ];
  });
  if (rows.length === 0) return '';
  return [['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS'], ...rows]
    .map((row) => `${row.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join('')}\n`)
    .join('');
}

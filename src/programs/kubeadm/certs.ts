import type { Client } from '../../cluster/api/client.ts';
import { shortHumanDuration } from '../../cluster/apimachinery/duration.ts';
import { type Certificate, type CertificateAuthority, readCertificate } from '../../world/pki/certificate.ts';
import type { Process } from '../../world/process.ts';
import { Failure } from './line.ts';
import { RENEWABLE } from './tree.ts';

const FOLDER = '/etc/kubernetes';

/** The authority of a file: `ca`, `etcd/ca`, `front-proxy-ca`. */
export type AuthorityFinder = (file: string) => CertificateAuthority;

/** Name, file below /etc/kubernetes, authority. kubernetes: cmd/kubeadm/app/phases/certs/renewal/manager.go */
const CERTIFICATES: readonly (readonly [string, string, string])[] = [
  ['admin.conf', 'admin.conf', 'ca'],
  ['apiserver', 'pki/apiserver.crt', 'ca'],
  ['apiserver-etcd-client', 'pki/apiserver-etcd-client.crt', 'etcd-ca'],
  ['apiserver-kubelet-client', 'pki/apiserver-kubelet-client.crt', 'ca'],
  ['controller-manager.conf', 'controller-manager.conf', 'ca'],
  ['etcd-healthcheck-client', 'pki/etcd/healthcheck-client.crt', 'etcd-ca'],
  ['etcd-peer', 'pki/etcd/peer.crt', 'etcd-ca'],
  ['etcd-server', 'pki/etcd/server.crt', 'etcd-ca'],
  ['front-proxy-client', 'pki/front-proxy-client.crt', 'front-proxy-ca'],
  ['scheduler.conf', 'scheduler.conf', 'ca'],
  ['super-admin.conf', 'super-admin.conf', 'ca'],
];
const AUTHORITIES: readonly (readonly [string, string])[] = [
  ['ca', 'pki/ca.crt'],
  ['etcd-ca', 'pki/etcd/ca.crt'],
  ['front-proxy-ca', 'pki/front-proxy-ca.crt'],
];

/** kubeadm certs check-expiration, from the files as they are. */
export function checkExpiration(process: Process, client: Client): string {
  const { now } = process;
  const about = readingConfig(process, client, 'check-expiration');
  mustHaveKeys(process);
  const certificates = CERTIFICATES.map(([name, file, authority]) => {
    const found = certificateIn(process, file);
    if (!found) return [`!MISSING! ${name}`, '', '', '', ''];
    return [name, dateOf(found), shortHumanDuration(found.notAfter - now), authority, NOT_EXTERNAL];
  });
  const authorities = AUTHORITIES.map(([name, file]) => {
    const found = certificateIn(process, file);
    if (!found) return [`!MISSING! ${name}`, '', '', ''];
    return [name, dateOf(found), shortHumanDuration(found.notAfter - now), NOT_EXTERNAL];
  });
  return `${about}${table([
    ['CERTIFICATE', 'EXPIRES', 'RESIDUAL TIME', 'CERTIFICATE AUTHORITY', 'EXTERNALLY MANAGED'],
    ...certificates,
  ])}\n${table([['CERTIFICATE AUTHORITY', 'EXPIRES', 'RESIDUAL TIME', 'EXTERNALLY MANAGED'], ...authorities])}`;
}

/** How a command that reads the cluster's configuration begins. */
function readingConfig(process: Process, client: Client, phase: string): string {
  if (!process.machine.files.exists(`${FOLDER}/admin.conf`)) return '';
  return client.available
    ? `[${phase}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[${phase}] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n\n`
    : `[${phase}] Error reading configuration from the Cluster. Falling back to default configuration\n\n`;
}

/** An authority without its key is external, but then the certificates must have theirs. */
function mustHaveKeys({ machine: { files } }: Process): void {
  if (files.exists(`${FOLDER}/pki/ca.key`)) return;
  for (const name of ['apiserver', 'apiserver-kubelet-client']) {
    const path = `${FOLDER}/pki/${name}.key`;
    if (!files.exists(path))
      throw new Failure(
        `Error checking external CA condition for ca certificate authority: failure loading key for ${name}: couldn't load the private key file ${path}: open ${path}: no such file or directory`,
      );
  }
}

/** kubeadm certs renew NAME or all: new certificates for the same names, from the files as they are. */
export function renew(process: Process, client: Client, authority: AuthorityFinder, wanted: string): string {
  const chosen = CERTIFICATES.filter(([name]) => wanted === 'all' || wanted === name);
  let text = readingConfig(process, client, 'renew');
  for (const [name, file, authorityName] of chosen) {
    const about = RENEWABLE[name] ?? name;
    if (renewOne(process, file, authority(AUTHORITY_FILES[authorityName] ?? 'ca'))) text += `${about} renewed\n`;
    else text += `MISSING! ${about}\n`;
  }
  if (wanted !== 'all') return text;
  return `${text}\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n`;
}

const AUTHORITY_FILES: Readonly<Record<string, string>> = {
  ca: 'ca',
  'etcd-ca': 'etcd/ca',
  'front-proxy-ca': 'front-proxy-ca',
};
const YEAR_DAYS = 365;

/** Whether the file was there to be renewed. */
function renewOne(process: Process, file: string, authority: CertificateAuthority): boolean {
  const old = certificateIn(process, file);
  if (!old) return false;
  const { files } = process.machine;
  const { credentials } = process;
  const path = `${FOLDER}/${file}`;
  const { certificate, key } = authority.issue(old.subject, YEAR_DAYS, old.names);
  if (!file.endsWith('.conf')) {
    files.writeFile(path, certificate, credentials);
    files.writeFile(path.replace(/crt$/, 'key'), key, credentials);
    return true;
  }
  const text = files
    .readText(path, credentials)
    .replace(/(client-certificate-data: )\S+/, `$1${btoa(certificate)}`)
    .replace(/(client-key-data: )\S+/, `$1${btoa(key)}`);
  files.writeFile(path, text, credentials);
  return true;
}

/** kubeadm fills this column up to eight places. */
const NOT_EXTERNAL = 'no      ';

/** A certificate, or the one in a kubeconfig. */
function certificateIn(process: Process, file: string): Certificate | undefined {
  const { files } = process.machine;
  const path = `${FOLDER}/${file}`;
  if (!files.exists(path)) return undefined;
  const text = files.readText(path, process.credentials);
  if (!file.endsWith('.conf')) return readCertificate(text);
  const data = /client-certificate-data: (\S+)/.exec(text)?.[1];
  return data === undefined ? undefined : readCertificate(atob(data));
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `Nov 21, 2027 02:59 UTC` */
function dateOf({ notAfter }: Certificate): string {
  const iso = new Date(notAfter).toISOString();
  return `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(8, 10)}, ${iso.slice(0, 4)} ${iso.slice(11, 16)} UTC`;
}

/** Columns of at least ten places with three between them, the last one as it is. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(10, ...rows.map((row) => (row[at]?.length ?? 0) + 3)));
  return rows
    .map((row) => `${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('')}\n`)
    .join('');
}

import type { FileSystem } from '../../world/files/file-system.ts';
import { RegularFile } from '../../world/files/inode.ts';

/** What a file that a flag names has to hold. */
type Kind = 'bundle' | 'certificate' | 'key' | 'public key' | 'private key' | 'kubeconfig';

/** A flag, what its file holds, and the words around what is wrong with it: those before, and the name that a bundle goes by. */
interface FileFlag {
  readonly flag: string;
  readonly kind: Kind;
  readonly before?: string;
  readonly bundle?: string;
}

const STORAGE = 'error creating storage factory: ';
const CORE = 'problem initializing API group "": ';
const AUTHENTICATION = 'failed to get delegated authentication kubeconfig: ';
const DELEGATED: readonly FileFlag[] = [
  { flag: 'authentication-kubeconfig', kind: 'kubeconfig', before: AUTHENTICATION + AUTHENTICATION },
  {
    flag: 'authorization-kubeconfig',
    kind: 'kubeconfig',
    before: 'failed to get delegated authorization kubeconfig: ',
  },
];

/** The files that a component reads before it does anything, as v1.36.4 words what is wrong with them. */
const FILES: Readonly<Record<string, readonly FileFlag[]>> = {
  'kube-apiserver': [
    { flag: 'tls-cert-file', kind: 'certificate' },
    { flag: 'tls-private-key-file', kind: 'key' },
    {
      flag: 'service-account-signing-key-file',
      kind: 'private key',
      before: 'failed to parse service-account-issuer-key-file: ',
    },
    { flag: 'service-account-key-file', kind: 'public key' },
    { flag: 'client-ca-file', kind: 'bundle', bundle: 'client-ca-bundle' },
    { flag: 'requestheader-client-ca-file', kind: 'bundle', bundle: 'request-header' },
    { flag: 'etcd-cafile', kind: 'bundle', before: STORAGE, bundle: 'etcd-ca' },
    { flag: 'etcd-certfile', kind: 'certificate', before: STORAGE },
    { flag: 'etcd-keyfile', kind: 'key', before: STORAGE },
    { flag: 'proxy-client-cert-file', kind: 'certificate' },
    { flag: 'proxy-client-key-file', kind: 'key' },
    { flag: 'kubelet-client-certificate', kind: 'certificate', before: CORE },
    { flag: 'kubelet-client-key', kind: 'key', before: CORE },
  ],
  'kube-controller-manager': [
    { flag: 'kubeconfig', kind: 'kubeconfig' },
    ...DELEGATED,
    {
      flag: 'client-ca-file',
      kind: 'bundle',
      before: 'unable to load client CA provider: ',
      bundle: 'client-ca-bundle',
    },
    {
      flag: 'requestheader-client-ca-file',
      kind: 'bundle',
      before: 'unable to create request header authentication config: ',
      bundle: 'request-header',
    },
  ],
  'kube-scheduler': [{ flag: 'kubeconfig', kind: 'kubeconfig' }, ...DELEGATED],
};

/** Endings of the files that kubeadm made for it. As long as nobody has looked into one, it holds what it was made to hold. */
const MADE_AS: Readonly<Record<Kind, RegExp>> = {
  bundle: /\.crt$/,
  certificate: /\.crt$/,
  key: /\.key$/,
  'private key': /\.key$/,
  'public key': /\.(pub|key|crt)$/,
  kubeconfig: /\.conf$/,
};

/** Why a component cannot start with the files that its flags name; undefined when it can. */
export function fileProblem(
  component: string,
  flags: ReadonlyMap<string, string>,
  files: FileSystem,
): string | undefined {
  for (const wanted of FILES[component] ?? []) {
    const path = flags.get(wanted.flag);
    if (path === undefined || path === '') continue;
    const problem = problemOf(wanted, path, files);
    if (problem !== undefined) return (wanted.before ?? '') + problem;
  }
  return undefined;
}

function problemOf({ kind, bundle }: FileFlag, path: string, files: FileSystem): string | undefined {
  const found = files.tryStat(path);
  if (!found) return `${kind === 'kubeconfig' ? 'stat' : 'open'} ${path}: no such file or directory`;
  if (found.kind === 'directory') return `read ${path}: is a directory`;
  if (found instanceof RegularFile && found.lazy && MADE_AS[kind].test(path)) return undefined;
  const text = files.readText(path);
  const holds = (label: RegExp) => label.test(text);
  switch (kind) {
    case 'bundle':
      if (holds(/-----BEGIN CERTIFICATE-----/)) return undefined;
      return `error loading CA bundle for "${bundle}::${path}": data does not contain any valid RSA or ECDSA certificates`;
    case 'certificate':
      return holds(/-----BEGIN CERTIFICATE-----/) ? undefined : 'tls: failed to find any PEM data in certificate input';
    case 'key':
      return holds(/-----BEGIN [A-Z ]*PRIVATE KEY-----/) ? undefined : 'tls: failed to find any PEM data in key input';
    case 'public key':
      if (holds(/-----BEGIN ([A-Z ]*KEY|CERTIFICATE)-----/)) return undefined;
      return `error reading public key file ${path}: data does not contain any valid RSA or ECDSA public keys`;
    case 'private key':
      if (holds(/-----BEGIN [A-Z ]*PRIVATE KEY-----/)) return undefined;
      return `error reading private key file ${path}: data does not contain a valid RSA or ECDSA private key`;
    case 'kubeconfig':
      return holds(/^kind:\s*Config\s*$/m) || text.trim() === '' ? undefined : unreadable(path, text);
  }
}

/** client-go: tools/clientcmd/loader.go */
function unreadable(path: string, text: string): string {
  const type =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  if (!/^\w+:/m.test(text))
    return `error loading config file "${path}": couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type ${type}`;
  return `error loading config file "${path}": no kind "Config" is registered for the internal version of group "" in scheme`;
}

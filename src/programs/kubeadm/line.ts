import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';

/** What kubeadm ends with: `error: TEXT`. */
export class Failure extends Error {}

export interface Line {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
}

/** Flags without a value. */
const SWITCHES = new Set(
  'print-join-command dry-run help h force f yes y skip-token-print upload-certs control-plane discovery-token-unsafe-skip-ca-verification allow-experimental-upgrades allow-release-candidate-upgrades certificate-renewal etcd-upgrade'.split(
    ' ',
  ),
);
const VALUES = new Set(
  'token ttl description groups usages kubeconfig config cert-dir output o v rootfs kubernetes-version image-repository feature-gates cri-socket component-configs certificate-key discovery-token-ca-cert-hash discovery-token discovery-file tls-bootstrap-token node-name ignore-preflight-errors apiserver-advertise-address apiserver-bind-port apiserver-cert-extra-sans control-plane-endpoint pod-network-cidr service-cidr service-dns-domain skip-phases patches client-name org validity-period cleanup-tmp-dir old-config new-config'.split(
    ' ',
  ),
);

export function parseLine(args: readonly string[]): Line {
  const words: string[] = [];
  const flags = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) {
      words.push(word);
      continue;
    }
    const [name = '', value] = word.replace(/^--?/, '').split(/=(.*)/s);
    if (!SWITCHES.has(name) && !VALUES.has(name))
      throw new Failure(
        word.startsWith('--') ? `unknown flag: --${name}` : `unknown shorthand flag: '${name[0]}' in ${word}`,
      );
    flags.set(name, value ?? (SWITCHES.has(name) ? 'true' : (args[++at] ?? '')));
  }
  return { words, flags };
}

const ADMIN = '/etc/kubernetes/admin.conf';

/** The kubeconfig that kubeadm uses. kubernetes: cmd/kubeadm/app/cmd/util GetKubeConfigPath */
export function adminConfig(process: Process, flags: Line['flags']): string {
  const { files } = process.machine;
  const own = process.env.get('KUBECONFIG') ?? `${process.env.get('HOME') ?? '/root'}/.kube/config`;
  const given = flags.get('kubeconfig');
  const path = given ?? [own, ADMIN].find((candidate) => files.exists(candidate)) ?? ADMIN;
  try {
    return files.readText(path, process.credentials);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new Failure(`failed to load admin kubeconfig: open ${path}: ${error.text.toLowerCase()}`);
  }
}

import { Directory } from '../../world/files/inode.ts';
import type { Machine } from '../../world/machine.ts';
import { Failure, type Line } from './line.ts';

/** What a node must not have yet, in the order in which it is looked for. kubernetes: cmd/kubeadm/app/preflight/checks.go */
interface Checks {
  /** What is said before. */
  readonly intro: string;
  readonly ports: readonly number[];
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

const MANIFESTS = '/etc/kubernetes/manifests';
const CHECKS: Readonly<Record<string, Checks>> = {
  init: {
    intro: '[init] Using Kubernetes version: v1.36.4\n[preflight] Running pre-flight checks\n',
    ports: [6443, 10_259, 10_257, 10_250, 2379, 2380],
    files: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map(
      (name) => `${MANIFESTS}/${name}.yaml`,
    ),
    folders: ['/var/lib/etcd'],
  },
  join: {
    intro: '[preflight] Running pre-flight checks\n',
    ports: [10_250],
    files: ['/etc/kubernetes/kubelet.conf', '/etc/kubernetes/pki/ca.crt'],
    folders: [],
  },
};

/** A node that a command is not for: what is printed before the error. */
export class PreflightFailure extends Failure {
  constructor(
    readonly intro: string,
    readonly found: string,
  ) {
    super('error execution phase preflight: preflight checks failed');
  }
}

/** Raises PreflightFailure for a node that is part of a cluster already. */
export function checkNode(machine: Machine, command: string, { flags }: Line): void {
  const checks = CHECKS[command];
  if (!checks) return;
  const ignored = (flags.get('ignore-preflight-errors') ?? '').toLowerCase().split(',');
  const errors = problems(machine, checks).filter(
    ([name]) => !ignored.includes('all') && !ignored.includes(name.toLowerCase()),
  );
  if (errors.length === 0) return;
  const lines = errors.map(([name, text]) => `\t[ERROR ${name}]: ${text}\n`).join('');
  throw new PreflightFailure(
    checks.intro,
    `[preflight] Some fatal errors occurred:\n${lines}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\n`,
  );
}

/** Name and text of what is there but should not be. */
function problems({ files, network }: Machine, checks: Checks): [string, string][] {
  const label = (path: string) => path.replaceAll('/', '-');
  const isFull = (path: string) => {
    const folder = files.tryStat(path);
    return folder instanceof Directory && folder.entries.size > 0;
  };
  return [
    ...checks.ports
      .filter((port) => ['0.0.0.0', '127.0.0.1'].some((address) => network.listenerAt('tcp', address, port)))
      .map((port): [string, string] => [`Port-${port}`, `Port ${port} is in use`]),
    ...checks.files
      .filter((path) => files.exists(path))
      .map((path): [string, string] => [`FileAvailable-${label(path)}`, `${path} already exists`]),
    ...checks.folders
      .filter(isFull)
      .map((path): [string, string] => [`DirAvailable-${label(path)}`, `${path} is not empty`]),
  ];
}

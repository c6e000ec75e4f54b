import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';

/** What kubeadm ends with: `error: TEXT`. */
export class Failure extends Error {}

export interface Line {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
}

/** Flags without a value. */
const SWITCHES = new Set(['print-join-command', 'dry-run']);

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
  const path = given ?? [own, ADMIN].find((candidate) => files.exists(candidate)) ?? own;
  try {
    return files.readText(path, process.credentials);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new Failure(`failed to load admin kubeconfig: open ${path}: ${error.text.toLowerCase()}`);
  }
}

import { ApiUnreachable } from '../../cluster/api/client.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { checkExpiration } from './certs.ts';
import { Failure, type Line, parseLine } from './line.ts';
import { tokenCommand } from './token.ts';

const VERSION =
  'kubeadm version: &version.Info{Major:"1", Minor:"36", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"v1.36.4", GitCommit:"$Format:%H$", GitTreeState:"clean", BuildDate:"2026-10-14T00:00:00Z", GoVersion:"go1.26.8", Compiler:"gc", Platform:"linux/amd64"}\n';

/** kubernetes: cmd/kubeadm/app/images GetControlPlaneImages */
const IMAGES = [
  'kube-apiserver:v1.36.4',
  'kube-controller-manager:v1.36.4',
  'kube-scheduler:v1.36.4',
  'kube-proxy:v1.36.4',
  'coredns/coredns:v1.14.2',
  'pause:3.10.2',
  'etcd:3.6.8-0',
];

/** kubeadm on a node of `cluster`: tokens, certificates, images. kubernetes: cmd/kubeadm */
export function kubeadmProgram(cluster: Cluster): Program {
  return {
    name: 'kubeadm',
    *main(process) {
      yield* process.cpu(30);
      try {
        yield* process.print(run(process, cluster, parseLine(process.argv.slice(1))));
        return 0;
      } catch (error) {
        const text = failureText(error);
        if (text === undefined) throw error;
        yield* process.printError(
          `error: ${text}\nTo see the stack trace of this error execute with --v=5 or higher\n`,
        );
        return 1;
      }
    },
  };
}

function failureText(error: unknown): string | undefined {
  if (error instanceof Failure || error instanceof ApiUnreachable) return error.message;
  return error instanceof Errno ? error.text.toLowerCase() : undefined;
}

function run(process: Process, cluster: Cluster, line: Line): string {
  const [command = '', verb = '', ...rest] = line.words;
  switch (`${command} ${verb}`.trim()) {
    case 'version':
      return line.flags.get('output') === 'short' || line.flags.get('o') === 'short' ? 'v1.36.4\n' : VERSION;
    case 'config images':
      if (rest[0] === 'list') return IMAGES.map((image) => `registry.k8s.io/${image}\n`).join('');
      break;
    case 'certs check-expiration':
      return checkExpiration(process, cluster.client('kubernetes-admin', ['kubeadm:cluster-admins'], 'kubeadm'));
    case 'token':
    case 'token list':
    case 'token create':
    case 'token delete':
    case 'token generate':
      return tokenCommand(process, cluster, verb, { ...line, words: rest });
  }
  throw new Failure(`kubetutor does not model kubeadm ${line.words.join(' ')}`.trimEnd());
}

/** A command of kubeadm: what its parent's help says of it, and those below it. */
export interface CommandNode {
  readonly about: string;
  readonly children?: Readonly<Record<string, CommandNode>>;
  /** Runs without one of those below. */
  readonly runs?: boolean;
}

const leaf = (about: string): CommandNode => ({ about });

/** What `kubeadm certs renew` renews, in its order. kubernetes: cmd/kubeadm/app/phases/certs/renewal/manager.go */
export const RENEWABLE: Readonly<Record<string, string>> = {
  'admin.conf': 'certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself',
  apiserver: 'certificate for serving the Kubernetes API',
  'apiserver-etcd-client': 'certificate the apiserver uses to access etcd',
  'apiserver-kubelet-client': 'certificate for the API server to connect to kubelet',
  'controller-manager.conf': 'certificate embedded in the kubeconfig file for the controller manager to use',
  'etcd-healthcheck-client': 'certificate for liveness probes to healthcheck etcd',
  'etcd-peer': 'certificate for etcd nodes to communicate with each other',
  'etcd-server': 'certificate for serving etcd',
  'front-proxy-client': 'certificate for the front proxy client',
  'scheduler.conf': 'certificate embedded in the kubeconfig file for the scheduler manager to use',
  'super-admin.conf': 'certificate embedded in the kubeconfig file for the super-admin',
};

const renewals: [string, CommandNode][] = Object.entries(RENEWABLE).map(([name, text]) => [
  name,
  leaf(`Renew the ${text}`),
]);

/** kubernetes: cmd/kubeadm/app/cmd */
export const ROOT: CommandNode = {
  about: 'kubeadm: easily bootstrap a secure Kubernetes cluster',
  children: {
    certs: {
      about: 'Commands related to handling Kubernetes certificates',
      children: {
        'certificate-key': leaf('Generate certificate keys'),
        'check-expiration': leaf('Check certificates expiration for a Kubernetes cluster'),
        'generate-csr': leaf('Generate keys and certificate signing requests'),
        renew: {
          about: 'Renew certificates for a Kubernetes cluster',
          children: Object.fromEntries(
            [...renewals, ['all', leaf('Renew all available certificates')] as [string, CommandNode]].sort(
              ([a], [b]) => (a < b ? -1 : 1),
            ),
          ),
        },
      },
    },
    completion: leaf('Output shell completion code for the specified shell (bash or zsh)'),
    config: {
      about: 'Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster',
      children: {
        images: {
          about: 'Interact with container images used by kubeadm',
          children: {
            list: leaf(
              'Print a list of images kubeadm will use. The configuration file is used in case any images or image repositories are customized',
            ),
            pull: leaf('Pull images used by kubeadm'),
          },
        },
        migrate: leaf(
          'Read an older version of the kubeadm configuration API types from a file, and output the similar config object for the newer version',
        ),
        print: {
          about: 'This command prints configurations for subcommands provided.',
          children: {
            'init-defaults': leaf("Print default init configuration, that can be used for 'kubeadm init'"),
            'join-defaults': leaf("Print default join configuration, that can be used for 'kubeadm join'"),
            'reset-defaults': leaf("Print default reset configuration, that can be used for 'kubeadm reset'"),
            'upgrade-defaults': leaf("Print default upgrade configuration, that can be used for 'kubeadm upgrade'"),
          },
        },
        validate: leaf('Read a file containing the kubeadm configuration API and report any validation problems'),
      },
    },
    init: leaf('Run this command in order to set up the Kubernetes control plane'),
    join: leaf('Run this on any machine you wish to join an existing cluster'),
    kubeconfig: {
      about: 'Kubeconfig file utilities.',
      runs: true,
      children: { user: leaf('Output a kubeconfig file for an additional user') },
    },
    reset: leaf("Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'"),
    token: {
      about: 'Manage bootstrap tokens',
      children: {
        create: leaf('Create bootstrap tokens on the server'),
        delete: leaf('Delete bootstrap tokens on the server'),
        generate: leaf('Generate and print a bootstrap token, but do not create it on the server'),
        list: leaf('List bootstrap tokens on the server'),
      },
    },
    upgrade: {
      about: 'Upgrade your cluster smoothly to a newer version with this command',
      children: {
        apply: leaf('Upgrade your Kubernetes cluster to the specified version'),
        diff: leaf(
          'Show what differences would be applied to existing static pod manifests. See also: kubeadm upgrade apply --dry-run',
        ),
        node: leaf('Upgrade commands for a node in the cluster'),
        plan: leaf(
          'Check which versions are available to upgrade to and validate whether your current cluster is upgradeable.',
        ),
      },
    },
    version: leaf('Print the version of kubeadm'),
  },
};

/** How far the words name commands: the last of them, its path, and what is left. */
export interface FoundCommand {
  readonly node: CommandNode;
  readonly path: string;
  readonly rest: readonly string[];
}

export function findCommand(words: readonly string[]): FoundCommand {
  let node = ROOT;
  let path = 'kubeadm';
  for (const [at, word] of words.entries()) {
    const next = node.children?.[word];
    if (!next) return { node, path, rest: words.slice(at) };
    node = next;
    path += ` ${word}`;
  }
  return { node, path, rest: [] };
}

/** cobra's usage. */
export function usageOf({ node, path }: FoundCommand): string {
  const children = Object.entries(node.children ?? {});
  const width = Math.max(11, ...children.map(([name]) => name.length));
  const about = path === 'kubeadm config print' ? `\n${node.about}` : node.about;
  const list =
    children.length === 0
      ? ''
      : `\nAvailable Commands:\n${children.map(([name, { about: text }]) => `  ${name.padEnd(width)} ${text}\n`).join('')}`;
  const lines =
    children.length === 0
      ? `  ${path} [flags]\n`
      : `${node.runs || path === 'kubeadm' ? '' : `  ${path} [flags]\n`}  ${path} [command]\n`;
  const more = children.length === 0 ? '' : `\nUse "${path} [command] --help" for more information about a command.\n`;
  return `${about}\n\nUsage:\n${lines}${list}\nFlags:\n  -h, --help   help for ${path.split(' ').at(-1)}\n${more}`;
}

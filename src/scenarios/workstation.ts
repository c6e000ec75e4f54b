import type { Machine } from '../world/machine.ts';
import { Link } from '../world/network/link.ts';
import type { CertificateAuthority } from '../world/pki/certificate.ts';
import type { Credentials } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { addResolver } from './internet/resolver.ts';
import { addUser, linuxLayer } from './linux-layer.ts';

export const LEARNER_NAME = 'learner';
const LEARNER_ID = 1000;

/** Who sits at the workstation. */
export interface Learner {
  readonly credentials: Credentials;
  readonly home: string;
  readonly shell: string;
  readonly env: ReadonlyMap<string, string>;
}

const BASHRC = `# ~/.bashrc: read by bash for interactive shells.
case $- in
    *i*) ;;
      *) return;;
esac

HISTCONTROL=ignoreboth
HISTSIZE=1000
HISTFILESIZE=2000
PS1='\\[\\e[32m\\]\\u@\\h\\[\\e[0m\\]:\\[\\e[34m\\]\\w\\[\\e[0m\\]\\$ '
alias ls='ls --color=auto'
alias ll='ls -alF'
alias grep='grep --color=auto'
alias k=kubectl
source <(kubectl completion bash)
complete -o default -F __start_kubectl k
`;

const PROFILE = `# ~/.profile: read by login shells.
if [ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ]; then
    . "$HOME/.bashrc"
fi
`;

/**
 * The learner's machine, outside the cluster, with every program that the world has. It has an address in each network
 * of the data centre, and is their router.
 */
export function addWorkstation(
  world: World,
  address: string,
  ...others: readonly string[]
): { machine: Machine; learner: Learner } {
  const machine = world.addMachine({
    hostname: 'workstation',
    image: linuxLayer(world.programs.names(), world.now),
    facts: { os: 'Ubuntu 24.04.2 LTS', kernel: '6.8.0-71-generic', arch: 'x86_64' },
  });
  machine.skipPids(1200);
  machine.network.forwarding = true;
  machine.network.answersNeighbours = true;
  machine.files.settings = true;
  const bridge = machine.network.addLink(new Link({ name: 'br0', kind: 'bridge', random: world.random }));
  world.network.lan.setBridge(bridge);
  for (const own of [address, ...others]) {
    bridge.addAddress(own, 24);
    world.network.register(own, machine.network);
  }
  world.network.internet.connect(machine.network, 'enp0s1');
  addResolver(world, machine.network, [address, ...others]);
  const { files } = machine;
  const home = addUser(files, LEARNER_NAME, LEARNER_ID, ['adm', 'sudo', 'users']);
  const credentials = { uid: LEARNER_ID, gid: LEARNER_ID, groups: [LEARNER_ID, 4, 27, 100] };
  files.writeFile('/etc/hostname', 'workstation\n');
  files.writeFile('/etc/hosts', `127.0.0.1 localhost\n${address} workstation\n`);
  files.writeFile(`${home}/.bashrc`, BASHRC, credentials);
  files.writeFile(`${home}/.profile`, PROFILE, credentials);
  const env = new Map([
    ['HOME', home],
    ['LANG', 'C.UTF-8'],
    ['LOGNAME', LEARNER_NAME],
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['PWD', home],
    ['SHELL', '/bin/bash'],
    ['TERM', 'xterm-256color'],
    ['USER', LEARNER_NAME],
  ]);
  return { machine, learner: { credentials, home, shell: '/bin/bash', env } };
}

export interface KubeconfigCluster {
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  readonly authority: CertificateAuthority;
  readonly organization: string;
}

/** A kubeconfig with one cluster, user and context, as `kubeadm init` writes admin.conf. */
export function adminKubeconfig({ cluster, server, user, authority, organization }: KubeconfigCluster): string {
  const { certificate, key } = authority.issue(
    { commonName: user, organizations: organization === '' ? [] : [organization] },
    365,
  );
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${btoa(authority.certificate)}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
    user: ${user}
  name: ${user}@${cluster}
current-context: ${user}@${cluster}
kind: Config
users:
- name: ${user}
  user:
    client-certificate-data: ${btoa(certificate)}
    client-key-data: ${btoa(key)}
`;
}

/** Puts a kubeconfig where the learner's kubectl looks for it. */
export function installKubeconfig(machine: Machine, learner: Learner, text: string): void {
  machine.files.makeDirectories(`${learner.home}/.kube`, learner.credentials, 0o750);
  machine.files.writeFile(`${learner.home}/.kube/config`, text, learner.credentials, 0o600);
}

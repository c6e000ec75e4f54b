import type { Machine } from '../../world/machine.ts';
import type { Program } from '../../world/program.ts';

/** The unit of the package kubelet of pkgs.k8s.io, and kubeadm's part of it. */
export const KUBELET_UNIT = '/usr/lib/systemd/system/kubelet.service';
export const KUBELET_DROP_IN = '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf';

const UNIT = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

const DROP_IN = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, the user should use
# the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS should be sourced from this file.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

/** The program itself: its unit gives it a life of its own, a shell only asks which version it is. */
export const kubeletProgram: Program = {
  name: 'kubelet',
  *main(process) {
    if (process.argv[1]?.startsWith('--version')) {
      yield* process.print('Kubernetes v1.36.4\n');
      return 0;
    }
    yield* process.printError('kubetutor does not model a kubelet beside that of the unit: systemctl start kubelet\n');
    return 1;
  },
};

export function writeKubeletUnit({ files }: Machine): void {
  for (const [path, text] of [
    [KUBELET_UNIT, UNIT],
    [KUBELET_DROP_IN, DROP_IN],
  ] as const) {
    files.makeDirectories(path.slice(0, path.lastIndexOf('/')));
    files.writeFile(path, text);
  }
}

/** The command line that the unit's files give now. systemd.exec(5), systemd.service(5) */
export function kubeletCommand({ files }: Machine): readonly string[] {
  const environment = new Map<string, string>();
  let command = '';
  const set = (assignment: string) => {
    const at = assignment.indexOf('=');
    if (at > 0) environment.set(assignment.slice(0, at), assignment.slice(at + 1));
  };
  for (const path of [KUBELET_UNIT, KUBELET_DROP_IN, '/etc/systemd/system/kubelet.service.d/override.conf']) {
    if (!files.exists(path)) continue;
    for (const line of files.readText(path).split('\n')) {
      const [, name = '', value = ''] = /^(Environment|EnvironmentFile|ExecStart)=(.*)$/.exec(line.trim()) ?? [];
      if (name === 'Environment') set(unquoted(value));
      else if (name === 'EnvironmentFile') {
        const file = value.replace(/^-/, '');
        if (files.exists(file)) for (const each of files.readText(file).split('\n')) setUnquoted(each, set);
      } else if (name === 'ExecStart') command = value;
    }
  }
  return command
    .replace(/\$\{?(\w+)\}?/g, (_, name: string) => environment.get(name) ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
}

const unquoted = (text: string) => text.replace(/^(["'])(.*)\1$/, '$2');

function setUnquoted(line: string, set: (assignment: string) => void): void {
  const [, name, value = ''] = /^\s*(\w+)=(.*?)\s*$/.exec(line) ?? [];
  if (name !== undefined) set(`${name}=${unquoted(value)}`);
}

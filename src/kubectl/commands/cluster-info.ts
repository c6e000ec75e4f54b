import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Command, Invocation } from '../command/command.ts';
import { listAt, textAt } from '../json.ts';
import { clusterInfoDump } from './cluster-info-dump.ts';

const HINT = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n";

export const clusterInfo: Command = {
  name: 'cluster-info',
  use: 'cluster-info [flags]',
  short: 'Display cluster information',
  long: "Display addresses of the control plane and services with label kubernetes.io/cluster-service=true. To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.",
  examples: '# Where the control plane is\nkubectl cluster-info',
  subcommands: [clusterInfoDump],
  *run(invocation) {
    const { process } = invocation;
    try {
      yield* process.print(yield* addresses(invocation));
    } finally {
      yield* process.print(HINT);
    }
  },
};

function* addresses({ factory }: Invocation) {
  yield* factory.mapper();
  const client = factory.client();
  const host = client.config.server;
  const list = yield* client.get('/api/v1/namespaces/kube-system/services', [
    ['labelSelector', 'kubernetes.io/cluster-service=true'],
  ]);
  const lines = listAt(list, 'items').map((service) => {
    const name = textAt(service, 'metadata', 'labels', 'kubernetes.io/name') || textAt(service, 'metadata', 'name');
    return `${name} is running at ${linkOf(host, service)}\n`;
  });
  return [`Kubernetes control plane is running at ${host}\n`, ...lines].join('');
}

function linkOf(host: string, service: JsonObject): string {
  const ports = listAt(service, 'spec', 'ports');
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress')[0];
  if (ingress) {
    const address = textAt(ingress, 'ip') || textAt(ingress, 'hostname');
    return ports.map((port) => `http://${address}:${String(port['port'])} `).join('');
  }
  const name = textAt(service, 'metadata', 'name');
  const port = ports[0];
  const secure = port && (port['name'] === 'https' || port['port'] === 443);
  const full = port
    ? `${secure ? 'https:' : ''}${name}${secure || textAt(port, 'name') ? `:${textAt(port, 'name')}` : ''}`
    : name;
  return `${host}/api/v1/namespaces/${textAt(service, 'metadata', 'namespace')}/services/${full}/proxy`;
}

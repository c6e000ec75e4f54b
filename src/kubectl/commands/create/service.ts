import { goQuote } from '../../../cluster/apimachinery/go-quote.ts';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { validateDns1123Subdomain } from '../../../cluster/apimachinery/names.ts';
import { validatePortName, validatePortNumber } from '../../../cluster/apimachinery/value-names.ts';
import type { Command } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { type Flag, type FlagSet, int, string, stringSlice } from '../../flags/index.ts';
import { generatorCommand } from './generator.ts';

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

const tcp = stringSlice('tcp', "Port pairs can be specified as '<port>:<targetPort>'.");

function service(type: ServiceType, use: string, examples: string, flags: readonly Flag[]): Command {
  return generatorCommand({
    name: type.toLowerCase(),
    use,
    short: `Create ${type === 'ExternalName' ? 'an' : 'a'} ${type} service`,
    long: `Create ${type === 'ExternalName' ? 'an' : 'a'} ${type} service with the specified name.`,
    examples,
    flags: [tcp, ...flags],
    plural: 'services',
    namespaced: true,
    failure: `failed to create ${type} service:`,
    object: (invocation, name) => serviceObject(invocation.flags, name, type),
  });
}

function serviceObject(flags: FlagSet, name: string, type: ServiceType): JsonObject {
  const clusterIp = flags.has('clusterip') ? flags.string('clusterip') : '';
  const externalName = flags.has('external-name') ? flags.string('external-name') : '';
  if (clusterIp !== 'None' && flags.list('tcp').length === 0 && type !== 'ExternalName')
    throw new KubectlError('at least one tcp port specifier must be provided');
  if (type === 'ExternalName' && validateDns1123Subdomain(externalName).length > 0)
    throw new KubectlError(`invalid service external name ${externalName}`);
  const nodePort = flags.has('node-port') ? flags.number('node-port') : 0;
  const ports = flags.list('tcp').map((pair) => ({
    name: pair.replaceAll(':', '-'),
    protocol: 'TCP',
    ...parsePorts(pair),
    ...(nodePort === 0 ? {} : { nodePort }),
  }));
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, labels: { app: name } },
    spec: {
      ...(ports.length > 0 ? { ports } : {}),
      selector: { app: name },
      ...(clusterIp === '' ? {} : { clusterIP: clusterIp }),
      type,
      ...(externalName === '' ? {} : { externalName }),
    },
    status: { loadBalancer: {} },
  };
}

/** `80:http` → port and targetPort. Raises KubectlError. */
function parsePorts(pair: string): { port: number; targetPort: number | string } {
  const [first = '', second] = pair.split(':');
  const port = parsePort(first);
  if (second === undefined) return { port, targetPort: port };
  if (/^[+-]?\d+$/.test(second)) {
    const errors = validatePortNumber(Number(second));
    if (errors.length > 0) throw new KubectlError(errors.join(','));
    return { port, targetPort: Number(second) };
  }
  const errors = validatePortName(second);
  if (errors.length > 0) throw new KubectlError(errors.join(','));
  return { port, targetPort: second };
}

/** k8s.io/utils/net ParsePort */
function parsePort(text: string): number {
  if (!/^\d+$/.test(text)) throw new KubectlError(`strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`);
  if (Number(text) > 65535) throw new KubectlError(`strconv.ParseUint: parsing ${goQuote(text)}: value out of range`);
  return Number(text);
}

export const createService: Command = {
  name: 'service',
  aliases: ['svc'],
  use: 'service [flags]',
  short: 'Create a service using a specified subcommand',
  long: 'Create a service using a specified subcommand.',
  subcommands: [
    service(
      'ClusterIP',
      'clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
      '# A service for pods with the label app=web\nkubectl create service clusterip web --tcp=80:8080\n\n# Headless\nkubectl create service clusterip db --clusterip="None"',
      [
        string(
          'clusterip',
          '',
          "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing).",
        ),
      ],
    ),
    service(
      'ExternalName',
      'externalname NAME --external-name external.name [--dry-run=server|client|none]',
      '# Another name for a host outside\nkubectl create service externalname db --external-name db.example.com',
      [string('external-name', '', 'External name of service', { required: true })],
    ),
    service(
      'LoadBalancer',
      'loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
      '# Through a load balancer of the cloud\nkubectl create service loadbalancer web --tcp=80:8080',
      [],
    ),
    service(
      'NodePort',
      'nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
      '# On a port of every node\nkubectl create service nodeport web --tcp=80:8080',
      [int('node-port', 0, 'Port used to expose the service on each node in a cluster.')],
    ),
  ],
  helpTo: 'stderr',
};

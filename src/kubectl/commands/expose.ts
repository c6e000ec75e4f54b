import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Command } from '../command/command.ts';
import { dryRunFlag, fieldManagerFlag, filenameFlags, printFlags, saveConfigFlag } from '../common-flags.ts';
import { dryRunOf, writeQuery } from '../dry-run.ts';
import { KubectlError } from '../errors.ts';
import { string } from '../flags/index.ts';
import { listAt, objectAt, textAt } from '../json.ts';
import { refuseCustomKind } from '../mapper.ts';
import { overridden, overrideFlags } from '../overrides.ts';
import { printerFor, printObject } from '../printing.ts';
import { recordFlag } from '../record.ts';
import { findByFlags } from '../resource/from-flags.ts';
import { createObject } from '../resource/helper.ts';
import { mappingOf, objectOf, withMetadata } from '../resource/info.ts';
import { updateLastApplied } from '../resource/last-applied.ts';
import { parseLabels, serviceObject } from './service-object.ts';

const EXPOSABLE = ['ReplicationController', 'Service', 'Pod', 'Deployment.apps', 'ReplicaSet.apps'];

export const expose: Command = {
  name: 'expose',
  use: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  long: `Expose a resource as a new Kubernetes service.

 The service takes the selector of the deployment, service, replica set, replication controller or the labels of the pod.

 Possible resources include (case insensitive):

 pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)`,
  examples: `# A service on port 80 for the pods of a deployment that listen on 8080
kubectl expose deployment web --port=80 --target-port=8080

# A service of another name for one pod
kubectl expose pod web --port=80 --name=front`,
  flags: [
    string('cluster-ip', '', "ClusterIP to be assigned to the service; 'None' makes it headless."),
    dryRunFlag,
    string('external-ip', '', 'An address outside the cluster that the service is also reached by.'),
    fieldManagerFlag('kubectl-expose'),
    ...filenameFlags('Files that name the resource to expose.'),
    string('labels', '', 'Labels to apply to the service created by this call.', { shorthand: 'l' }),
    string('load-balancer-ip', '', 'Address to assign to the load balancer.'),
    string('name', '', 'The name for the newly created object.'),
    ...overrideFlags,
    string('port', '', 'The port of the service; that of the resource when it is not given.'),
    ...printFlags(),
    string('protocol', '', "The network protocol for the service to be created. Default is 'TCP'."),
    recordFlag,
    saveConfigFlag,
    string(
      'selector',
      '',
      'A label selector for the service; that of the resource when it is not given. Only equality is supported.',
    ),
    string('session-affinity', '', "Session affinity of the service: 'None' or 'ClientIP'."),
    string('target-port', '', 'Name or number of the port of the container.'),
    string(
      'type',
      '',
      "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'.",
    ),
  ],
  *run(invocation) {
    const { flags, factory, args } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const printer = printerFor(invocation, 'exposed', dryRun, { keepOrder: true });
    const namespace = factory.namespace();
    const mapper = yield* factory.mapper();
    const resources = yield* findByFlags(factory, flags, {
      args,
      continueOnError: true,
      flatten: true,
    });
    // What was found out for the first object serves the others too.
    let chosen = { selector: flags.string('selector'), ports: flags.string('port'), labels: flags.string('labels') };
    yield* resources.visit(function* (info) {
      const mapping = mappingOf(info);
      const kind = mapping.group === '' ? mapping.kind : `${mapping.kind}.${mapping.group}`;
      refuseCustomKind(mapping);
      if (!EXPOSABLE.includes(kind)) throw new KubectlError(`cannot expose a ${kind}`);
      const object = objectOf(info);
      chosen = {
        selector: chosen.selector || introspected(() => selectorOf(object)),
        ports: chosen.ports || portsOf(object).join(','),
        labels: chosen.labels || labelText(objectAt(object, 'metadata', 'labels')),
      };
      if (chosen.ports === '' && flags.string('cluster-ip') !== 'None')
        throw new KubectlError("couldn't find port via --port flag or introspection");
      let service = serviceObject({
        name: flags.string('name') || info.name.slice(0, 63),
        labels: chosen.labels === '' ? {} : parseLabels(chosen.labels),
        selector: parseLabels(chosen.selector),
        ports: chosen.ports === '' ? [] : chosen.ports.split(','),
        protocol: flags.string('protocol'),
        protocols: protocolsOf(object),
        targetPort: flags.string('target-port'),
        type: flags.string('type'),
        externalIp: flags.string('external-ip'),
        loadBalancerIp: flags.string('load-balancer-ip'),
        sessionAffinity: flags.string('session-affinity'),
        clusterIp: flags.string('cluster-ip'),
      });
      service = overridden(flags, service, 'Service');
      if (dryRun === 'client') {
        if (namespace.enforced) service = withMetadata(service, { namespace: namespace.name });
      } else {
        service = updateLastApplied(service, flags.bool('save-config'), true);
        const target = mapper.mappingForKind('', 'v1', 'Service');
        const query = writeQuery(dryRun, flags.string('field-manager'), 'Ignore');
        service = yield* createObject(factory.client(), target, namespace.name, service, query);
      }
      yield* printObject(invocation, printer, service);
    });
  },
};

function introspected(find: () => string): string {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    throw new KubectlError(`couldn't retrieve selectors via --selector flag or introspection: ${error.message}`);
  }
}

/** kubernetes: kubectl/pkg/polymorphichelpers/mapbasedselectorforobject.go */
function selectorOf(object: JsonObject): string {
  const kind = textAt(object, 'kind');
  if (kind === 'ReplicationController') return labelText(objectAt(object, 'spec', 'selector'));
  if (kind === 'Pod') {
    const labels = objectAt(object, 'metadata', 'labels');
    if (Object.keys(labels).length === 0) throw new KubectlError('the pod has no labels and cannot be exposed');
    return labelText(labels);
  }
  if (kind === 'Service') {
    const selector = objectAt(object, 'spec', 'selector');
    if (Object.keys(selector).length === 0) throw new KubectlError('the service has no pod selector set');
    return labelText(selector);
  }
  const labels = objectAt(object, 'spec', 'selector', 'matchLabels');
  if (Object.keys(labels).length === 0)
    throw new KubectlError(`invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`);
  const expressions = listAt(object, 'spec', 'selector', 'matchExpressions');
  if (expressions.length > 0)
    throw new KubectlError(
      `couldn't convert expressions - "[${expressions.map((one) => `{Key:${textAt(one, 'key')} Operator:${textAt(one, 'operator')} Values:[${String(one['values'] ?? '').replaceAll(',', ' ')}]}`).join(' ')}]" to map-based selector format`,
    );
  return labelText(labels);
}

function labelText(labels: JsonObject): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
}

function podSpecOf(object: JsonObject): JsonObject {
  return textAt(object, 'kind') === 'Pod' ? objectAt(object, 'spec') : objectAt(object, 'spec', 'template', 'spec');
}

function containerPorts(object: JsonObject): JsonObject[] {
  if (textAt(object, 'kind') === 'Service') return listAt(object, 'spec', 'ports');
  return listAt(podSpecOf(object), 'containers').flatMap((container) => listAt(container, 'ports'));
}

/** Each port once. */
function portsOf(object: JsonObject): string[] {
  return [...new Set(containerPorts(object).map((port) => String(port['containerPort'] ?? port['port'])))];
}

function protocolsOf(object: JsonObject): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const port of containerPorts(object)) {
    const number = String(port['containerPort'] ?? port['port']);
    const protocol = textAt(port, 'protocol') || 'TCP';
    const list = out.get(number) ?? [];
    if (!list.includes(protocol)) list.push(protocol);
    out.set(number, list);
  }
  return out;
}

import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { formatLabelSelector } from '../../../cluster/apimachinery/labels.ts';
import type { Task } from '../../../world/task.ts';
import type { Client } from '../../client.ts';
import { StatusError } from '../../errors.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';
import { type Describer, plain } from './describer.ts';
import { timeText, writeAnnotations, writeHead, writeLabels, writeLabelsAndAnnotations } from './metadata.ts';
import type { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/describe describeIngressV1 */
export const describeIngress: Describer = {
  events: true,
  *write({ out, object, client }) {
    const namespace = textAt(object, 'metadata', 'namespace');
    const spec = objectAt(object, 'spec');
    out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
    writeLabels(out, 'Labels', objectAt(object, 'metadata', 'labels'));
    out.line(0, `Namespace:\t${namespace}`);
    const addresses = listAt(object, 'status', 'loadBalancer', 'ingress').map(
      (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
    );
    out.line(0, `Address:\t${[...new Set(addresses)].sort().join(',')}`);
    out.line(0, `Ingress Class:\t${textAt(spec, 'ingressClassName') || '<none>'}`);
    const byDefault = isObject(spec['defaultBackend'])
      ? yield* backendText(client, namespace, spec['defaultBackend'])
      : '<default>';
    out.line(0, `Default backend:\t${byDefault}`);
    writeTls(out, listAt(spec, 'tls'));
    out.write(0, 'Rules:\n  Host\tPath\tBackends\n');
    out.line(1, '----\t----\t--------');
    const rules = listAt(spec, 'rules').filter((rule) => rule['http'] !== undefined);
    for (const rule of rules) {
      out.line(1, `${textAt(rule, 'host') || '*'}\t`);
      for (const path of listAt(rule, 'http', 'paths')) {
        const backend = yield* backendText(client, namespace, objectAt(path, 'backend'));
        out.line(2, `\t${textAt(path, 'path')} \t${backend}`);
      }
    }
    if (rules.length === 0) out.line(1, `*\t*\t${byDefault}`);
    writeAnnotations(out, 'Annotations', objectAt(object, 'metadata', 'annotations'));
  },
};

function writeTls(out: DescribeWriter, entries: readonly JsonObject[]): void {
  if (entries.length === 0) return;
  out.line(0, 'TLS:');
  for (const entry of entries) {
    const secret = textAt(entry, 'secretName');
    out.line(1, `${secret === '' ? 'SNI routes' : `${secret} terminates`} ${textsAt(entry, 'hosts').join(',')}`);
  }
}

/** `web:80 (10.244.1.2:8080)`. kubernetes: kubectl/pkg/describe describeBackendV1 */
function* backendText(client: Client, namespace: string, backend: JsonObject): Task<string> {
  const resource = objectAt(backend, 'resource');
  if (!isObject(backend['service'])) {
    if (!isObject(backend['resource'])) return '';
    const group = textAt(resource, 'apiGroup') || '<none>';
    return `APIGroup: ${group}, Kind: ${textAt(resource, 'kind')}, Name: ${textAt(resource, 'name')}`;
  }
  const name = textAt(backend, 'service', 'name');
  const port = objectAt(backend, 'service', 'port');
  const text = `${name}:${String(port['number'] ?? port['name'] ?? '')}`;
  try {
    const slices = yield* client.get(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, [
      ['labelSelector', `kubernetes.io/service-name=${name}`],
    ]);
    const service = yield* client.get(`/api/v1/namespaces/${namespace}/services/${name}`);
    const found = listAt(service, 'spec', 'ports').find((one) =>
      port['number'] === undefined ? one['name'] === port['name'] : one['port'] === port['number'],
    );
    return `${text} (${endpointsText(listAt(slices, 'items'), found ? textAt(found, 'name') : '')})`;
  } catch (error) {
    if (error instanceof StatusError) return `${text} (<error: ${error.message}>)`;
    throw error;
  }
}

/** Up to three ready endpoints of a port. kubernetes: kubectl/pkg/describe formatEndpointSlices */
function endpointsText(slices: readonly JsonObject[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const all = slices.flatMap((slice) => {
    const ready = listAt(slice, 'endpoints').filter((one) => objectAt(one, 'conditions')['ready'] !== false);
    const first = (one: JsonObject) => textsAt(one, 'addresses')[0] ?? '';
    const ports = listAt(slice, 'ports');
    if (ports.length === 0) return ready.map(first);
    return ports
      .filter((port) => textAt(port, 'name') === portName)
      .flatMap((port) => ready.map((one) => `${first(one)}:${String(port['port'])}`));
  });
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}

/** kubernetes: kubectl/pkg/describe describeNetworkPolicy */
export const describeNetworkPolicy = plain((out, object) => {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  out.line(0, `Namespace:\t${textAt(object, 'metadata', 'namespace')}`);
  const created = textAt(object, 'metadata', 'creationTimestamp');
  out.line(0, `Created on:\t${created.replace('T', ' ').replace(/(\.\d+)?Z$/, '')} +0000 UTC`);
  writeLabelsAndAnnotations(out, object);
  const spec = objectAt(object, 'spec');
  const types = textsAt(spec, 'policyTypes');
  out.line(0, 'Spec:');
  const selector = objectAt(spec, 'podSelector');
  const all = listAt(selector, 'matchExpressions').length + Object.keys(objectAt(selector, 'matchLabels')).length === 0;
  const selected = all
    ? '<none> (Allowing the specific traffic to all pods in this namespace)'
    : formatLabelSelector(selector);
  out.line(1, `PodSelector:     ${selected}`);
  for (const [type, name, word] of [
    ['Ingress', 'ingress', 'From'],
    ['Egress', 'egress', 'To'],
  ] as const) {
    if (!types.includes(type)) {
      out.line(1, `Not affecting ${name} traffic`);
      continue;
    }
    out.line(1, `Allowing ${name} traffic:`);
    writePolicyRules(out, listAt(spec, name), name, word);
  }
  out.line(1, `Policy Types: ${types.join(', ') || '<none>'}`);
}, false);

function writePolicyRules(
  out: DescribeWriter,
  rules: readonly JsonObject[],
  direction: 'ingress' | 'egress',
  word: 'From' | 'To',
): void {
  if (rules.length === 0) out.line(2, `<none> (Selected pods are isolated for ${direction} connectivity)`);
  rules.forEach((rule, at) => {
    const ports = listAt(rule, 'ports');
    if (ports.length === 0) out.line(2, 'To Port: <any> (traffic allowed to all ports)');
    for (const port of ports) {
      const protocol = textAt(port, 'protocol') || 'TCP';
      const number = port['port'] === undefined ? '<nil>' : String(port['port']);
      if (port['endPort'] === undefined) out.line(2, `To Port: ${number}/${protocol}`);
      else out.line(2, `To Port Range: ${number}-${String(port['endPort'])}/${protocol}`);
    }
    const peers = listAt(rule, word.toLowerCase());
    if (peers.length === 0)
      out.line(2, `${word}: <any> (traffic not restricted by ${word === 'From' ? 'source' : 'destination'})`);
    for (const peer of peers) {
      out.line(2, `${word}:`);
      writePeer(out, peer);
    }
    if (at < rules.length - 1) out.line(2, '----------');
  });
}

function writePeer(out: DescribeWriter, peer: JsonObject): void {
  for (const [field, title] of [
    ['namespaceSelector', 'NamespaceSelector'],
    ['podSelector', 'PodSelector'],
  ] as const)
    if (isObject(peer[field])) out.line(3, `${title}: ${formatLabelSelector(peer[field])}`);
  if (!isObject(peer['ipBlock'])) return;
  out.line(3, 'IPBlock:');
  out.line(4, `CIDR: ${textAt(peer, 'ipBlock', 'cidr')}`);
  out.line(4, `Except: ${textsAt(objectAt(peer, 'ipBlock'), 'except').join(', ')}`);
}

/** kubernetes: kubectl/pkg/describe describeEndpointSliceV1 */
export const describeEndpointSlice = plain((out, object) => {
  writeHead(out, object);
  out.line(0, `AddressType:\t${textAt(object, 'addressType')}`);
  const ports = listAt(object, 'ports');
  if (ports.length === 0) out.line(0, 'Ports: <unset>');
  else {
    out.line(0, 'Ports:');
    out.line(1, 'Name\tPort\tProtocol');
    out.line(1, '----\t----\t--------');
    for (const port of ports)
      out.line(
        1,
        `${textAt(port, 'name') || '<unset>'}\t${String(port['port'] ?? '<unset>')}\t${textAt(port, 'protocol')}`,
      );
  }
  const endpoints = listAt(object, 'endpoints');
  if (endpoints.length === 0) out.line(0, 'Endpoints: <none>');
  else out.line(0, 'Endpoints:');
  for (const endpoint of endpoints) {
    const given = (field: string) => textAt(endpoint, field) || '<unset>';
    out.line(1, `- Addresses:\t${textsAt(endpoint, 'addresses').join(', ') || '<none>'}`);
    out.line(2, 'Conditions:');
    out.line(3, `Ready:\t${String(objectAt(endpoint, 'conditions')['ready'] ?? '<unset>')}`);
    out.line(2, `Hostname:\t${given('hostname')}`);
    const target = objectAt(endpoint, 'targetRef');
    if (isObject(endpoint['targetRef'])) out.line(2, `TargetRef:\t${textAt(target, 'kind')}/${textAt(target, 'name')}`);
    out.line(2, `NodeName:\t${given('nodeName')}`);
    out.line(2, `Zone:\t${given('zone')}`);
  }
});

/** kubernetes: kubectl/pkg/describe describeServiceCIDRV1 */
export const describeServiceCidr = plain((out, object) => {
  writeHead(out, object, false);
  out.line(0, `CIDRs:\t${textsAt(objectAt(object, 'spec'), 'cidrs').join(', ')}`);
  const conditions = listAt(object, 'status', 'conditions');
  if (conditions.length === 0) return;
  out.write(0, 'Status:\nConditions:\n');
  out.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
  out.line(1, '----\t------\t------------------\t------\t-------');
  for (const one of conditions) {
    const at = (field: string) => textAt(one, field);
    out.line(1, [at('type'), at('status'), timeText(at('lastTransitionTime')), at('reason'), at('message')].join('\t'));
  }
});

/** kubernetes: kubectl/pkg/describe describeIPAddressV1 */
export const describeIpAddress = plain((out, object) => {
  writeHead(out, object, false);
  const parent = objectAt(object, 'spec', 'parentRef');
  out.line(0, 'Parent Reference:');
  for (const [title, field] of [
    ['Group', 'group'],
    ['Resource', 'resource'],
    ['Namespace', 'namespace'],
    ['Name', 'name'],
  ] as const)
    out.line(1, `${title}:\t${textAt(parent, field)}`);
});

import { humanDuration } from '../../../cluster/apimachinery/duration.ts';
import { type JsonObject, sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { Quantity } from '../../../cluster/apimachinery/quantity.ts';
import { StatusError } from '../../errors.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';
import type { Describer } from './describer.ts';
import { timeText, writeLabelsAndAnnotations } from './metadata.ts';
import { podRequests } from './pod-requests.ts';
import type { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/describe describeNode */
export const describeNode: Describer = {
  events: true,
  *write({ out, object: node, client, now }) {
    const name = textAt(node, 'metadata', 'name');
    out.line(0, `Name:\t${name}`);
    out.line(0, `Roles:\t${roles(node).join(',') || '<none>'}`);
    writeLabelsAndAnnotations(out, node);
    out.line(0, `CreationTimestamp:\t${timeText(textAt(node, 'metadata', 'creationTimestamp'))}`);
    const taints = listAt(node, 'spec', 'taints').map(taintText).sort();
    if (taints.length === 0) out.line(0, 'Taints:\t<none>');
    taints.forEach((taint, at) => {
      out.line(0, `${at === 0 ? 'Taints:' : ''}\t${taint}`);
    });
    out.line(0, `Unschedulable:\t${objectAt(node, 'spec')['unschedulable'] === true}`);
    out.line(0, 'Lease:');
    try {
      const lease = yield* client.get(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`);
      const spec = objectAt(lease, 'spec');
      const time = (field: string) => (textAt(spec, field) === '' ? '<unset>' : timeText(textAt(spec, field)));
      out.line(1, `HolderIdentity:\t${textAt(spec, 'holderIdentity') || '<unset>'}`);
      out.line(1, `AcquireTime:\t${time('acquireTime')}`);
      out.line(1, `RenewTime:\t${time('renewTime')}`);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      out.line(1, `Failed to get lease: ${error.message}`);
    }
    const conditions = listAt(node, 'status', 'conditions');
    if (conditions.length > 0) {
      out.write(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n');
      out.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
      for (const one of conditions)
        out.line(
          1,
          `${textAt(one, 'type')} \t${textAt(one, 'status')} \t${timeText(textAt(one, 'lastHeartbeatTime'))} \t${timeText(textAt(one, 'lastTransitionTime'))} \t${textAt(one, 'reason')} \t${textAt(one, 'message')}`,
        );
    }
    out.line(0, 'Addresses:');
    for (const one of listAt(node, 'status', 'addresses'))
      out.line(1, `${textAt(one, 'type')}:\t${textAt(one, 'address')}`);
    writeAmounts(out, 'Capacity', objectAt(node, 'status', 'capacity'));
    writeAmounts(out, 'Allocatable', objectAt(node, 'status', 'allocatable'));
    writeSystem(out, objectAt(node, 'status', 'nodeInfo'));
    const spec = objectAt(node, 'spec');
    if (textAt(spec, 'podCIDR') !== '') out.line(0, `PodCIDR:\t${textAt(spec, 'podCIDR')}`);
    if (textsAt(spec, 'podCIDRs').length > 0) out.line(0, `PodCIDRs:\t${textsAt(spec, 'podCIDRs').join(',')}`);
    if (textAt(spec, 'providerID') !== '') out.line(0, `ProviderID:\t${textAt(spec, 'providerID')}`);
    try {
      const list = yield* client.get('/api/v1/pods', [
        ['fieldSelector', `spec.nodeName=${name},status.phase!=Failed,status.phase!=Succeeded`],
        ['limit', '500'],
      ]);
      writePods(out, listAt(list, 'items'), node, now);
    } catch (error) {
      if (!(error instanceof StatusError && error.reason === 'Forbidden')) throw error;
      out.line(0, 'Pods:\tnot authorized');
    }
  },
};

const ROLE = 'node-role.kubernetes.io/';

function roles(node: JsonObject): string[] {
  const labels = objectAt(node, 'metadata', 'labels');
  return Object.keys(labels)
    .flatMap((key) => (key.startsWith(ROLE) && key !== ROLE ? [key.slice(ROLE.length)] : []))
    .sort();
}

export function taintText(taint: JsonObject): string {
  const value = textAt(taint, 'value');
  const effect = textAt(taint, 'effect');
  return `${textAt(taint, 'key')}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
}

function writeAmounts(out: DescribeWriter, title: string, amounts: JsonObject): void {
  const names = sortedKeys(amounts);
  if (names.length > 0) out.line(0, `${title}:`);
  for (const name of names) out.line(1, `${name}:\t${String(amounts[name])}`);
}

function writeSystem(out: DescribeWriter, info: JsonObject): void {
  out.line(0, 'System Info:');
  for (const [title, field] of [
    ['Machine ID', 'machineID'],
    ['System UUID', 'systemUUID'],
    ['Boot ID', 'bootID'],
    ['Kernel Version', 'kernelVersion'],
    ['OS Image', 'osImage'],
    ['Operating System', 'operatingSystem'],
    ['Architecture', 'architecture'],
    ['Container Runtime Version', 'containerRuntimeVersion'],
    ['Kubelet Version', 'kubeletVersion'],
    ['Kube-Proxy Version', 'kubeProxyVersion'],
  ] as const)
    if (field !== 'kubeProxyVersion' || textAt(info, field) !== '') out.line(1, `${title}:\t${textAt(info, field)}`);
}

type Sums = Map<string, Quantity>;

function writePods(out: DescribeWriter, pods: readonly JsonObject[], node: JsonObject, now: number): void {
  const allocatable = objectAt(node, 'status', 'allocatable');
  const capacity = Object.keys(allocatable).length > 0 ? allocatable : objectAt(node, 'status', 'capacity');
  const share = (name: string, sums: Sums) => {
    const total = Quantity.parse(String(capacity[name] ?? '0')).milliValue();
    const part = (sums.get(name) ?? Quantity.zero).milliValue();
    return total === 0 ? 0 : Math.trunc((part / total) * 100);
  };
  const text = (name: string, sums: Sums) => (sums.get(name) ?? Quantity.zero).toString();
  out.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  out.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  out.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  const totals = { requests: new Map<string, Quantity>(), limits: new Map<string, Quantity>() };
  for (const pod of pods) {
    const sums = podRequests(pod);
    const cell = (name: string, kind: 'requests' | 'limits') =>
      `${text(name, sums[kind])} (${share(name, sums[kind])}%)`;
    const age = humanDuration(now - Date.parse(textAt(pod, 'metadata', 'creationTimestamp')));
    out.line(
      1,
      `${textAt(pod, 'metadata', 'namespace')}\t${textAt(pod, 'metadata', 'name')}\t\t${cell('cpu', 'requests')}\t${cell('cpu', 'limits')}\t${cell('memory', 'requests')}\t${cell('memory', 'limits')}\t${age}`,
    );
    for (const kind of ['requests', 'limits'] as const)
      for (const [name, amount] of sums[kind])
        totals[kind].set(name, (totals[kind].get(name) ?? Quantity.zero).add(amount));
  }
  out.write(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n');
  out.write(0, '  Resource\tRequests\tLimits\n  --------\t--------\t------\n');
  const standard = ['cpu', 'memory', 'ephemeral-storage'];
  const huge = sortedKeys(capacity).filter((name) => name.startsWith('hugepages-'));
  for (const name of [...standard, ...huge])
    out.write(
      0,
      `  ${name}\t${text(name, totals.requests)} (${share(name, totals.requests)}%)\t${text(name, totals.limits)} (${share(name, totals.limits)}%)\n`,
    );
  for (const name of sortedKeys(capacity))
    if (name.includes('/')) out.write(0, `  ${name}\t${text(name, totals.requests)}\t${text(name, totals.limits)}\n`);
}

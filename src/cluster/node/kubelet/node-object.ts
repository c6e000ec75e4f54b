import type { Node, NodeCondition, NodeStatus } from '../../api/types.generated.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import type { KubeletHost } from './host.ts';

/** What a node is made of: the facts that do not come from Kubernetes. */
export interface NodeFacts {
  readonly capacity: {
    readonly cpu: string;
    readonly memory: string;
    readonly pods: string;
    readonly ephemeralStorage?: string;
  };
  readonly allocatable: { readonly cpu: string; readonly memory: string; readonly ephemeralStorage?: string };
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntimeVersion: string;
  readonly kubeletVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly {
    readonly key: string;
    readonly effect: 'NoExecute' | 'NoSchedule' | 'PreferNoSchedule';
    readonly value?: string;
  }[];
  /** What a cloud knows of the machine. */
  readonly cloud?: {
    readonly providerID: string;
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
  };
}

/** The Node that a kubelet registers. kubernetes: pkg/kubelet/kubelet_node_status.go initialNode */
export function nodeObject(host: KubeletHost, facts: NodeFacts): Node {
  const { capacity, allocatable } = facts;
  const huge = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' };
  const id = host.world.random.fork(`machine-id/${host.nodeName}`);
  const machineID = id.hex(32);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: host.nodeName,
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': host.nodeName,
        'kubernetes.io/os': 'linux',
        ...facts.labels,
      },
    },
    spec: {
      ...(facts.cloud ? { providerID: facts.cloud.providerID } : {}),
      taints: facts.taints.length > 0 ? facts.taints.map((taint) => ({ ...taint })) : undefined,
    },
    status: {
      addresses: [
        { address: host.nodeIP, type: 'InternalIP' },
        ...(facts.cloud?.addresses.map((one) => ({ ...one })) ?? []),
        { address: host.nodeName, type: 'Hostname' },
      ],
      allocatable: {
        cpu: allocatable.cpu,
        ...storage(allocatable),
        ...huge,
        memory: allocatable.memory,
        pods: capacity.pods,
      },
      capacity: { cpu: capacity.cpu, ...storage(capacity), ...huge, memory: capacity.memory, pods: capacity.pods },
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: id.uid(),
        containerRuntimeVersion: facts.containerRuntimeVersion,
        kernelVersion: facts.kernelVersion,
        kubeProxyVersion: '',
        kubeletVersion: facts.kubeletVersion,
        machineID,
        operatingSystem: 'linux',
        osImage: facts.osImage,
        systemUUID: machineID,
      },
    },
  };
}

function storage({ ephemeralStorage }: { readonly ephemeralStorage?: string }): Readonly<Record<string, string>> {
  return ephemeralStorage === undefined ? {} : { 'ephemeral-storage': ephemeralStorage };
}

/**
 * Capacity and allocatable with the resources that somebody else wrote into the capacity: all of them may be used.
 * kubernetes: pkg/kubelet/nodestatus/setters.go MachineInfo
 */
export function withExtended(old: NodeStatus | undefined, fresh: NodeStatus | undefined): NodeStatus {
  const own = fresh?.capacity ?? {};
  const more = Object.fromEntries(Object.entries(old?.capacity ?? {}).filter(([name]) => own[name] === undefined));
  return { capacity: { ...own, ...more }, allocatable: { ...fresh?.allocatable, ...more } };
}

/** Whether the capacity tells of something that is not allocatable yet. */
export function hasNewResource(status: NodeStatus | undefined): boolean {
  const { capacity = {}, allocatable = {} } = status ?? {};
  return Object.keys(capacity).some((name) => allocatable[name] === undefined);
}

const HEALTHY: readonly { type: string; status: string; reason: string; message: string }[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** The conditions of a node, with the times of what changed. `problem`: why its runtime is not ready. */
export function nodeConditions(
  old: readonly NodeCondition[],
  now: number,
  problem: string | undefined,
): NodeCondition[] {
  const time = toSeconds(now);
  const made = HEALTHY.map((healthy) => {
    const condition =
      problem === undefined || healthy.type !== 'Ready'
        ? healthy
        : { ...healthy, status: 'False', reason: 'KubeletNotReady', message: problem };
    const before = old.find((candidate) => candidate.type === condition.type);
    const { type, status, reason, message } = condition;
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : time;
    return { type, status, reason, message, lastHeartbeatTime: time, lastTransitionTime };
  });
  const own = new Set(HEALTHY.map((condition) => condition.type));
  return [...old.filter((condition) => !own.has(condition.type)), ...made];
}

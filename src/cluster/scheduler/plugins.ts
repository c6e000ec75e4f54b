import type { FilterPlugin, ScorePlugin } from './plugin.ts';
import { interPodAffinity, preferTogether } from './plugins/inter-pod-affinity.ts';
import {
  imageLocality,
  nodeAffinity,
  nodeName,
  nodePorts,
  nodeUnschedulable,
  preferAffine,
  preferTolerated,
  taintToleration,
} from './plugins/node.ts';
import { balancedAllocation, leastAllocated, nodeResourcesFit } from './plugins/resources.ts';
import { podTopologySpread, preferSpread } from './plugins/topology-spread.ts';
import { volumeBinding } from './plugins/volume-binding.ts';

/** In the order of upstream's default profile. kubernetes: pkg/scheduler/apis/config/v1/default_plugins.go */
export const filterPlugins: readonly FilterPlugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeBinding,
  podTopologySpread,
  interPodAffinity,
];

export const scorePlugins: readonly ScorePlugin[] = [
  preferTolerated,
  preferAffine,
  leastAllocated,
  preferSpread,
  preferTogether,
  balancedAllocation,
  imageLocality,
];

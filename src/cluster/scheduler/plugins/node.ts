import { nodeFitsAffinity, termMatches } from '../../controllers/node/node-affinity.ts';
import { isTolerated, untolerated } from '../../controllers/node/taints.ts';
import { type FilterPlugin, normalized, resolvable, type ScorePlugin, unresolvable } from '../plugin.ts';

// Plugins that look at the node alone. kubernetes: pkg/scheduler/framework/plugins

export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  preFilter({ pod }) {
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' as const };
    if (isTolerated(taint, pod.spec?.tolerations)) return undefined;
    return ({ node }) => (node.spec?.unschedulable ? unresolvable('node(s) were unschedulable') : undefined);
  },
};

export const nodeName: FilterPlugin = {
  name: 'NodeName',
  preFilter({ pod }) {
    const wanted = pod.spec?.nodeName;
    if (!wanted) return undefined;
    return (node) => (node.name === wanted ? undefined : unresolvable("node(s) didn't match the requested node name"));
  },
};

export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  preFilter({ pod }) {
    return ({ node }) =>
      untolerated(node.spec?.taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute'])
        ? unresolvable('node(s) had untolerated taint(s)')
        : undefined;
  },
};

export const preferTolerated: ScorePlugin = {
  name: 'TaintToleration',
  weight: 3,
  score({ pod }, nodes) {
    const tolerations = pod.spec?.tolerations?.filter((t) => !t.effect || t.effect === 'PreferNoSchedule');
    const counts = nodes.map(
      ({ node }) =>
        (node.spec?.taints ?? []).filter((t) => t.effect === 'PreferNoSchedule' && !isTolerated(t, tolerations)).length,
    );
    return normalized(counts, true);
  },
};

export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  preFilter({ pod }) {
    const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (!required && Object.keys(pod.spec?.nodeSelector ?? {}).length === 0) return undefined;
    return ({ node }) =>
      nodeFitsAffinity(pod, node) ? undefined : unresolvable("node(s) didn't match Pod's node affinity/selector");
  },
};

export const preferAffine: ScorePlugin = {
  name: 'NodeAffinity',
  weight: 2,
  score({ pod }, nodes) {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (preferred.length === 0) return undefined;
    const weights = nodes.map(({ node }) =>
      preferred.reduce((sum, term) => sum + (termMatches(term.preference, node) ? term.weight : 0), 0),
    );
    return normalized(weights);
  },
};

export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  preFilter({ info }) {
    if (info.ports.length === 0) return undefined;
    return (node) =>
      info.ports.some((port) => node.takesPort(port))
        ? resolvable("node(s) didn't have free ports for the requested pod ports")
        : undefined;
  },
};

const MEGABYTE = 1024 * 1024;
const MIN_IMAGE = 23 * MEGABYTE;
const MAX_IMAGE = 1000 * MEGABYTE;

/** Nodes that have the images already. kubernetes: plugins/imagelocality */
export const imageLocality: ScorePlugin = {
  name: 'ImageLocality',
  weight: 1,
  score({ pod, cache }, nodes) {
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    const names = containers.map((container) => withTag(container.image ?? ''));
    const total = cache.nodes.size;
    const spread = names.map(
      (name) => [...cache.nodes.values()].filter((node) => node.images.has(name)).length / total,
    );
    if (spread.every((share) => share === 0)) return undefined;
    const most = MAX_IMAGE * containers.length;
    return nodes.map((node) => {
      let sum = 0;
      for (const [index, name] of names.entries()) {
        sum += Math.floor((node.images.get(name) ?? 0) * (spread[index] ?? 0));
      }
      const within = Math.min(Math.max(sum, MIN_IMAGE), most);
      return Math.floor((100 * (within - MIN_IMAGE)) / (most - MIN_IMAGE));
    });
  },
};

function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

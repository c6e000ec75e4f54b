import { NODES, PODS } from '../../api/kinds.ts';
import type { Controller } from '../controller.ts';
import { markDisrupted } from '../disruption-target.ts';
import { isPodTerminal } from '../pods.ts';

const PERIOD = 20_000;
/** A node must have been gone for so long, ms. */
const QUARANTINE = 40_000;

/** Removes Pods of nodes that are gone, and unbound Pods that should go. kubernetes: pkg/controller/podgc */
export const podGarbageCollector: Controller = {
  name: 'pod-garbage-collector',
  start(context) {
    const { client } = context;
    const missing = new Map<string, number>();
    context.every(PERIOD, () => {
      if (!client.available) return;
      const nodes = new Set(client.list(NODES).map((node) => node.metadata.name));
      for (const name of missing.keys()) if (nodes.has(name)) missing.delete(name);
      for (const pod of client.list(PODS)) {
        const { namespace = '', name } = pod.metadata;
        const node = pod.spec?.nodeName ?? '';
        if (node === '') {
          if (pod.metadata.deletionTimestamp) client.delete(PODS, namespace, name, { gracePeriodSeconds: 0 });
          continue;
        }
        if (nodes.has(node)) continue;
        const since = missing.get(node) ?? context.now;
        missing.set(node, since);
        if (context.now - since < QUARANTINE) continue;
        if (!isPodTerminal(pod)) {
          const why = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };
          markDisrupted(client, pod, why, { phase: 'Failed' });
        }
        client.delete(PODS, namespace, name, { gracePeriodSeconds: 0 });
      }
    });
  },
};

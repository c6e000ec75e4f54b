import { NODES } from '../../api/kinds.ts';
import type { Controller } from '../controller.ts';

const ANNOTATION = 'node.alpha.kubernetes.io/ttl';

/** Says how long kubelets may cache Secrets: not at all in clusters of less than a hundred nodes. kubernetes: pkg/controller/ttl */
export const ttlController: Controller = {
  name: 'ttl-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((name) => {
      const node = client.get(NODES, '', name);
      if (!node || node.metadata.annotations?.[ANNOTATION] !== undefined) return;
      client.modify(NODES, '', name, (old) => ({
        ...old,
        metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, [ANNOTATION]: '0' } },
      }));
    });
    context.enqueue(NODES, queue);
  },
};

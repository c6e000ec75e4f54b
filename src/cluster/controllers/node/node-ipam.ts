import { NODES } from '../../api/kinds.ts';
import type { Controller } from '../controller.ts';

/** kubeadm's --pod-network-cidr, cut into pieces of 256 addresses. */
const PREFIX = '10.244';

/** Gives each node its range of Pod addresses. kubernetes: pkg/controller/nodeipam */
export const nodeIpamController: Controller = {
  name: 'node-ipam-controller',
  account: 'node-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((name) => {
      const node = client.get(NODES, '', name);
      if (!node || node.spec?.podCIDR) return;
      const taken = new Set(client.list(NODES).map((other) => other.spec?.podCIDR));
      for (let third = 0; third < 256; third++) {
        const podCIDR = `${PREFIX}.${third}.0/24`;
        if (taken.has(podCIDR)) continue;
        client.modify(NODES, '', name, (old) => ({ ...old, spec: { ...old.spec, podCIDR, podCIDRs: [podCIDR] } }));
        return;
      }
    });
    context.enqueue(NODES, queue);
  },
};

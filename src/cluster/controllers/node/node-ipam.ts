import { NODES } from '../../api/kinds.ts';
import type { Controller } from '../controller.ts';

/** --cluster-cidr, which is cut into pieces of 256 addresses. */
const POD_SUBNET = '10.244.0.0/16';

/** Gives each node its range of Pod addresses. kubernetes: pkg/controller/nodeipam */
export const nodeIpamController: Controller = {
  name: 'node-ipam-controller',
  account: 'node-controller',
  start(context, { podSubnet = POD_SUBNET }) {
    const { client } = context;
    const prefix = podSubnet.split('.').slice(0, 2).join('.');
    const queue = context.queue((name) => {
      const node = client.get(NODES, '', name);
      if (!node || node.spec?.podCIDR) return;
      const taken = new Set(client.list(NODES).map((other) => other.spec?.podCIDR));
      for (let third = 0; third < 256; third++) {
        const podCIDR = `${prefix}.${third}.0/24`;
        if (taken.has(podCIDR)) continue;
        client.modify(NODES, '', name, (old) => ({ ...old, spec: { ...old.spec, podCIDR, podCIDRs: [podCIDR] } }));
        return;
      }
    });
    context.enqueue(NODES, queue);
  },
};

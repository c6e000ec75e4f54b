import type { Client } from '../../cluster/api/client.ts';
import { ENDPOINT_SLICES, NODES, PODS, SERVICES } from '../../cluster/api/kinds.ts';
import type { Process } from '../../world/process.ts';

/** Calls `run` now and soon after changes, also of kinds whose CRD comes later. Returns how to stop. */
export function follow(process: Process, client: Client, run: () => void): () => void {
  const { loop } = process.machine.world;
  let planned = false;
  let stopped = false;
  const go = () => {
    planned = false;
    if (!stopped && client.available) run();
  };
  const plan = () => {
    if (planned) return;
    planned = true;
    loop.after(20, go);
  };
  plan();
  const { store } = client.server;
  const stops = [
    client.watch(SERVICES, plan),
    client.watch(ENDPOINT_SLICES, plan),
    client.watch(NODES, plan),
    store.subscribe('ipaddresspools.metallb.io', plan),
    store.subscribe('l2advertisements.metallb.io', plan),
    client.watch(PODS, ({ object }) => object.metadata.namespace === 'metallb-system' && plan()),
  ];
  return () => {
    stopped = true;
    for (const stop of stops) stop();
  };
}

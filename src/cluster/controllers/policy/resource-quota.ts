import { RESOURCE_QUOTAS } from '../../api/kinds.ts';
import { at, deepEqual, keyOf, type Stored, splitKey } from '../../api/object.ts';
import { qualifiedResource } from '../../api/resource.ts';
import type { ResourceQuota } from '../../api/types.generated.ts';
import { addQuantities } from '../../apimachinery/quantity-sums.ts';
import { quotaMatchesPod, usageOf } from '../../resources/quota-usage.ts';
import type { Controller, ControllerContext } from '../controller.ts';

/** Everything is counted anew this often, ms. */
const RESYNC = 300_000;
const IGNORED = new Set(['events', 'events.events.k8s.io', 'leases.coordination.k8s.io']);

/** Counts what quotas limit. kubernetes: pkg/controller/resourcequota */
export const resourceQuotaController: Controller = {
  name: 'resourcequota-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((key) => {
      const { namespace, name } = splitKey(key);
      const quota = client.get(RESOURCE_QUOTAS, namespace, name);
      if (!quota) return;
      const status = { hard: { ...quota.spec?.hard }, used: usedOf(context, quota) };
      client.modify(RESOURCE_QUOTAS, namespace, name, (old) => ({ ...old, status }), 'status');
    });
    context.informer(RESOURCE_QUOTAS, ({ object }) => {
      if (!deepEqual(object.spec?.hard, object.status?.hard)) queue.add(keyOf(object));
    });
    const wake = (namespace: string | undefined) => {
      for (const quota of client.list(RESOURCE_QUOTAS, namespace)) queue.add(keyOf(quota));
    };
    // What is created was counted when it was admitted; only what goes gives something back.
    for (const resource of client.server.resources.all()) {
      const name = qualifiedResource(resource);
      if (!resource.namespaced || IGNORED.has(name)) continue;
      const stop = client.server.store.subscribe(name, ({ type, object, old }) => {
        const gives = type === 'DELETED' || (old !== undefined && usesLess(name, old, object));
        if (gives && client.available) wake(object.metadata.namespace);
      });
      context.onStop(stop);
    }
    context.every(RESYNC, () => {
      if (client.available) wake('');
    });
  },
};

/** A Pod that ended, or a Service of another type. */
function usesLess(resource: string, old: Stored, object: Stored): boolean {
  if (resource === 'pods') return at(old, 'status', 'phase') !== at(object, 'status', 'phase');
  return resource === 'services' && at(old, 'spec', 'type') !== at(object, 'spec', 'type');
}

function usedOf(context: ControllerContext, quota: Stored<ResourceQuota>): { [name: string]: string } {
  const { server } = context.client;
  const used: { [name: string]: string } = {};
  for (const name of Object.keys(quota.spec?.hard ?? {})) used[name] = '0';
  for (const name of server.store.resources()) {
    const resource = server.resources.ofName(name);
    if (!resource?.namespaced || IGNORED.has(name)) continue;
    for (const object of server.store.list(name, quota.metadata.namespace)) {
      if (name === 'pods' && !quotaMatchesPod(quota, object)) continue;
      for (const [key, amount] of Object.entries(usageOf(resource, object))) {
        const sum = used[key];
        if (sum !== undefined) used[key] = addQuantities(sum, amount);
      }
    }
  }
  return used;
}

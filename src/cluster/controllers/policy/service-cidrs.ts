import { IP_ADDRESSES, SERVICE_CIDRS } from '../../api/kinds.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import type { Controller } from '../controller.ts';

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';

/** Says of ServiceCIDRs that they are ready, and holds those whose addresses are in use. kubernetes: pkg/controller/servicecidrs */
export const serviceCidrsController: Controller = {
  name: 'service-cidrs-controller',
  start(context) {
    const { client, world } = context;
    const queue = context.queue((name) => {
      const cidr = client.get(SERVICE_CIDRS, '', name);
      if (!cidr) return;
      const finalizers = cidr.metadata.finalizers ?? [];
      if (cidr.metadata.deletionTimestamp !== undefined) {
        if (!canDelete(name, cidr.spec?.cidrs ?? [])) {
          setReady(
            name,
            'False',
            'Terminating',
            'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
          );
          return;
        }
        const kept = finalizers.filter((one) => one !== FINALIZER);
        client.modify(SERVICE_CIDRS, '', name, (old) => ({ ...old, metadata: { ...old.metadata, finalizers: kept } }));
        return;
      }
      if (!finalizers.includes(FINALIZER))
        client.modify(SERVICE_CIDRS, '', name, (old) => ({
          ...old,
          metadata: { ...old.metadata, finalizers: [...finalizers, FINALIZER] },
        }));
      setReady(name, 'True', '', 'Kubernetes Service CIDR is ready');
    });
    /** Whether no address would be left without a range. kubernetes: servicecidrs_controller.go canDeleteCIDR */
    const canDelete = (name: string, ranges: readonly string[]) => {
      const others = client
        .list(SERVICE_CIDRS)
        .filter(({ metadata }) => metadata.name !== name)
        .flatMap(({ spec }) => spec?.cidrs ?? []);
      const within = (text: string) => others.some((other) => containsRange(other, text));
      if (ranges.every(within)) return true;
      const mine = (address: string) => ranges.some((range) => holds(range, address));
      const kept = (address: string) => others.some((range) => holds(range, address));
      return !client.list(IP_ADDRESSES).some(({ metadata: { name: ip } }) => mine(ip) && !kept(ip));
    };
    const setReady = (name: string, status: string, reason: string, message: string) => {
      const before = client.get(SERVICE_CIDRS, '', name)?.status?.conditions?.find((one) => one.type === 'Ready');
      if (before?.status === status && before.message === message) return;
      const condition = { type: 'Ready', status, reason, message, lastTransitionTime: toSeconds(world.now) };
      client.modify(SERVICE_CIDRS, '', name, (old) => ({ ...old, status: { conditions: [condition] } }), 'status');
    };
    context.informer(SERVICE_CIDRS, ({ object }) => queue.add(object.metadata.name));
    context.informer(IP_ADDRESSES, () => {
      for (const cidr of client.list(SERVICE_CIDRS))
        if (cidr.metadata.deletionTimestamp !== undefined) queue.add(cidr.metadata.name);
    });
  },
};

/** Whether a range lies in another. */
function containsRange(outer: string, inner: string): boolean {
  return Number(outer.split('/')[1]) <= Number(inner.split('/')[1]) && holds(outer, inner.split('/')[0] ?? '');
}

/** Whether an IPv4 range has an address; IPv6 has no model here. */
function holds(range: string, address: string): boolean {
  const [base = '', bits = '32'] = range.split('/');
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}

import type { Machine } from '../../world/machine.ts';
import { cidr, cidrText } from '../../world/network/address.ts';
import type { Link, Segment } from '../../world/network/link.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import { addBridge, joinBridge, joinRouted, leaveBridge, leaveRouted } from '../../world/network/topology.ts';
import { HostLocal } from './host-local.ts';
import { mapPorts, type PortMapping } from './portmap.ts';

const CONFIG_FOLDER = '/etc/cni/net.d';

export type CniResult = { readonly ip: string } | { readonly error: string };

interface Attached {
  readonly detach: () => void;
  readonly ip: string;
}

/** A plugin as its configuration names it. */
interface PluginConfig {
  readonly type: string;
  readonly bridge: string;
  /** The range that host-local hands out from. */
  readonly subnet: string | undefined;
  readonly mtu: number | undefined;
  /** The plugin portmap follows in the list. */
  readonly mapsPorts: boolean;
}

/**
 * What the container runtime does with /etc/cni/net.d when a sandbox comes or goes: the plugins bridge, flannel,
 * calico and portmap. containerd: internal/cri/server/sandbox_run.go setupPodNetwork
 */
export class ContainerNetwork {
  private readonly attached = new Map<NetworkNamespace, Attached>();
  private readonly bridges = new Map<string, Segment>();
  private readonly ranges = new Map<string, HostLocal>();

  constructor(
    private readonly machine: Machine,
    /** Node.spec.podCIDR: for plugins that take the range from there. */
    private readonly podCidr: string,
  ) {}

  /** Why the runtime says NetworkReady=false; undefined when there is a configuration. containerd: go-cni Status */
  get problem(): string | undefined {
    return this.configFile() === undefined
      ? 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized'
      : undefined;
  }

  /** CNI ADD: gives a sandbox an interface and an address, or says why the plugin cannot. */
  add(sandbox: NetworkNamespace, ports: readonly PortMapping[] = []): CniResult {
    const config = this.config();
    if (!config) return { error: 'cni plugin not initialized' };
    const problem = this.missing(config);
    if (problem !== undefined) return { error: `plugin type="${config.type}" failed (add): ${problem}` };
    const range = this.rangeOf(config);
    const ip = range?.take();
    if (!range || ip === undefined) return { error: noAddress(config, range) };
    const { world } = this.machine;
    sandbox.netns = `cni-${world.random.fork(`netns/${sandbox.name}`).uid()}`;
    const outer =
      config.type === 'calico' ? this.addRouted(sandbox, ip, config) : this.addPort(sandbox, ip, range, config);
    world.network.register(ip, sandbox);
    const shared = `${ip}/${config.type === 'calico' ? 32 : range.prefix}`;
    const unmap = mapPorts(this.machine.network, config.mapsPorts ? ports : [], { ip, range: shared });
    this.attached.set(sandbox, {
      ip,
      detach: () => {
        unmap();
        if (config.type === 'calico') leaveRouted(this.machine.network, outer);
        else if (outer.segment) leaveBridge(outer.segment, outer);
        range.release(ip);
        if (world.network.namespaceOf(ip) === sandbox) world.network.detach(ip);
      },
    });
    return { ip };
  }

  /** CNI DEL. */
  remove(sandbox: NetworkNamespace): void {
    this.attached.get(sandbox)?.detach();
    this.attached.delete(sandbox);
  }

  private addPort(sandbox: NetworkNamespace, address: string, range: HostLocal, config: PluginConfig): Link {
    const { random } = this.machine.world;
    let bridge = this.bridges.get(config.bridge);
    if (!bridge) {
      const { gateway, prefix } = range;
      const { bridge: name, mtu } = config;
      bridge = addBridge(this.machine.network, { name, address: gateway, prefix, random, ...(mtu ? { mtu } : {}) });
      this.machine.network.forwarding = true;
      this.bridges.set(config.bridge, bridge);
    }
    const { mtu } = config;
    const { prefix, gateway } = range;
    return joinBridge(bridge, sandbox, { address, prefix, gateway, random, ...(mtu ? { mtu } : {}) });
  }

  private addRouted(sandbox: NetworkNamespace, address: string, config: PluginConfig): Link {
    const { network, world } = this.machine;
    network.forwarding = true;
    const name = `cali${world.random.fork(`cali/${sandbox.name}`).hex(11)}`;
    return joinRouted(network, sandbox, { address, name, random: world.random, mtu: config.mtu ?? 1450 });
  }

  /** What a plugin's daemon leaves on the node before the plugin can work. */
  private missing({ type }: PluginConfig): string | undefined {
    const { files } = this.machine;
    if (type === 'flannel' && !files.exists('/run/flannel/subnet.env'))
      return 'loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory';
    if (type === 'calico' && !files.exists('/var/lib/calico/nodename'))
      return 'stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/';
    return ['bridge', 'flannel', 'calico'].includes(type) ? undefined : `kubetutor does not model the plugin ${type}`;
  }

  private rangeOf(config: PluginConfig): HostLocal | undefined {
    let subnet = config.subnet ?? this.podCidr;
    if (config.type === 'calico') {
      const tunnel = this.machine.network.link('tunl0')?.addresses[0]?.address;
      const block = tunnel === undefined ? undefined : cidr(`${tunnel}/26`);
      if (!block) return undefined;
      subnet = cidrText(block);
    }
    if (config.type === 'flannel') {
      const env = this.machine.files.readText('/run/flannel/subnet.env');
      const first = cidr(/^FLANNEL_SUBNET=(\S+)/m.exec(env)?.[1] ?? '');
      if (first) subnet = cidrText(first);
    }
    const known = this.ranges.get(subnet);
    if (known) return known;
    const range = cidr(subnet);
    if (!range) return undefined;
    const made = new HostLocal(range);
    this.ranges.set(subnet, made);
    return made;
  }

  private configFile(): string | undefined {
    const { files } = this.machine;
    if (files.tryStat(CONFIG_FOLDER)?.kind !== 'directory') return undefined;
    return files
      .readDirectory(CONFIG_FOLDER)
      .filter((name) => /\.(conf|conflist|json)$/.test(name))
      .sort()[0];
  }

  private config(): PluginConfig | undefined {
    const name = this.configFile();
    if (name === undefined) return undefined;
    return parseConfig(this.machine.files.readText(`${CONFIG_FOLDER}/${name}`));
  }
}

/** Undefined for a file that is no configuration; the runtime ignores it. */
function parseConfig(text: string): PluginConfig | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const list = field(data, 'plugins');
  const plugins: unknown[] = Array.isArray(list) ? list : [data];
  const [plugin] = plugins;
  const type = field(plugin, 'type');
  if (typeof type !== 'string') return undefined;
  const bridge = field(plugin, 'bridge');
  const mtu = field(plugin, 'mtu');
  return {
    type,
    bridge: typeof bridge === 'string' ? bridge : 'cni0',
    subnet: subnetOf(field(plugin, 'ipam')),
    mtu: typeof mtu === 'number' && mtu > 0 ? mtu : type === 'flannel' ? 1450 : undefined,
    mapsPorts: plugins.some((one) => field(one, 'type') === 'portmap'),
  };
}

function subnetOf(ipam: unknown): string | undefined {
  const own = field(ipam, 'subnet');
  if (typeof own === 'string' && own !== 'usePodCidr') return own;
  const ranges = field(ipam, 'ranges');
  const first: unknown = Array.isArray(ranges) ? ranges[0] : undefined;
  const range: unknown = Array.isArray(first) ? first[0] : undefined;
  const subnet = field(range, 'subnet');
  return typeof subnet === 'string' && subnet !== 'usePodCidr' ? subnet : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function noAddress(config: PluginConfig, range: HostLocal | undefined): string {
  const head = `plugin type="${config.type}" failed (add):`;
  if (!range) return `${head} invalid range`;
  return `${head} failed to allocate for range 0: no IP addresses available in range set: ${range.text}`;
}

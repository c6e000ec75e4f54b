import { ipv4, networkOf } from './address.ts';
import type { Link } from './link.ts';

/** A line of `ip route`. */
export interface Route {
  /** First address of the destination; 0 with prefix 0 is `default`. */
  readonly network: number;
  readonly prefix: number;
  readonly link: Link;
  /** The next machine; without it the destination is on the link. */
  readonly via?: string;
  /** The address to speak from. */
  readonly source?: string;
  readonly scope?: 'link' | 'global';
  readonly protocol?: 'kernel' | 'boot' | 'static' | 'dhcp' | 'bird';
  /** Packets go nowhere: with a message, without, or as if there were no route. */
  readonly type?: 'unreachable' | 'blackhole' | 'throw';
  /** The next machine is taken to be on the link, whatever the addresses say. */
  readonly onlink?: boolean;
  readonly metric?: number;
}

/** The routes of a namespace: the longest prefix decides. */
export class RouteTable {
  /** By prefix, longest first; routes to one address apart, as there may be one for each Pod. */
  private readonly ranges: Route[] = [];
  private readonly hosts = new Map<number, Route>();

  add(route: Route): void {
    if (route.prefix === 32) {
      this.hosts.set(route.network, route);
      return;
    }
    const at = this.ranges.findIndex((other) => other.prefix < route.prefix);
    this.ranges.splice(at < 0 ? this.ranges.length : at, 0, route);
  }

  remove(matches: (route: Route) => boolean): void {
    for (let at = this.ranges.length - 1; at >= 0; at--) {
      const route = this.ranges[at];
      if (route && matches(route)) this.ranges.splice(at, 1);
    }
    for (const [address, route] of this.hosts) if (matches(route)) this.hosts.delete(address);
  }

  removeHost(address: string): void {
    const value = ipv4(address);
    if (value !== undefined) this.hosts.delete(value);
  }

  lookup(address: string): Route | undefined {
    const value = ipv4(address);
    if (value === undefined) return undefined;
    const host = this.hosts.get(value);
    if (host?.link.up) return host;
    for (const route of this.ranges)
      if (networkOf(value, route.prefix) === route.network && (route.link.up || route.type))
        return route.type === 'throw' ? undefined : route;
    return undefined;
  }

  /** As `ip route` lists them. */
  get all(): Route[] {
    return [...this.ranges, ...this.hosts.values()].sort(
      (a, b) => a.network - b.network || a.prefix - b.prefix || (a.metric ?? 0) - (b.metric ?? 0),
    );
  }
}

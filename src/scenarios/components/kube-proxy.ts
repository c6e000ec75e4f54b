import type { Client } from '../../cluster/api/client.ts';
import { NODES, SERVICES } from '../../cluster/api/kinds.ts';
import { keyOf, type Stored } from '../../cluster/api/object.ts';
import type { Service } from '../../cluster/api/types.generated.ts';
import { isObject, type Json } from '../../cluster/apimachinery/json-value.ts';
import { yamlToJson } from '../../cluster/apimachinery/yaml.ts';
import type { ServiceProxy } from '../../cluster/network/service-proxy.ts';
import { memoize } from '../../world/memoize.ts';
import { type HttpResponse, textResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { untilStopped } from '../control-plane.ts';
import { jsonPage, servePages } from './health.ts';
import { klogLine } from './klog.ts';

/** kube-proxy of a node, and its way to the API server. */
export interface NodeProxy {
  readonly proxy: ServiceProxy;
  readonly client: Client;
}

const HEALTHZ_PORT = 10256;
const METRICS_PORT = 10249;
const MODES = ['iptables', 'ipvs', 'nftables'];

/** While its process lives, the rules of its node follow the Services. kubernetes: cmd/kube-proxy */
export function kubeProxyProgram(proxies: ReadonlyMap<string, NodeProxy>): Program {
  return {
    name: 'kube-proxy',
    *main(process) {
      const config = readConfig(process);
      if (typeof config === 'string') {
        yield* process.printError(
          klogLine('E', process.now, process.pid, 'run.go:72', `"command failed" err="${config}"`),
        );
        return 1;
      }
      const node = proxies.get(process.machine.hostname);
      yield* process.printError(startLog(process, config.mode));
      const stops = [
        servePages(process, HEALTHZ_PORT, (path) => healthPage(process, node, path), '::'),
        servePages(process, METRICS_PORT, (path) => metricsPage(config.mode, path), '127.0.0.1'),
      ];
      const checks = node && new HealthChecks(process, node);
      node?.proxy.start({ clusterCidr: config.clusterCidr });
      checks?.start();
      try {
        return yield* untilStopped(process);
      } finally {
        checks?.stop();
        node?.proxy.stop();
        for (const stop of stops) stop?.();
      }
    },
  };
}

interface ProxyConfiguration {
  readonly mode: string;
  readonly clusterCidr: string | undefined;
}

/** Each node's kube-proxy reads the same text. */
const parseConfig = memoize(4, (text): Json => yamlToJson(text));

/** The file of --config; a text when it is wrong. kubernetes: pkg/proxy/apis/config/validation */
function readConfig(process: Process): ProxyConfiguration | string {
  const { files } = process.machine;
  const path = process.argv.find((word) => word.startsWith('--config='))?.slice('--config='.length);
  if (path === undefined) return { mode: 'iptables', clusterCidr: undefined };
  if (!files.exists(path)) return `failed complete: open ${path}: no such file or directory`;
  let config: Json;
  try {
    config = parseConfig(files.readText(path));
  } catch (error) {
    return `failed complete: ${error instanceof Error ? error.message : String(error)}`;
  }
  const field = (name: string) => {
    const value = isObject(config) ? config[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const mode = field('mode');
  if (mode !== '' && !MODES.includes(mode))
    return `failed validate: KubeProxyConfiguration.Mode.ProxyMode: Invalid value: \\"${mode}\\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])`;
  const clusterCidr = field('clusterCIDR');
  return { mode: mode === '' ? 'iptables' : mode, clusterCidr: clusterCidr === '' ? undefined : clusterCidr };
}

function startLog(process: Process, mode: string): string {
  const line = (place: string, text: string) => klogLine('I', process.now, process.pid, place, text);
  const address = process.machine.network.primaryAddress ?? '';
  const unlike =
    mode === 'iptables'
      ? ''
      : klogLine(
          'W',
          process.now,
          process.pid,
          'kubetutor',
          `"kubetutor does not model mode ${mode}: the rules are those of iptables"`,
        );
  return [
    line('server.go:228', `"Successfully retrieved NodeIPs" NodeIPs=["${address}"]`),
    line('server.go:274', '"kube-proxy running in dual-stack mode" primary ipFamily="IPv4"'),
    line('server_linux.go:137', `"Using ${mode} Proxier"`),
    unlike,
    line('server.go:539', '"Version info" version="v1.36.4"'),
    line('config.go:200', '"Starting service config controller"'),
    line('config.go:106', '"Starting endpoint slice config controller"'),
    line('config.go:309', '"Starting node config controller"'),
    line('shared_informer.go:388', '"Caches are synced" controller="node config"'),
    line('shared_informer.go:388', '"Caches are synced" controller="service config"'),
    line('shared_informer.go:388', '"Caches are synced" controller="endpoint slice config"'),
  ].join('');
}

function metricsPage(mode: string, path: string): HttpResponse | undefined {
  if (path === '/proxyMode') return textResponse(200, mode);
  return path === '/healthz' ? textResponse(200, 'ok') : undefined;
}

/** /healthz also says whether a load balancer should still send to this node. kubernetes: pkg/proxy/healthcheck/proxy_health.go */
function healthPage(process: Process, node: NodeProxy | undefined, path: string): HttpResponse | undefined {
  if (path !== '/healthz' && path !== '/livez') return undefined;
  const now = new Date(process.now).toISOString();
  const self = node?.client.get(NODES, '', process.machine.hostname);
  const leaves = (self?.spec?.taints ?? []).some(({ key }) => key === 'ToBeDeletedByClusterAutoscaler');
  const eligible = self !== undefined && !self.metadata.deletionTimestamp && !leaves;
  const family = `{"lastUpdated":"${now}","healthy":true}`;
  const shown = path === '/healthz' ? `,"nodeEligible":${eligible}` : '';
  const text = `{"lastUpdated":"${now}","currentTime":"${now}"${shown},"healthy":true,"status":{"IPv4":${family},"IPv6":${family}}}`;
  return jsonPage(path === '/livez' || eligible ? 200 : 503, text);
}

/** The port of each Service that has a healthCheckNodePort. kubernetes: pkg/proxy/healthcheck/service_health.go */
class HealthChecks {
  private readonly open = new Map<string, { readonly port: number; readonly close: () => void }>();
  private unwatch = () => {};

  constructor(
    private readonly process: Process,
    private readonly node: NodeProxy,
  ) {}

  start(): void {
    for (const service of this.node.client.list(SERVICES)) this.note(service, service.spec?.healthCheckNodePort);
    this.unwatch = this.node.client.watch(SERVICES, ({ type, object }) =>
      this.note(object, type === 'DELETED' ? undefined : object.spec?.healthCheckNodePort),
    );
  }

  stop(): void {
    this.unwatch();
    for (const { close } of this.open.values()) close();
  }

  private note(service: Stored<Service>, port: number | undefined): void {
    const key = keyOf(service);
    const current = this.open.get(key);
    if (current?.port === port) return;
    current?.close();
    this.open.delete(key);
    const close = port ? servePages(this.process, port, () => this.page(service)) : undefined;
    if (port && close) this.open.set(key, { port, close });
  }

  private page(service: Stored<Service>): HttpResponse {
    const { namespace, name } = service.metadata;
    const count = this.node.proxy.localEndpoints(service);
    const text = `{\n\t"service": {\n\t\t"namespace": "${namespace}",\n\t\t"name": "${name}"\n\t},\n\t"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}`;
    return jsonPage(count > 0 ? 200 : 503, text, [['x-load-balancing-endpoint-weight', String(count)]]);
  }
}

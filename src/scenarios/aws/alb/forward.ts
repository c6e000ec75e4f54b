import type { Region } from '../../../cloud/aws/region.ts';
import type { ListenerRule, LoadBalancer, TargetGroup } from '../../../cloud/aws/types/load-balancing.ts';
import { hostMatches, hostOf } from '../../../programs/ingress/matching.ts';
import { Errno } from '../../../world/errno.ts';
import { type HttpRequest, type HttpResponse, textResponse } from '../../../world/network/http.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';

const REASONS: Readonly<Record<number, string>> = {
  301: '301 Moved Permanently',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
};
/** ms that a target is tried, and between two health checks. */
const CONNECT = 10_000;
const CHECK = 15_000;

/** The first rule whose conditions a request meets. */
function ruleFor(rules: readonly ListenerRule[], request: HttpRequest): ListenerRule | undefined {
  const host = hostOf(request.headers.get('host'));
  return rules.find(
    ({ hosts, paths }) =>
      (hosts.length === 0 || hosts.some((one) => hostMatches(one, host))) &&
      (paths.length === 0 || paths.some((one) => pathMatches(one, request.path))),
  );
}

/** `*` is any text, `?` one character. */
function pathMatches(pattern: string, path: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`).test(path);
}

function answer(status: number, text?: string): HttpResponse {
  const title = REASONS[status] ?? String(status);
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  const made = textResponse(status, text ?? page, text === undefined ? 'text/html' : 'text/plain; charset=utf-8');
  return { ...made, headers: new Map([['server', 'awselb/2.0'], ...made.headers]) };
}

/** `https://HOST:443/PATH?QUERY` */
function redirected(port: number, request: HttpRequest): HttpResponse {
  const query = request.query.map(([key, value]) => (value === '' ? key : `${key}=${value}`)).join('&');
  const target = request.target ?? `${request.path}${query === '' ? '' : `?${query}`}`;
  const page = answer(301);
  const location = `https://${hostOf(request.headers.get('host'))}:${port}${target}`;
  return { ...page, headers: new Map([...page.headers, ['location', location]]) };
}

/** An application load balancer at work: rules choose a target group, and that a healthy target. */
export class Forwarder {
  constructor(
    private readonly region: Region,
    private readonly balancer: LoadBalancer,
  ) {}

  *forward(process: Process, port: number, request: HttpRequest): Task<HttpResponse> {
    const listener = this.balancer.listeners.find((one) => one.port === port);
    const rule = ruleFor(listener?.rules ?? [], request);
    if (!rule) return answer(404, '');
    if (rule.fixed) return answer(rule.fixed.status, rule.fixed.text);
    if (rule.redirect !== undefined) return redirected(rule.redirect, request);
    const group = this.region.targetGroups.get(rule.targetGroup ?? '');
    const target = group && this.pick(process, group);
    if (!target) return answer(503);
    const headers = new Map(request.headers);
    const before = headers.get('x-forwarded-for');
    headers.set(
      'x-forwarded-for',
      before === undefined ? request.remoteAddress : `${before}, ${request.remoteAddress}`,
    );
    headers.set('x-forwarded-port', String(port));
    headers.set('x-forwarded-proto', request.tls ? 'https' : 'http');
    try {
      return yield* process.machine.world.network.request(process, target.address, target.port, {
        method: request.method,
        path: request.path,
        query: request.query,
        headers,
        connectTimeout: CONNECT,
        ...(request.body ? { body: request.body } : {}),
      });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return answer(502);
    }
  }

  /** Asks every target again and again how it is. */
  *check(process: Process): Task<number> {
    for (;;) {
      for (const group of this.region.targetGroups.values()) {
        if (!group.loadBalancers.includes(this.balancer.arn)) continue;
        for (const target of group.targets) target.problem = yield* this.problemOf(process, group, target);
      }
      yield* process.sleep(CHECK);
    }
  }

  private *problemOf(process: Process, group: TargetGroup, target: TargetGroup['targets'][number]): Task<string> {
    const address = this.addressOf(target.id);
    if (address === undefined) return 'Target.InvalidState';
    try {
      const response = yield* process.machine.world.network.request(process, address, target.port, {
        method: 'GET',
        path: group.healthPath ?? '/',
        query: [],
        headers: new Map([
          ['host', `${address}:${target.port}`],
          ['user-agent', 'ELB-HealthChecker/2.0'],
        ]),
        connectTimeout: 5000,
      });
      return response.status === 200 ? '' : `Target.ResponseCodeMismatch:${response.status}`;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return error.code === 'ETIMEDOUT' ? 'Target.Timeout' : 'Target.FailedHealthChecks';
    }
  }

  /** A healthy target, or any when none is. */
  private pick(process: Process, group: TargetGroup): { address: string; port: number } | undefined {
    const healthy = group.targets.filter(({ problem = '' }) => problem === '');
    const target = process.machine.world.random.pick(healthy.length > 0 ? healthy : group.targets);
    const address = target && this.addressOf(target.id);
    return target && address !== undefined ? { address, port: target.port } : undefined;
  }

  private addressOf(id: string): string | undefined {
    if (!id.startsWith('i-')) return id;
    const instance = this.region.instances.get(id);
    return instance?.State.Name === 'running' ? instance.PrivateIpAddress : undefined;
  }
}

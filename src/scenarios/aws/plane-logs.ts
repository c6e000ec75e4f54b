import type { Region } from '../../cloud/aws/region.ts';
import { writeLog } from '../../cloud/aws/services/eks/logging.ts';
import type { EksCluster } from '../../cloud/aws/types/eks.ts';
import type { Identity } from '../../cloud/aws/types/iam.ts';
import type { User } from '../../cluster/api/authentication.ts';
import { at } from '../../cluster/api/object.ts';
import { parseRequestInfo } from '../../cluster/api/request-info.ts';
import type { ApiServer } from '../../cluster/api/server.ts';
import type { HttpRequest, HttpResponse } from '../../world/network/http.ts';

/** ms for which the API server believes an answer of the authenticator. EKS: --authentication-token-webhook-cache-ttl */
const BELIEVED = 7 * 60_000;

/** What of a control plane goes to CloudWatch: who was let in, and what was asked for by way of the network. */
export class PlaneLogs {
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly region: Region,
    private readonly eks: EksCluster,
  ) {}

  /** Once for a token, as long as it is believed. aws-iam-authenticator: pkg/server/server.go, authenticateEndpoint */
  authenticated(token: string, identity: Identity | undefined, principal: string, user: User | undefined): void {
    if (!this.eks.logging.has('authenticator')) return;
    const { now } = this.region.account;
    if ((this.seen.get(token) ?? -Infinity) > now) return;
    for (const [old, until] of this.seen) if (until <= now) this.seen.delete(old);
    this.seen.set(token, now + BELIEVED);
    const fields = new Map([
      ['client', '"127.0.0.1:40312"'],
      ['method', 'POST'],
      ['path', '/authenticate'],
    ]);
    if (identity) fields.set('arn', `"${principal}"`);
    if (user) {
      fields.set('groups', `"[${user.groups.join(' ')}]"`);
      fields.set('uid', `"aws-iam-authenticator:${identity?.account}:${identity?.userId.split(':')[0]}"`);
      fields.set('username', /^[\w.@/^+-]+$/.test(user.name) ? user.name : JSON.stringify(user.name));
    } else fields.set('error', identity ? `"ARN is not mapped: ${principal.toLowerCase()}"` : '"token is not valid"');
    const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`);
    const [level, text] = user ? ['info', 'access granted'] : ['warning', 'access denied'];
    this.write('authenticator', `time="${isoSeconds(now)}" level=${level} msg="${text}" ${sorted.join(' ')}`);
  }

  /** An event of audit.k8s.io/v1 of the level Metadata; requests of the control plane's own parts make none here. */
  answered(server: ApiServer, request: HttpRequest, response: HttpResponse, began: number): void {
    if (!this.eks.logging.has('audit')) return;
    const info = parseRequestInfo(request.method, request.path, request.query);
    const user = server.userFor(request);
    const query = request.query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
    const { random, now } = this.region.account;
    const name = info.name || nameIn(response);
    const allowed = response.status !== 401 && response.status !== 403;
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: random.uid(),
      stage: 'ResponseComplete',
      requestURI: query === '' ? request.path : `${request.path}?${query}`,
      verb: info.verb,
      user: user
        ? {
            username: user.name,
            ...(user.uid ? { uid: user.uid } : {}),
            groups: user.groups,
            ...(user.extra ? { extra: user.extra } : {}),
          }
        : {},
      sourceIPs: [request.remoteAddress],
      userAgent: request.headers.get('user-agent') ?? '',
      ...(info.isResourceRequest
        ? {
            objectRef: {
              resource: info.resource,
              ...(info.namespace === '' ? {} : { namespace: info.namespace }),
              ...(name === '' ? {} : { name }),
              ...(info.group === '' ? {} : { apiGroup: info.group }),
              apiVersion: info.version,
              ...(info.subresource === '' ? {} : { subresource: info.subresource }),
            },
          }
        : {}),
      responseStatus: { metadata: {}, code: response.status },
      requestReceivedTimestamp: isoMicro(began),
      stageTimestamp: isoMicro(now),
      ...(user ? { annotations: { 'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid' } } : {}),
    };
    this.write('audit', JSON.stringify(event));
  }

  private write(type: string, message: string): void {
    writeLog(this.region, this.eks, type, message);
  }
}

/** What was created has its name in the answer only. */
function nameIn({ body }: HttpResponse): string {
  const name = body?.kind === 'json' ? at(body.value, 'metadata', 'name') : undefined;
  return typeof name === 'string' ? name : '';
}

const isoSeconds = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const isoMicro = (ms: number) => `${new Date(ms).toISOString().slice(0, 23)}000Z`;

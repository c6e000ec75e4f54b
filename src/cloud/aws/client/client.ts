import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../../world/errno.ts';
import { bodyText, type HttpBody } from '../../../world/network/http.ts';
import type { Network } from '../../../world/network/network.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { endpointHost } from '../endpoint.ts';
import { modelOf } from '../models/models.ts';
import { objectOf, textOf } from '../params.ts';
import { NO_AGENT } from '../services/sts.ts';
import { amzDate, signature } from '../signature.ts';
import type { Credentials } from './config.ts';

/** A service answered with an error. botocore: ClientError */
export class ClientError extends Error {
  constructor(
    readonly code: string,
    readonly text: string,
    readonly operation: string,
    readonly status: number,
  ) {
    super(`An error occurred (${code}) when calling the ${operation} operation: ${text}`);
  }
}

/** Nobody answered. botocore: EndpointConnectionError, ConnectTimeoutError */
export class EndpointError extends Error {
  constructor(
    readonly url: string,
    timeout: boolean,
  ) {
    super(
      timeout
        ? `Connect timeout on endpoint URL: ${JSON.stringify(url)}`
        : `Could not connect to the endpoint URL: ${JSON.stringify(url)}`,
    );
  }
}

/** The agent that has credentials for a container gave none. botocore: CredentialRetrievalError */
export class RetrievalError extends Error {
  constructor(why: string) {
    super(`Error when retrieving credentials from container-role: Error retrieving metadata: ${why}`);
  }
}

/** botocore: connect_timeout, ms. */
const CONNECT_TIMEOUT = 60_000;

/** Services whose requests name another service when they are signed. */
const SIGNING: Readonly<Record<string, string>> = {
  elb: 'elasticloadbalancing',
  elbv2: 'elasticloadbalancing',
  'service-quotas': 'servicequotas',
};

/** Sends signed requests of one process to the endpoints of a region. */
export class AwsClient {
  constructor(
    readonly process: Process,
    /** Absent: requests go unsigned. */
    private credentials: Credentials | undefined,
    readonly region: string,
    /** `--endpoint-url` */
    readonly endpoint?: string,
  ) {}

  /** Credentials of a role for the token of a Pod. botocore: credentials.py, AssumeRoleWithWebIdentityProvider */
  private *assumeRole({ roleArn, tokenFile }: { roleArn: string; tokenFile: string }): Task<Credentials> {
    const { process } = this;
    const WebIdentityToken = process.machine.files.readText(tokenFile, process.credentials);
    const host = endpointHost('sts', this.region);
    const url = `https://${host}/`;
    const address = lookUp(process, host);
    if (address === undefined) throw new EndpointError(url, false);
    const operation = 'AssumeRoleWithWebIdentity';
    const RoleSessionName = `botocore-session-${Math.floor(process.now / 1000)}`;
    const params = { RoleArn: roleArn, RoleSessionName, WebIdentityToken };
    const value = yield* this.send(address, 443, url, operation, {
      method: 'POST',
      path: '/',
      headers: new Map([['host', host]]),
      body: { kind: 'json', value: { service: 'sts', operation, params } },
      connectTimeout: CONNECT_TIMEOUT,
      tls: { serverName: host },
    });
    return keysOf(value, 'assume-role-with-web-identity');
  }

  /**
   * Credentials of the role of a Pod. The Pod Identity Agent of the node would ask EKS for them: here the client asks itself.
   * botocore: credentials.py, ContainerProvider. Raises RetrievalError.
   */
  private *podIdentity({ url: agent, tokenFile }: { url: string; tokenFile: string }): Task<Credentials> {
    const { process } = this;
    const host = endpointHost('sts', this.region);
    const url = `https://${host}/`;
    const address = lookUp(process, host);
    if (address === undefined) throw new EndpointError(url, false);
    const operation = 'AssumeRoleForPodIdentity';
    const token = process.machine.files.readText(tokenFile, process.credentials);
    try {
      const value = yield* this.send(address, 443, url, operation, {
        method: 'POST',
        path: '/',
        headers: new Map([['host', host]]),
        body: { kind: 'json', value: { service: 'eks-auth', operation, params: { token } } },
        connectTimeout: CONNECT_TIMEOUT,
        tls: { serverName: host },
      });
      return keysOf(value, 'container-role');
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (error.code === NO_AGENT)
        throw new RetrievalError(
          `Received error when attempting to retrieve container metadata: Connect timeout on endpoint URL: ${JSON.stringify(agent)}`,
        );
      const request = process.machine.world.random.fork(`pod-identity/${process.now}`).uid();
      throw new RetrievalError(
        `Received non 200 response ${error.status} from container metadata: [${request}]: (${error.code}): ${error.text}, fault: client`,
      );
    }
  }

  /** Raises ClientError, EndpointError. */
  private *send(
    address: string,
    port: number,
    url: string,
    operation: string,
    request: Parameters<Network['request']>[3],
  ): Task<JsonObject> {
    try {
      const response = yield* this.process.machine.world.network.request(this.process, address, port, request);
      const value = response.body?.kind === 'json' ? response.body.value : undefined;
      if (!isObject(value)) throw new EndpointError(url, false);
      const error = value['Error'];
      if (response.status >= 300 && isObject(error))
        throw new ClientError(String(error['Code']), String(error['Message']), operation, response.status);
      return value;
    } catch (error) {
      if (error instanceof Errno) throw new EndpointError(url, error.code === 'ETIMEDOUT');
      throw error;
    }
  }

  /** Raises ClientError, EndpointError, RetrievalError. */
  *call(service: string, operation: string, params: JsonObject = {}): Task<JsonObject> {
    if (this.credentials?.webIdentity) this.credentials = yield* this.assumeRole(this.credentials.webIdentity);
    if (this.credentials?.container) this.credentials = yield* this.podIdentity(this.credentials.container);
    const signingRegion = service === 'iam' || service === 'ce' ? 'us-east-1' : this.region;
    const base = this.endpoint ?? `https://${endpointHost(service, this.region)}`;
    const { host, port, https } = splitUrl(base);
    const url = `${base.replace(/\/$/, '')}${requestPath(service, operation, params)}`;
    const address = lookUp(this.process, host);
    if (address === undefined) {
      yield* this.process.sleep(30);
      throw new EndpointError(url, false);
    }
    const body: HttpBody = { kind: 'json', value: { service, operation, params } };
    const time = amzDate(this.process.now);
    const signingName = SIGNING[service] ?? service;
    const scope = {
      time,
      region: service === 'iam' || service === 'ce' ? signingRegion : this.region,
      service: signingName,
    };
    const headers = new Map([['host', host]]);
    const { credentials } = this;
    if (credentials) {
      const signed = signature(credentials.secret, scope, bodyText(body));
      headers.set('x-amz-date', time);
      headers.set(
        'authorization',
        `AWS4-HMAC-SHA256 Credential=${credentials.keyId}/${time.slice(0, 8)}/${scope.region}/${signingName}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signed}`,
      );
      if (credentials.token !== undefined) headers.set('x-amz-security-token', credentials.token);
    }
    return yield* this.send(address, port, url, operation, {
      method: 'POST',
      path: '/',
      headers,
      body,
      connectTimeout: CONNECT_TIMEOUT,
      ...(https ? { tls: { serverName: host } } : {}),
    });
  }
}

function keysOf(answer: JsonObject, method: string): Credentials {
  const keys = objectOf(answer, 'Credentials');
  return {
    keyId: textOf(keys, 'AccessKeyId') ?? '',
    secret: textOf(keys, 'SecretAccessKey') ?? '',
    token: textOf(keys, 'SessionToken'),
    method,
  };
}

function splitUrl(url: string): { host: string; port: number; https: boolean } {
  const match = /^(https?):\/\/([^/:]+)(?::(\d+))?/.exec(url);
  const https = match?.[1] !== 'http';
  return { host: match?.[2] ?? url, port: Number(match?.[3] ?? (https ? 443 : 80)), https };
}

/** The path of a REST operation, which the texts about endpoints show; `/` for the others. */
function requestPath(service: string, operation: string, params: JsonObject): string {
  const path = modelOf(service)?.ops[operation]?.[3] ?? '/';
  return path.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(params[name] ?? '')));
}

/** /etc/hosts, then the names that everybody knows. */
export function lookUp(process: Process, name: string): string | undefined {
  if (name === 'localhost') return '127.0.0.1';
  if (/^[\d.]+$/.test(name)) return name;
  const { files } = process.machine;
  const hosts = files.exists('/etc/hosts') ? files.readText('/etc/hosts') : '';
  for (const line of hosts.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address !== undefined && names.includes(name)) return address;
  }
  return process.machine.world.network.names.get(name)?.[0];
}

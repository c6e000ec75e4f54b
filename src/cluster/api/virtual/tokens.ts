import { decode, encode } from '../../../world/bytes.ts';
import { digest } from '../../../world/describe.ts';
import { FieldError, StatusError } from '../../apimachinery/errors.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import type { User } from '../authentication.ts';
import { readBody } from '../handlers/body.ts';
import { nodeOf } from '../node-authorizer.ts';
import { at, type Stored } from '../object.ts';
import type { ApiRequest, ApiServer } from '../server.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;

function base64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): string {
  try {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  } catch {
    return '';
  }
}

/** The signature that only this cluster can make: a digest with the world's secret. */
function signature(server: ApiServer, text: string): string {
  return base64Url(encode(digest([server.world.options.seed, 'service-account-key', text]).repeat(4)));
}

/** serviceaccounts/token: a TokenRequest. */
export function issueToken(server: ApiServer, request: ApiRequest): unknown {
  const { namespace, name } = request.info;
  const body = readBody(request.http);
  const seconds = at(body, 'spec', 'expirationSeconds') ?? DEFAULT_SECONDS;
  if (typeof seconds !== 'number' || seconds < MIN_SECONDS) {
    throw StatusError.invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [
      FieldError.invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    ]);
  }
  if (nodeOf(request.user) !== undefined && at(body, 'spec', 'boundObjectRef', 'kind') !== 'Pod')
    throw StatusError.forbidden(
      { group: '', plural: 'serviceaccounts' },
      name,
      'node requested token not bound to a pod',
    );
  const account = server.store.get('serviceaccounts', `${namespace}/${name}`);
  const given = at(body, 'spec', 'audiences');
  const audiences = Array.isArray(given) && given.length > 0 ? given : [ISSUER];
  const bound = boundTo(server, namespace, name, at(body, 'spec', 'boundObjectRef'));
  const token = signToken(server, { namespace, name, uid: account?.metadata.uid ?? '', audiences, seconds, ...bound });
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid: account?.metadata.uid ?? '', creationTimestamp: toSeconds(server.world.now) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: at(body, 'spec', 'boundObjectRef') ?? null },
    status: { token, expirationTimestamp: toSeconds(server.world.now + seconds * 1000) },
  };
}

interface Named {
  readonly name: string;
  readonly uid: string;
}

interface Bound {
  readonly node?: Named;
  readonly pod?: Named;
  readonly secret?: Named;
}

/** What a token lives as long as. Raises StatusError. kubernetes: pkg/registry/core/serviceaccount/storage/token.go */
function boundTo(server: ApiServer, namespace: string, account: string, ref: unknown): Bound {
  const kind = at(ref, 'kind');
  const name = String(at(ref, 'name') ?? '');
  const find = (plural: string, key: string): Stored => {
    const found = server.store.get(plural, key);
    if (!found) throw StatusError.notFound({ group: '', plural }, name);
    const uid = at(ref, 'uid');
    if (typeof uid === 'string' && uid !== '' && uid !== found.metadata.uid)
      throw StatusError.conflict(
        { group: '', plural: found.kind },
        name,
        `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      );
    return found;
  };
  const named = (object: Stored): Named => ({ name: object.metadata.name, uid: object.metadata.uid });
  if (kind === 'Secret') return { secret: named(find('secrets', `${namespace}/${name}`)) };
  if (kind === 'Node') return { node: named(find('nodes', name)) };
  if (kind !== 'Pod') return {};
  const pod = find('pods', `${namespace}/${name}`);
  if (at(pod, 'spec', 'serviceAccountName') !== account)
    throw StatusError.badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  const node = server.store.get('nodes', String(at(pod, 'spec', 'nodeName') ?? ''));
  return { pod: named(pod), ...(node ? { node: named(node) } : {}) };
}

interface TokenSubject extends Bound {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** With both: a token of limited life for some; without: the old kind that a Secret has. */
  readonly audiences?: readonly unknown[];
  readonly seconds?: number;
  /** Of one whose life was made longer than asked for: the seconds that were asked for. */
  readonly asked?: number;
}

/** A JSON Web Token for a ServiceAccount, as mounted into Pods. */
export function signToken(server: ApiServer, subject: TokenSubject): string {
  const now = Math.floor(server.world.now / 1000);
  const header = { alg: 'RS256', kid: base64Url(encode(digest([server.world.options.seed, 'kid']).slice(0, 32))) };
  const claims = {
    aud: subject.audiences ?? [ISSUER],
    ...(subject.seconds === undefined ? {} : { exp: now + subject.seconds }),
    iat: now,
    iss: server.issuer,
    jti: server.world.random.uid(),
    'kubernetes.io': {
      namespace: subject.namespace,
      ...(subject.node ? { node: subject.node } : {}),
      ...(subject.pod ? { pod: subject.pod } : {}),
      ...(subject.secret ? { secret: subject.secret } : {}),
      serviceaccount: { name: subject.name, uid: subject.uid },
    },
    nbf: now,
    sub: `system:serviceaccount:${subject.namespace}:${subject.name}`,
  };
  if (subject.asked !== undefined) Object.assign(claims['kubernetes.io'], { warnafter: now + subject.asked });
  const signed = `${base64Url(encode(JSON.stringify(header)))}.${base64Url(encode(JSON.stringify(claims)))}`;
  return `${signed}.${signature(server, signed)}`;
}

/** What a token says that this cluster has signed; undefined when it is forged. */
export function tokenClaims(server: ApiServer, token: string): unknown {
  const [header = '', payload = '', given = ''] = token.split('.');
  if (signature(server, `${header}.${payload}`) !== given) return undefined;
  try {
    return JSON.parse(fromBase64Url(payload));
  } catch {
    return undefined;
  }
}

/** The ServiceAccount that a token stands for; undefined when it is forged, expired, or its account is gone. */
export function tokenUser(server: ApiServer, token: string, audiences?: readonly string[]): User | undefined {
  const claims = tokenClaims(server, token);
  if (claims === undefined || audiencesOf(server, claims, audiences).length === 0) return undefined;
  const expires = at(claims, 'exp');
  if (typeof expires === 'number' && expires * 1000 < server.world.now) return undefined;
  const namespace = String(at(claims, 'kubernetes.io', 'namespace') ?? '');
  const name = String(at(claims, 'kubernetes.io', 'serviceaccount', 'name') ?? '');
  const uid = String(at(claims, 'kubernetes.io', 'serviceaccount', 'uid') ?? '');
  if (server.store.get('serviceaccounts', `${namespace}/${name}`)?.metadata.uid !== uid) return undefined;
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${String(at(claims, 'jti') ?? '')}`],
      ...boundExtra('node', at(claims, 'kubernetes.io', 'node')),
      ...boundExtra('pod', at(claims, 'kubernetes.io', 'pod')),
    },
  };
}

/** Those that a token is for among those who are asked about: the API server itself, when nobody is named. kubernetes: --api-audiences */
export function audiencesOf(server: ApiServer, claims: unknown, wanted?: readonly string[]): string[] {
  const given = at(claims, 'aud');
  const own = [ISSUER, server.issuer, 'https://kubernetes.default.svc'];
  // Those of the old kind, of a Secret, are for the API server.
  const has = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? [given] : own;
  return (wanted?.length ? wanted : own).filter((one) => has.includes(one));
}

/** What a token is bound to, as its user's attributes. kubernetes: apiserver/pkg/authentication/serviceaccount/util.go */
function boundExtra(what: string, named: unknown): Record<string, string[]> {
  const [name, uid] = [at(named, 'name'), at(named, 'uid')];
  if (typeof name !== 'string' || typeof uid !== 'string') return {};
  const key = `authentication.kubernetes.io/${what}`;
  return { [`${key}-name`]: [name], [`${key}-uid`]: [uid] };
}

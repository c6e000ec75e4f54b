import type { HttpRequest } from '../../world/network/http.ts';

/** Who asks. kubernetes: apiserver/pkg/authentication/user.Info */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  /** ClusterRoles that an authorizer beside RBAC lets the user have: access policies of EKS. */
  readonly grants?: readonly { readonly role: string; readonly namespaces?: readonly string[] }[];
}

export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
const AUTHENTICATED = 'system:authenticated';

/** Finds the user that a token or a certificate stands for; undefined when it is not accepted. */
export type TokenAuthenticator = (token: string) => User | undefined;

/** The user of a request, or undefined when its credentials are wrong (401). */
export function authenticate(
  request: HttpRequest,
  tokenUser: TokenAuthenticator,
  certificateUser: TokenAuthenticator,
): User | undefined {
  const certificate = request.tls?.clientCertificate;
  if (certificate !== undefined) {
    const user = certificateUser(certificate);
    return user && withGroup(user);
  }
  const authorization = request.headers.get('authorization');
  if (authorization === undefined) return ANONYMOUS;
  const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  const user = tokenUser(token);
  return user && withGroup(user);
}

/** Whom the request's Impersonate-* headers name; undefined without any. */
export function impersonated(request: HttpRequest): User | undefined {
  const name = request.headers.get('impersonate-user');
  if (name === undefined) return undefined;
  const groups = (request.headers.get('impersonate-group') ?? '').split('\n').filter((group) => group !== '');
  const uid = request.headers.get('impersonate-uid');
  const serviceAccount = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name);
  const all = serviceAccount
    ? [...groups, 'system:serviceaccounts', `system:serviceaccounts:${serviceAccount[1]}`]
    : groups;
  const extra = impersonatedExtra(request);
  const user: User = { name, groups: all, ...(uid === undefined ? {} : { uid }), ...(extra ? { extra } : {}) };
  return name === ANONYMOUS.name ? { ...user, groups: [...all, 'system:unauthenticated'] } : withGroup(user);
}

function impersonatedExtra(request: HttpRequest): Record<string, string[]> | undefined {
  const prefix = 'impersonate-extra-';
  const entries = [...request.headers]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]): [string, string[]] => [name.slice(prefix.length), value.split('\n')]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function withGroup(user: User): User {
  if (user.groups.includes(AUTHENTICATED)) return user;
  let whole = known.get(user);
  if (!whole) {
    whole = { ...user, groups: [...user.groups, AUTHENTICATED] };
    known.set(user, whole);
  }
  return whole;
}

/** The same object for the same user: what he may do is found by it. */
const known = new WeakMap<User, User>();

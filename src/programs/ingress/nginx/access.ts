import type { Client } from '../../../cluster/api/client.ts';
import { SECRETS } from '../../../cluster/api/kinds.ts';
import { fromBase64 } from '../../../world/bytes.ts';
import type { HttpRequest } from '../../../world/network/http.ts';
import { inCidr } from '../../proxy/cidr.ts';
import { passwordFits } from '../../proxy/htpasswd.ts';
import type { AuthSettings, LocationSettings } from './annotations.ts';

export type Access =
  | { readonly kind: 'granted'; readonly user: string }
  | { readonly kind: 'forbidden' }
  /** The Secret with the passwords is missing or wrong: the location answers 503. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'unauthorized'; readonly realm: string; readonly why: string };

/** Who may come to a location: nginx's access phase. */
export function accessOf(client: Client, settings: LocationSettings, request: HttpRequest): Access {
  const { remoteAddress } = request;
  if (settings.denied.some((cidr) => inCidr(remoteAddress, cidr))) return { kind: 'forbidden' };
  if (settings.allowed.length > 0 && !settings.allowed.some((cidr) => inCidr(remoteAddress, cidr)))
    return { kind: 'forbidden' };
  return settings.auth ? basicAuth(client, settings.auth, request) : { kind: 'granted', user: '-' };
}

function basicAuth(client: Client, auth: AuthSettings, request: HttpRequest): Access {
  const passwords = passwordsOf(client, auth);
  if (!passwords) return { kind: 'broken' };
  const refuse = (why: string): Access => ({ kind: 'unauthorized', realm: auth.realm, why });
  const given = credentialsOf(request);
  if (!given) return refuse('');
  const stored = passwords.get(given.user);
  if (stored === undefined)
    return refuse(
      `user "${given.user}" was not found in "/etc/ingress-controller/auth/${auth.secret.replace('/', '-')}.passwd"`,
    );
  return passwordFits(given.password, stored)
    ? { kind: 'granted', user: given.user }
    : refuse(`user "${given.user}": password mismatch`);
}

function credentialsOf(request: HttpRequest): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^basic +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const text = encoded === undefined ? undefined : fromBase64(encoded);
  const colon = text?.indexOf(':') ?? -1;
  return text === undefined || colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The stored passwords by user; undefined when the Secret has none. */
function passwordsOf(client: Client, { secret, secretType }: AuthSettings): ReadonlyMap<string, string> | undefined {
  const [namespace = '', name = ''] = secret.split('/');
  const data = client.get(SECRETS, namespace, name)?.data;
  if (!data) return undefined;
  if (secretType === 'auth-map')
    return new Map(Object.entries(data).map(([user, stored]) => [user, (fromBase64(stored) ?? '').trim()]));
  const file = data['auth'] === undefined ? undefined : fromBase64(data['auth']);
  if (file === undefined) return undefined;
  return new Map(
    file
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

import type { Stored } from '../../../cluster/api/object.ts';
import type { Ingress } from '../../../cluster/api/types.generated.ts';

export const PREFIX = 'nginx.ingress.kubernetes.io/';

/** What annotations of an Ingress, over the options of the ConfigMap, make of its locations. */
export interface LocationSettings {
  readonly rewriteTarget: string;
  readonly useRegex: boolean;
  readonly sslRedirect: boolean;
  readonly forceSslRedirect: boolean;
  readonly appRoot: string;
  readonly redirect: { readonly code: number; readonly to: string } | undefined;
  readonly auth: AuthSettings | undefined;
  /** CIDRs; empty: everybody may come. */
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
  /** Bytes; 0: any. */
  readonly bodySize: number;
  readonly backendTls: boolean;
  readonly upstreamVhost: string;
  readonly cors: CorsSettings | undefined;
  /** ms */
  readonly connectTimeout: number;
  /** ms */
  readonly readTimeout: number;
  readonly accessLog: boolean;
}

export interface AuthSettings {
  /** `auth-file`: lines of htpasswd under the key `auth`; `auth-map`: a key a user. */
  readonly secretType: string;
  /** `namespace/name` */
  readonly secret: string;
  readonly realm: string;
}

interface CorsSettings {
  readonly origin: string;
  readonly methods: string;
  readonly headers: string;
  readonly credentials: boolean;
  readonly maxAge: string;
}

export interface CanarySettings {
  readonly weight: number;
  readonly weightTotal: number;
  readonly header: string;
  readonly headerValue: string;
  readonly headerPattern: string;
  readonly cookie: string;
}

/** Annotations that have an effect here, without their prefix. */
const MODELLED = new Set([
  'rewrite-target', 'use-regex', 'ssl-redirect', 'force-ssl-redirect', 'app-root', 'permanent-redirect',
  'permanent-redirect-code', 'temporal-redirect', 'temporal-redirect-code', 'auth-type', 'auth-secret', 'auth-secret-type',
  'auth-realm', 'whitelist-source-range', 'allowlist-source-range', 'denylist-source-range', 'proxy-body-size',
  'backend-protocol', 'upstream-vhost', 'enable-cors', 'cors-allow-origin', 'cors-allow-methods', 'cors-allow-headers',
  'cors-allow-credentials', 'cors-max-age', 'proxy-connect-timeout', 'proxy-read-timeout', 'enable-access-log', 'canary',
  'canary-weight', 'canary-weight-total', 'canary-by-header', 'canary-by-header-value', 'canary-by-header-pattern',
  'canary-by-cookie', 'default-backend',
]); // biome-ignore format: a table

/** Annotations that only tune the real nginx and change no answer here. */
const WITHOUT_EFFECT =
  /^(proxy-(send-timeout|buffer.*|buffers-number|http-version|request-buffering|next-upstream.*)|ssl-(ciphers|prefer-server-ciphers)|load-balance|service-upstream|upstream-hash-by|client-body-buffer-size|connection-proxy-header|http2-push-preload|auth-tls-verify-depth)$/;

/** The annotations of an Ingress for this controller that do nothing here. */
export function unmodelled(ingress: Stored<Ingress>): string[] {
  return Object.keys(ingress.metadata.annotations ?? {}).filter((key) => {
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : undefined;
    return name !== undefined && !MODELLED.has(name) && !WITHOUT_EFFECT.test(name);
  });
}

type Options = Readonly<Record<string, string>>;

/** kubernetes/ingress-nginx: internal/ingress/annotations */
export function locationSettings(ingress: Stored<Ingress>, options: Options): LocationSettings {
  const get = (name: string) => ingress.metadata.annotations?.[PREFIX + name];
  const isOn = (name: string, fallback: boolean) => booleanOf(get(name)) ?? fallback;
  const listOf = (text: string | undefined) =>
    (text ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  const seconds = (name: string, fallback: number) => Number(get(name) ?? options[name] ?? fallback) * 1000;
  const allowed = get('whitelist-source-range') ?? get('allowlist-source-range');
  const bodySize = get('proxy-body-size') ?? options['proxy-body-size'] ?? '1m';
  return {
    rewriteTarget: get('rewrite-target') ?? '',
    useRegex: isOn('use-regex', false),
    sslRedirect: isOn('ssl-redirect', booleanOf(options['ssl-redirect']) ?? true),
    forceSslRedirect: isOn('force-ssl-redirect', booleanOf(options['force-ssl-redirect']) ?? false),
    appRoot: get('app-root') ?? '',
    redirect: redirectOf(get),
    auth: authOf(ingress, get),
    allowed: listOf(allowed ?? options['whitelist-source-range'] ?? options['allowlist-source-range']),
    denied: listOf(get('denylist-source-range') ?? options['denylist-source-range']),
    bodySize: bytesOf(bodySize),
    backendTls: /^(HTTPS|GRPCS)$/i.test(get('backend-protocol') ?? ''),
    upstreamVhost: get('upstream-vhost') ?? '',
    cors: isOn('enable-cors', false) ? corsOf(get) : undefined,
    connectTimeout: seconds('proxy-connect-timeout', 5),
    readTimeout: seconds('proxy-read-timeout', 60),
    accessLog: isOn('enable-access-log', booleanOf(options['disable-access-log']) !== true),
  };
}

type Get = (name: string) => string | undefined;

function redirectOf(get: Get): LocationSettings['redirect'] {
  const temporal = get('temporal-redirect');
  if (temporal) return { code: codeOf(get('temporal-redirect-code'), 302), to: temporal };
  const permanent = get('permanent-redirect');
  return permanent ? { code: codeOf(get('permanent-redirect-code'), 301), to: permanent } : undefined;
}

function codeOf(text: string | undefined, fallback: number): number {
  const code = Number(text ?? fallback);
  return code >= 300 && code <= 308 ? code : fallback;
}

function authOf(ingress: Stored<Ingress>, get: Get): AuthSettings | undefined {
  if (get('auth-type') !== 'basic') return undefined;
  const name = get('auth-secret') ?? '';
  return {
    secretType: get('auth-secret-type') ?? 'auth-file',
    secret: name.includes('/') ? name : `${ingress.metadata.namespace}/${name}`,
    realm: get('auth-realm') ?? '',
  };
}

function corsOf(get: Get): CorsSettings {
  return {
    origin: get('cors-allow-origin') ?? '*',
    methods: get('cors-allow-methods') ?? 'GET, PUT, POST, DELETE, PATCH, OPTIONS',
    headers:
      get('cors-allow-headers') ??
      'DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization',
    credentials: booleanOf(get('cors-allow-credentials')) ?? true,
    maxAge: get('cors-max-age') ?? '1728000',
  };
}

/** Undefined for an Ingress that is no canary. */
export function canarySettings(ingress: Stored<Ingress>): CanarySettings | undefined {
  const get = (name: string) => ingress.metadata.annotations?.[PREFIX + name];
  if (booleanOf(get('canary')) !== true) return undefined;
  return {
    weight: Number(get('canary-weight') ?? 0) || 0,
    weightTotal: Number(get('canary-weight-total') ?? 100) || 100,
    header: (get('canary-by-header') ?? '').toLowerCase(),
    headerValue: get('canary-by-header-value') ?? '',
    headerPattern: get('canary-by-header-pattern') ?? '',
    cookie: get('canary-by-cookie') ?? '',
  };
}

/** Go's strconv.ParseBool. */
function booleanOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

/** `8m` → bytes, as nginx reads sizes. */
function bytesOf(text: string): number {
  const match = /^(\d+)([kKmMgG]?)$/.exec(text.trim());
  if (!match) return 1024 * 1024;
  const unit = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[(match[2] ?? '').toLowerCase()] ?? 1;
  return Number(match[1]) * unit;
}

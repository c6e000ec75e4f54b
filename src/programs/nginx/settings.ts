import type { Directive } from './config.ts';
import { sizeOf, timeOf } from './directives.ts';

/** What http, server and location blocks set; each block inherits from the one around it. */
export interface Settings {
  readonly root: string;
  readonly alias: string | undefined;
  readonly index: readonly string[];
  readonly proxyPass: string | undefined;
  readonly headers: readonly { readonly name: string; readonly value: string; readonly always: boolean }[];
  readonly proxyHeaders: readonly (readonly [string, string])[];
  readonly hiddenHeaders: readonly string[];
  readonly proxyRedirect: readonly string[];
  readonly interceptErrors: boolean;
  /** ms */
  readonly connectTimeout: number;
  /** ms */
  readonly readTimeout: number;
  readonly nextUpstream: readonly string[];
  /** 0: as many as there are. */
  readonly nextUpstreamTries: number;
  readonly resolver: string | undefined;
  readonly tryFiles: readonly string[] | undefined;
  readonly autoindex: boolean;
  /** File and format of each log; empty: off. */
  readonly accessLogs: readonly (readonly [string, string])[];
  readonly errorLog: string;
  readonly defaultType: string;
  readonly charset: string;
  readonly errorPages: readonly ErrorPage[];
  readonly access: readonly (readonly ['allow' | 'deny', string])[];
  readonly authRealm: string;
  readonly authFile: string;
  /** Bytes; 0: any. */
  readonly bodySize: number;
  readonly serverTokens: boolean;
  readonly internal: boolean;
  readonly stubStatus: boolean;
}

export interface ErrorPage {
  readonly codes: readonly number[];
  /** The new status; 0: that of what answers there; undefined: the old one. */
  readonly status: number | undefined;
  readonly to: string;
}

export const BASE: Settings = {
  root: '/etc/nginx/html',
  alias: undefined,
  index: ['index.html'],
  proxyPass: undefined,
  headers: [],
  proxyHeaders: [],
  hiddenHeaders: [],
  proxyRedirect: ['default'],
  interceptErrors: false,
  connectTimeout: 60_000,
  readTimeout: 60_000,
  nextUpstream: ['error', 'timeout'],
  nextUpstreamTries: 0,
  resolver: undefined,
  tryFiles: undefined,
  autoindex: false,
  accessLogs: [['/var/log/nginx/access.log', 'combined']],
  errorLog: '/var/log/nginx/error.log',
  defaultType: 'text/plain',
  charset: '',
  errorPages: [],
  access: [],
  authRealm: '',
  authFile: '',
  bodySize: 1024 * 1024,
  serverTokens: true,
  internal: false,
  stubStatus: false,
};

/** Settings that a location does not take over from what is around it. */
export function withoutHandlers(settings: Settings): Settings {
  return {
    ...settings,
    proxyPass: undefined,
    tryFiles: undefined,
    alias: undefined,
    internal: false,
    stubStatus: false,
  };
}

type Change = Partial<Settings>;

/** What one directive sets. */
const READERS: Readonly<Record<string, (args: readonly string[]) => Change>> = {
  root: ([root = '']) => ({ root, alias: undefined }),
  alias: ([alias]) => ({ alias }),
  index: (index) => ({ index }),
  proxy_pass: ([proxyPass]) => ({ proxyPass }),
  proxy_redirect: (proxyRedirect) => ({ proxyRedirect }),
  proxy_intercept_errors: ([flag]) => ({ interceptErrors: flag === 'on' }),
  proxy_connect_timeout: ([time = '']) => ({ connectTimeout: timeOf(time) }),
  proxy_read_timeout: ([time = '']) => ({ readTimeout: timeOf(time) }),
  proxy_next_upstream: (nextUpstream) => ({ nextUpstream }),
  proxy_next_upstream_tries: ([tries = '0']) => ({ nextUpstreamTries: Number(tries) }),
  resolver: ([resolver]) => ({ resolver }),
  try_files: (tryFiles) => ({ tryFiles }),
  autoindex: ([flag]) => ({ autoindex: flag === 'on' }),
  error_log: ([errorLog = '']) => ({ errorLog }),
  default_type: ([defaultType = '']) => ({ defaultType }),
  charset: ([charset = '']) => ({ charset: charset === 'off' ? '' : charset }),
  auth_basic: ([authRealm = '']) => ({ authRealm: authRealm === 'off' ? '' : authRealm }),
  auth_basic_user_file: ([authFile = '']) => ({ authFile }),
  client_max_body_size: ([size = '']) => ({ bodySize: sizeOf(size) }),
  server_tokens: ([flag]) => ({ serverTokens: flag !== 'off' }),
  internal: () => ({ internal: true }),
  stub_status: () => ({ stubStatus: true }),
};

/** The settings of a block inside another one. Lists replace those from outside when the block has some of its own. */
export function apply(inherited: Settings, block: readonly Directive[]): Settings {
  const named = (name: string) => block.filter((entry) => entry.name === name).map(({ args }) => args);
  const own: Change = Object.assign({}, ...block.map(({ name, args }) => READERS[name]?.(args)));
  const lists: Change = {
    ...given(
      'headers',
      named('add_header').map(([name = '', value = '', flag]) => ({ name, value, always: flag === 'always' })),
    ),
    ...given(
      'proxyHeaders',
      named('proxy_set_header').map(([name = '', value = '']) => [name, value] as const),
    ),
    ...given(
      'hiddenHeaders',
      named('proxy_hide_header').map(([name = '']) => name.toLowerCase()),
    ),
    ...given(
      'accessLogs',
      named('access_log').map(([file = '', format = 'combined']) => [file === 'off' ? '' : file, format] as const),
    ),
    ...given(
      'access',
      block
        .filter(({ name }) => name === 'allow' || name === 'deny')
        .map(({ name, args }) => [name === 'allow' ? 'allow' : 'deny', args[0] ?? 'all'] as const),
    ),
    ...given('errorPages', named('error_page').map(readErrorPage)),
  };
  return { ...inherited, ...own, ...lists };
}

function given<K extends keyof Settings>(key: K, value: Settings[K] & readonly unknown[]): Change {
  return value.length > 0 ? { [key]: value } : {};
}

function readErrorPage(args: readonly string[]): ErrorPage {
  const to = args.at(-1) ?? '';
  const change = args.slice(0, -1).find((word) => word.startsWith('='));
  return {
    codes: args
      .slice(0, -1)
      .filter((word) => /^\d+$/.test(word))
      .map(Number),
    status: change === undefined ? undefined : Number(change.slice(1) || 0),
    to,
  };
}

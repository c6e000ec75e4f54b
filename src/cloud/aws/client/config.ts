import { joinPath } from '../../../world/files/paths.ts';
import type { Process } from '../../../world/process.ts';

/** A section of ~/.aws/config or credentials. Nested values (`s3 =` …) are kept as `name.sub`. */
export type Section = Map<string, string>;

/** Where the client's files lie, as environment variables say. */
export function configPath(process: Process, which: 'config' | 'credentials'): string {
  const variable = which === 'config' ? 'AWS_CONFIG_FILE' : 'AWS_SHARED_CREDENTIALS_FILE';
  const given = process.env.get(variable);
  const home = process.env.get('HOME') ?? '/root';
  if (given === undefined || given === '') return `${home}/.aws/${which}`;
  return joinPath(process.cwd, given.replace(/^~(?=\/|$)/, home));
}

/** botocore: configloader.py. Raises a SyntaxError with the path when a line is none. */
export function readSections(process: Process, path: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  const { files } = process.machine;
  if (!files.exists(path, process.credentials)) return sections;
  let current: Section | undefined;
  let parent = '';
  for (const line of files.readText(path, process.credentials).split('\n')) {
    if (/^\s*([#;].*)?$/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line.trim());
    if (header && !/^\s/.test(line)) {
      const name = header[1] ?? '';
      current = sections.get(name) ?? new Map();
      sections.set(name, current);
      continue;
    }
    const option = /^(\s*)([^:=]+?)\s*[:=]\s*(.*)$/.exec(line);
    if (!option || !current) throw new SyntaxError(path);
    const [, indent = '', key = '', value = ''] = option;
    if (indent === '') parent = key;
    current.set(indent === '' ? key.toLowerCase() : `${parent}.${key}`, value.trim());
  }
  return sections;
}

/** The profiles of both files: those of `config` are called `[profile NAME]`, but for `[default]`. */
export class AwsConfig {
  readonly config: Map<string, Section>;
  readonly credentials: Map<string, Section>;
  /** `--profile`, AWS_PROFILE, AWS_DEFAULT_PROFILE. */
  readonly chosen: string | undefined;

  /** Raises SyntaxError with the path of a file that cannot be read. */
  constructor(
    readonly process: Process,
    profile: string | undefined,
  ) {
    this.config = readSections(process, configPath(process, 'config'));
    this.credentials = readSections(process, configPath(process, 'credentials'));
    this.chosen = profile ?? process.env.get('AWS_PROFILE') ?? process.env.get('AWS_DEFAULT_PROFILE');
  }

  get profile(): string {
    return this.chosen ?? 'default';
  }

  /** In the order of the files. */
  get profiles(): string[] {
    const names = [...this.config.keys()].flatMap((name) =>
      name === 'default' ? [name] : name.startsWith('profile ') ? [unquoted(name.slice(8).trim())] : [],
    );
    return [...new Set([...names, ...this.credentials.keys()])];
  }

  section(which: 'config' | 'credentials', profile = this.profile): Section | undefined {
    if (which === 'credentials') return this.credentials.get(profile);
    if (profile === 'default') return this.config.get('default') ?? this.config.get('profile default');
    return this.config.get(`profile ${profile}`) ?? this.config.get(`profile "${profile}"`);
  }

  get exists(): boolean {
    return this.section('config') !== undefined || this.section('credentials') !== undefined;
  }

  /** A value of the profile; what is in `credentials` wins. */
  value(name: string): string | undefined {
    return this.section('credentials')?.get(name) ?? this.section('config')?.get(name);
  }
}

function unquoted(name: string): string {
  return name.replace(/^"(.*)"$/, '$1');
}

/** Where a value came from, as `aws configure list` shows it. */
export interface Found {
  readonly value: string;
  readonly type: string;
  readonly location: string;
}

/** The region in force. */
export function findRegion(config: AwsConfig): Found | undefined {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const value = config.process.env.get(name);
    if (value) return { value, type: 'env', location: `['AWS_REGION', 'AWS_DEFAULT_REGION']` };
  }
  const value = config.value('region');
  return value ? { value, type: 'config-file', location: '~/.aws/config' } : undefined;
}

export interface Credentials {
  readonly keyId: string;
  readonly secret: string;
  readonly token: string | undefined;
  /** `env`, `shared-credentials-file`, `config-file` */
  readonly method: string;
  /** Keys are to be had of STS for the token in a file: the others are empty. */
  readonly webIdentity?: { readonly roleArn: string; readonly tokenFile: string };
  /** Keys are to be had of the agent at a URL for the token in a file. */
  readonly container?: { readonly url: string; readonly tokenFile: string };
}

/**
 * Variables, then the credentials file, then the config file; a profile that was named comes before variables. A text
 * says what is missing of them.
 */
export function findCredentials(config: AwsConfig, named: boolean): Credentials | string | undefined {
  const { env } = config.process;
  const fromEnv = env.get('AWS_ACCESS_KEY_ID');
  if (fromEnv && !named) {
    const secret = env.get('AWS_SECRET_ACCESS_KEY');
    return secret
      ? { keyId: fromEnv, secret, token: env.get('AWS_SESSION_TOKEN'), method: 'env' }
      : 'env, missing: AWS_SECRET_ACCESS_KEY';
  }
  const [roleArn, tokenFile] = [env.get('AWS_ROLE_ARN'), env.get('AWS_WEB_IDENTITY_TOKEN_FILE')];
  if (roleArn && tokenFile && !named)
    return {
      keyId: '',
      secret: '',
      token: undefined,
      method: 'assume-role-with-web-identity',
      webIdentity: { roleArn, tokenFile },
    };
  for (const which of ['credentials', 'config'] as const) {
    const section = config.section(which);
    const keyId = section?.get('aws_access_key_id');
    if (!section || !keyId) continue;
    const secret = section.get('aws_secret_access_key');
    const method = which === 'credentials' ? 'shared-credentials-file' : 'config-file';
    return secret
      ? { keyId, secret, token: section.get('aws_session_token'), method }
      : `${method}, missing: aws_secret_access_key`;
  }
  const url = env.get('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  const file = env.get('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  if (url && file)
    return { keyId: '', secret: '', token: undefined, method: 'container-role', container: { url, tokenFile: file } };
  return undefined;
}

import { EksctlError } from './log.ts';

/** A flag: its long name, a letter if it has one, and whether it takes a value. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** `list` may be given several times; its values are joined by commas. */
  readonly kind: 'text' | 'number' | 'bool' | 'list';
}

/** Flags that eksctl has for clusters and nodegroups beside those of the commands here. eksctl: pkg/ctl/create/cluster.go, cmdutils */
const NOT_MODELLED = [
  'alb-ingress-access',
  'appmesh-access',
  'appmesh-preview-access',
  'asg-access',
  'authenticator-role-arn',
  'auto-kubeconfig',
  'cfn-disable-rollback',
  'cfn-role-arn',
  'dry-run',
  'enable-auto-mode',
  'enable-ssm',
  'external-dns-access',
  'fargate',
  'full-ecr-access',
  'instance-name',
  'instance-prefix',
  'instance-types',
  'max-pods-per-node',
  'node-ami',
  'node-ami-family',
  'node-security-groups',
  'node-zones',
  'set-kubeconfig-context',
  'spot',
  'subnet-ids',
  'vpc-cidr',
  'vpc-from-kops-cluster',
  'vpc-nat-mode',
  'vpc-private-subnets',
  'vpc-public-subnets',
  'write-kubeconfig',
];

/** The flags and words of a command line. */
export class Flags {
  private readonly values = new Map<string, string>();
  readonly args: string[] = [];

  /** Raises EksctlError with pflag's texts. */
  constructor(words: readonly string[], flags: readonly Flag[]) {
    for (let i = 0; i < words.length; i++) {
      const word = words[i] ?? '';
      if (!word.startsWith('-') || word === '-') {
        this.args.push(word);
        continue;
      }
      const [name = '', inline] = splitFlag(word);
      const flag = flags.find((one) => (word.startsWith('--') ? one.name === name : one.short === name));
      if (!flag && word.startsWith('--') && NOT_MODELLED.includes(name))
        throw new EksctlError(`kubetutor does not model the flag --${name} of eksctl`);
      if (!flag)
        throw new EksctlError(
          word.startsWith('--') ? `unknown flag: --${name}` : `unknown shorthand flag: '${name}' in ${word}`,
        );
      const value = inline ?? (flag.kind === 'bool' ? 'true' : words[++i]);
      if (value === undefined)
        throw new EksctlError(
          word.startsWith('--') ? `flag needs an argument: --${name}` : `flag needs an argument: '${name}' in -${name}`,
        );
      const spelled = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
      if (flag.kind === 'number' && !/^-?\d+$/.test(value))
        throw new EksctlError(
          `invalid argument ${JSON.stringify(value)} for ${JSON.stringify(spelled)} flag: strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`,
        );
      if (flag.kind === 'bool' && !/^(true|false|1|0|t|f)$/i.test(value))
        throw new EksctlError(
          `invalid argument ${JSON.stringify(value)} for ${JSON.stringify(spelled)} flag: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
        );
      const before = flag.kind === 'list' ? this.values.get(flag.name) : undefined;
      this.values.set(flag.name, before === undefined ? value : `${before},${value}`);
    }
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string): string | undefined {
    return this.values.get(name);
  }

  /** `--name` or the argument. Raises EksctlError when both are given. eksctl: pkg/ctl/cmdutils ErrFlagAndArg */
  name(): string | undefined {
    const named = this.text('name');
    const [argument] = this.args;
    if (named !== undefined && argument !== undefined)
      throw new EksctlError(`--name=${named} and argument ${argument} cannot be used at the same time`);
    return named ?? argument;
  }

  number(name: string): number | undefined {
    const value = this.values.get(name);
    return value === undefined ? undefined : Number(value);
  }

  bool(name: string, fallback = false): boolean {
    const value = this.values.get(name);
    return value === undefined ? fallback : /^(true|1|t)$/i.test(value);
  }
}

function splitFlag(word: string): [string, string | undefined] {
  const bare = word.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  if (equals >= 0) return [bare.slice(0, equals), bare.slice(equals + 1)];
  if (!word.startsWith('--') && bare.length > 1) return [bare.charAt(0), bare.slice(1)];
  return [bare, undefined];
}

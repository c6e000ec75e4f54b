import type { Process } from '../../../world/process.ts';
import { AwsClient } from '../client/client.ts';
import { AwsConfig, type Credentials, findCredentials, findRegion } from '../client/config.ts';
import { amzDate } from '../signature.ts';
import type { Given } from './arguments.ts';
import { CliError } from './errors.ts';

export const OUTPUTS = ['json', 'text', 'table', 'yaml', 'yaml-stream'];

/** Nobody signs it: the token says who asks. botocore: authtype none */
const UNSIGNED = 'AssumeRoleWithWebIdentity';

/** What options, variables and files say together. botocore: session.py */
export class Session {
  readonly config: AwsConfig;

  /** Raises CliError. */
  constructor(
    readonly process: Process,
    readonly globals: Given,
  ) {
    try {
      this.config = new AwsConfig(process, globals.get('--profile')?.[0]);
    } catch (error) {
      if (error instanceof SyntaxError) throw new CliError(`Unable to parse config file: ${error.message}`, 255);
      throw error;
    }
  }

  get namedProfile(): boolean {
    return this.globals.has('--profile');
  }

  /** Raises CliError for a profile that neither file has. */
  checkProfile(): void {
    if (this.config.chosen !== undefined && !this.config.exists)
      throw new CliError(`The config profile (${this.config.chosen}) could not be found`, 255);
  }

  /** Raises CliError. */
  get region(): string {
    const region = this.globals.get('--region')?.[0] ?? findRegion(this.config)?.value;
    if (region === undefined)
      throw new CliError(
        'You must specify a region. You can also configure your region by running "aws configure".',
        253,
      );
    if (!/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(region))
      throw new CliError(`Provided region_name '${region}' doesn't match a supported format.`, 255);
    return region;
  }

  /** Raises CliError. */
  get credentials(): Credentials {
    const found = findCredentials(this.config, this.namedProfile);
    if (typeof found === 'string') throw new CliError(`Partial credentials found in ${found}`, 255);
    if (!found)
      throw new CliError(
        'Unable to locate credentials. You can configure credentials by running "aws configure".',
        253,
      );
    return found;
  }

  /** Raises CliError for a format that is none. */
  checkOutput(): void {
    if (!OUTPUTS.includes(this.output)) throw new CliError(`Unknown output type: ${this.output}`, 255);
  }

  get output(): string {
    const { env } = this.process;
    return this.globals.get('--output')?.[0] ?? env.get('AWS_DEFAULT_OUTPUT') ?? this.config.value('output') ?? 'json';
  }

  /** Raises CliError. IAM is the same in all regions and needs none. */
  client(service: string, operation?: string): AwsClient {
    const region =
      service === 'iam' || service === 'ce'
        ? (this.globals.get('--region')?.[0] ?? findRegion(this.config)?.value ?? 'us-east-1')
        : this.regionFor(service);
    const unsigned = operation === UNSIGNED || this.globals.has('--no-sign-request');
    const credentials = unsigned ? undefined : this.credentials;
    return new AwsClient(this.process, credentials, region, this.globals.get('--endpoint-url')?.[0]);
  }

  /** STS is asked in us-east-1 when no region is known. */
  private regionFor(service: string): string {
    if (service !== 'sts') return this.region;
    return this.globals.get('--region')?.[0] ?? findRegion(this.config)?.value ?? 'us-east-1';
  }

  get time(): string {
    return amzDate(this.process.now);
  }
}

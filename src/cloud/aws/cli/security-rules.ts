import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Given, Option } from './arguments.ts';
import { CliError } from './errors.ts';

/** Options that the client has for one rule of a security group, beside `--ip-permissions`. awscli: customizations/ec2/secgroupsimplify.py */
export const RULE_OPTIONS: readonly Option[] = [
  { name: '--protocol', takes: 'one' },
  { name: '--port', takes: 'one' },
  { name: '--cidr', takes: 'one' },
  { name: '--source-group', takes: 'one' },
  { name: '--group-owner', takes: 'one' },
];

const CHANGES = /^(Authorize|Revoke)SecurityGroup(Ingress|Egress)Request$/;

export const hasRuleOptions = (shape: string) => CHANGES.test(shape);

/** The rule as the parameters of the operation have it. Raises CliError. */
export function withRule(params: JsonObject, given: Given): JsonObject {
  const [protocol, port, cidr, source, owner] = RULE_OPTIONS.map(({ name }) => given.get(name)?.[0] || undefined);
  const names = RULE_OPTIONS.filter(({ name }) => given.get(name)?.[0]).map(({ name }) => name);
  const [first] = names;
  if (first === undefined) return params;
  if (params['IpPermissions'] !== undefined)
    throw new CliError(`The ${first} option is not compatible with the --ip-permissions option `, 252);
  const pair: JsonObject = {
    ...(source === undefined ? {} : { [source.startsWith('sg-') ? 'GroupId' : 'GroupName']: source }),
    ...(owner === undefined ? {} : { UserId: owner }),
  };
  const rule: JsonObject = {
    ...(protocol === undefined ? {} : { IpProtocol: protocolOf(protocol) }),
    ...(port === undefined ? {} : portsOf(port)),
    ...(cidr === undefined ? {} : { IpRanges: [{ CidrIp: cidr }] }),
    ...(Object.keys(pair).length === 0 ? {} : { UserIdGroupPairs: [pair] }),
  };
  return { ...params, IpPermissions: [rule] };
}

function protocolOf(text: string): string {
  const number = Number(text);
  if (/^[-+]?\d+$/.test(text)) {
    if ((number < 0 || number > 255) && number !== -1)
      throw new CliError('protocol numbers must be in the range 0-255 or -1 to specify all protocols', 252);
    return text;
  }
  if (!['tcp', 'udp', 'icmp', 'all'].includes(text))
    throw new CliError('protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number.', 252);
  return text === 'all' ? '-1' : text;
}

function portsOf(text: string): Record<string, Json> {
  if (text === '-1' || text === 'all') return { FromPort: -1, ToPort: -1 };
  const [from = '', to = from] = text.split(/-(.*)/s);
  if (!/^\s*\d+\s*$/.test(from) || !/^\s*\d+\s*$/.test(to))
    throw new CliError('port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)', 252);
  return { FromPort: Number(from), ToPort: Number(to) };
}

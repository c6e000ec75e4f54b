import { type Environment, Optional } from '@marcbachmann/cel-js';
import { formatIp, parseCidr, parseIp } from '../ip.ts';
import {
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabelValue,
  validateQualifiedName,
} from '../names.ts';
import { Quantity } from '../quantity.ts';
import { CelError } from './error.ts';
import { addListLibrary } from './lists.ts';
import { addStringLibrary } from './strings.ts';

/** The functions that Kubernetes adds to CEL. kubernetes: apiserver/pkg/cel/environment/base.go, apiserver/pkg/cel/library */
export function addLibraries(environment: Environment): void {
  addListLibrary(environment);
  addStringLibrary(environment);
  addQuantities(environment);
  addAddresses(environment);
  addUrls(environment);
  addVersions(environment);
  addFormats(environment);
}

/** What a text means, or undefined when it means nothing. */
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function needed<T>(value: T | undefined, why: string): T {
  if (value === undefined) throw new CelError(why);
  return value;
}

/** kubernetes: apiserver/pkg/cel/library/quantity.go */
function addQuantities(environment: Environment): void {
  const type = 'kubernetes.Quantity';
  const read = (text: string) => attempt(() => Quantity.parse(text));
  const whole = (one: Quantity) => one.compare(Quantity.of(one.scaledBigInt(0))) === 0;
  environment.registerType(type, Quantity);
  const add = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, handler);
  add(`quantity(string): ${type}`, (text: string) =>
    needed(read(text), "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
  );
  add('isQuantity(string): bool', (text: string) => read(text) !== undefined);
  add(`${type}.isLessThan(${type}): bool`, (a: Quantity, b: Quantity) => a.compare(b) < 0);
  add(`${type}.isGreaterThan(${type}): bool`, (a: Quantity, b: Quantity) => a.compare(b) > 0);
  add(`${type}.compareTo(${type}): int`, (a: Quantity, b: Quantity) => BigInt(a.compare(b)));
  add(`${type}.sign(): int`, (a: Quantity) => BigInt(a.compare(Quantity.zero)));
  add(`${type}.isInteger(): bool`, whole);
  add(`${type}.asInteger(): int`, (a: Quantity) =>
    needed(whole(a) ? a.scaledBigInt(0) : undefined, 'cannot convert value to integer'),
  );
  add(`${type}.asApproximateFloat(): double`, (a: Quantity) => a.toNumber());
  add(`${type}.add(${type}): ${type}`, (a: Quantity, b: Quantity) => a.add(b));
  add(`${type}.add(int): ${type}`, (a: Quantity, b: bigint) => a.add(Quantity.of(b)));
  add(`${type}.sub(${type}): ${type}`, (a: Quantity, b: Quantity) => a.sub(b));
  add(`${type}.sub(int): ${type}`, (a: Quantity, b: bigint) => a.sub(Quantity.of(b)));
  environment.registerOperator(`${type} == ${type}`, (a: Quantity, b: Quantity) => a.compare(b) === 0);
}

/** An address as a type of CEL's. */
class Address {
  constructor(
    readonly family: 'IPv4' | 'IPv6',
    readonly bits: bigint,
  ) {}

  get text(): string {
    return formatIp(this.family, this.bits);
  }
}

/** A range of addresses. */
class Range {
  constructor(
    readonly family: 'IPv4' | 'IPv6',
    readonly bits: bigint,
    readonly length: number,
  ) {}

  get first(): bigint {
    const rest = BigInt((this.family === 'IPv4' ? 32 : 128) - this.length);
    return (this.bits >> rest) << rest;
  }

  contains({ family, bits }: Address): boolean {
    const rest = BigInt((this.family === 'IPv4' ? 32 : 128) - this.length);
    return family === this.family && bits >> rest === this.bits >> rest;
  }
}

function addressOf(text: string): Address | undefined {
  const parsed = parseIp(text);
  return parsed && !parsed.mapped && !/(^|\.)0\d/.test(text) ? new Address(parsed.family, parsed.bits) : undefined;
}

function rangeOf(text: string): Range | undefined {
  const parsed = parseCidr(text);
  return parsed && new Range(parsed.family, parsed.bits, parsed.length);
}

/** kubernetes: apiserver/pkg/cel/library/ip.go, cidr.go */
function addAddresses(environment: Environment): void {
  environment.registerType('net.IP', Address);
  environment.registerType('net.CIDR', Range);
  const add = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, handler);
  const address = (text: string) =>
    needed(
      addressOf(text),
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
    );
  const range = (text: string) =>
    needed(
      rangeOf(text),
      `CIDR ${JSON.stringify(text)} parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): no '/'`,
    );
  const within = (first: number, bits: bigint, size: number) => (one: Address) =>
    one.family === 'IPv4' && one.bits >> BigInt(32 - size) === ((BigInt(first) << 24n) | bits) >> BigInt(32 - size);
  add('ip(string): net.IP', address);
  add('isIP(string): bool', (text: string) => addressOf(text) !== undefined);
  add('net.IP.family(): int', (one: Address) => (one.family === 'IPv4' ? 4n : 6n));
  add('net.IP.isLoopback(): bool', (one: Address) => within(127, 0n, 8)(one) || one.text === '::1');
  add('net.IP.isUnspecified(): bool', (one: Address) => one.bits === 0n);
  add(
    'net.IP.isLinkLocalMulticast(): bool',
    (one: Address) => within(224, 0n, 24)(one) || one.text.startsWith('ff02:'),
  );
  add(
    'net.IP.isLinkLocalUnicast(): bool',
    (one: Address) => within(169, 254n << 16n, 16)(one) || one.text.startsWith('fe80:'),
  );
  add(
    'net.IP.isGlobalUnicast(): bool',
    (one: Address) =>
      one.bits !== 0n &&
      !within(127, 0n, 8)(one) &&
      !within(224, 0n, 4)(one) &&
      !within(169, 254n << 16n, 16)(one) &&
      !/^(::1$|fe80:|ff)/.test(one.text) &&
      one.text !== '255.255.255.255',
  );
  add(
    'net.IP.isPrivate(): bool',
    (one: Address) =>
      within(10, 0n, 8)(one) ||
      within(172, 16n << 16n, 12)(one) ||
      within(192, 168n << 16n, 16)(one) ||
      (one.family === 'IPv6' && /^f[cd]/.test(one.text)),
  );
  add('string(net.IP): string', (one: Address) => one.text);
  environment.registerOperator('net.IP == net.IP', (a: Address, b: Address) => a.text === b.text);
  add('cidr(string): net.CIDR', range);
  add('isCIDR(string): bool', (text: string) => rangeOf(text) !== undefined);
  add('net.CIDR.ip(): net.IP', (one: Range) => new Address(one.family, one.bits));
  add('net.CIDR.prefixLength(): int', (one: Range) => BigInt(one.length));
  add('net.CIDR.masked(): net.CIDR', (one: Range) => new Range(one.family, one.first, one.length));
  add('net.CIDR.containsIP(net.IP): bool', (one: Range, other: Address) => one.contains(other));
  add('net.CIDR.containsIP(string): bool', (one: Range, other: string) => one.contains(address(other)));
  const covers = (one: Range, other: Range) =>
    other.length >= one.length && one.contains(new Address(other.family, other.bits));
  add('net.CIDR.containsCIDR(net.CIDR): bool', covers);
  add('net.CIDR.containsCIDR(string): bool', (one: Range, other: string) => covers(one, range(other)));
  add('string(net.CIDR): string', (one: Range) => `${formatIp(one.family, one.bits)}/${one.length}`);
}

/** A URL in its parts, none of them decoded. */
class Url {
  constructor(
    readonly scheme: string,
    readonly host: string,
    readonly path: string,
    readonly query: string,
  ) {}
}

function urlOf(text: string): Url | undefined {
  const [, scheme = '', host = '', path = '', query = ''] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:[^/?#@]*@)?([^/?#]*))?(\/[^?#]*)?(?:\?([^#]*))?$/.exec(text) ?? [];
  return scheme !== '' || path !== '' ? new Url(scheme.toLowerCase(), host, path, query) : undefined;
}

/** kubernetes: apiserver/pkg/cel/library/urls.go */
function addUrls(environment: Environment): void {
  const type = 'kubernetes.URL';
  environment.registerType(type, Url);
  const add = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, handler);
  add(`url(string): ${type}`, (text: string) =>
    needed(
      urlOf(text),
      `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
    ),
  );
  add('isURL(string): bool', (text: string) => urlOf(text) !== undefined);
  add(`${type}.getScheme(): string`, (one: Url) => one.scheme);
  add(`${type}.getHost(): string`, (one: Url) => one.host);
  add(`${type}.getHostname(): string`, (one: Url) => one.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'));
  add(`${type}.getPort(): string`, (one: Url) => /:(\d+)$/.exec(one.host)?.[1] ?? '');
  add(`${type}.getEscapedPath(): string`, (one: Url) => one.path);
  add(`${type}.getQuery(): map<string, list<string>>`, (one: Url) => {
    const values: Record<string, string[]> = {};
    for (const part of one.query.split('&').filter((given) => given !== '')) {
      const [key = '', value = ''] = part.split('=').map((text) => decodeURIComponent(text.replace(/\+/g, ' ')));
      values[key] = [...(values[key] ?? []), value];
    }
    return values;
  });
}

/** A semantic version; what follows `+` counts for nothing. */
class Version {
  constructor(
    readonly numbers: readonly number[],
    readonly pre: readonly string[],
  ) {}

  compare(other: Version): number {
    for (const [i, number] of this.numbers.entries()) {
      const difference = number - (other.numbers[i] ?? 0);
      if (difference !== 0) return Math.sign(difference);
    }
    if (this.pre.length === 0 || other.pre.length === 0)
      return Math.sign(Number(this.pre.length === 0) - Number(other.pre.length === 0));
    for (const [i, part] of this.pre.entries()) {
      const rival = other.pre[i];
      if (rival === undefined) return 1;
      if (part === rival) continue;
      const numbers = [part, rival].map((one) => (/^\d+$/.test(one) ? Number(one) : undefined));
      const [a, b] = numbers;
      if (a !== undefined && b !== undefined) return Math.sign(a - b);
      if (a !== undefined || b !== undefined) return a !== undefined ? -1 : 1;
      return part < rival ? -1 : 1;
    }
    return this.pre.length < other.pre.length ? -1 : 0;
  }
}

function versionOf(text: string): Version | undefined {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/.exec(text);
  return match ? new Version(match.slice(1, 4).map(Number), match[4]?.split('.') ?? []) : undefined;
}

/** kubernetes: apiserver/pkg/cel/library/semverlib.go */
function addVersions(environment: Environment): void {
  const type = 'kubernetes.Semver';
  environment.registerType(type, Version);
  const add = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, handler);
  const normal = (text: string) =>
    text
      .replace(/^v/, '')
      .replace(/^(\d+)(?:\.(\d+))?(?:\.(\d+))?/, (_, a: string, b = '0', c = '0') => [a, b, c].map(Number).join('.'));
  const read = (text: string) => needed(versionOf(text), `invalid semver: ${JSON.stringify(text)}`);
  add(`semver(string): ${type}`, read);
  add(`semver(string, bool): ${type}`, (text: string, loose: boolean) => read(loose ? normal(text) : text));
  add('isSemver(string): bool', (text: string) => versionOf(text) !== undefined);
  add(
    'isSemver(string, bool): bool',
    (text: string, loose: boolean) => versionOf(loose ? normal(text) : text) !== undefined,
  );
  add(`${type}.isLessThan(${type}): bool`, (a: Version, b: Version) => a.compare(b) < 0);
  add(`${type}.isGreaterThan(${type}): bool`, (a: Version, b: Version) => a.compare(b) > 0);
  add(`${type}.compareTo(${type}): int`, (a: Version, b: Version) => BigInt(a.compare(b)));
  for (const [i, part] of ['major', 'minor', 'patch'].entries())
    add(`${type}.${part}(): int`, (one: Version) => BigInt(one.numbers[i] ?? 0));
}

/** A format of names: what is wrong with a text by it. */
class Format {
  constructor(readonly validate: (text: string) => string[]) {}
}

/** The word `format`, whose functions are the formats. */
class Formats {}

const FORMATS: Readonly<Record<string, (text: string) => string[]>> = {
  dns1123Label: validateDns1123Label,
  dns1123Subdomain: validateDns1123Subdomain,
  dns1035Label: validateDns1035Label,
  qualifiedName: validateQualifiedName,
  labelValue: validateLabelValue,
  dns1123LabelPrefix: (text) => validateDns1123Label(text.replace(/-$/, 'a')),
  dns1123SubdomainPrefix: (text) => validateDns1123Subdomain(text.replace(/-$/, 'a')),
  dns1035LabelPrefix: (text) => validateDns1035Label(text.replace(/-$/, 'a')),
};

/** kubernetes: apiserver/pkg/cel/library/format.go */
function addFormats(environment: Environment): void {
  environment.registerType('kubernetes.NamedFormats', Formats);
  environment.registerType('kubernetes.NamedFormat', Format);
  environment.registerConstant('format', 'kubernetes.NamedFormats', new Formats());
  for (const [name, validate] of Object.entries(FORMATS))
    environment.registerFunction(
      `kubernetes.NamedFormats.${name}(): kubernetes.NamedFormat`,
      () => new Format(validate),
    );
  environment.registerFunction(
    'kubernetes.NamedFormat.validate(string): optional<list<string>>',
    (one: Format, text: string) => {
      const errors = one.validate(text);
      return errors.length === 0 ? Optional.none() : Optional.of(errors);
    },
  );
}

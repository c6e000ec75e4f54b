import { byteLength } from './json-value.ts';

// Rules for names and values. Each function gives the list of what is wrong: empty when all is well.
// kubernetes: apimachinery/pkg/util/validation/validation.go and pkg/api/validate/content

const dns1123Label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dns1123Subdomain = `${dns1123Label}(\\.${dns1123Label})*`;
const dns1123LabelUnderscore = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const dns1123SubdomainUnderscore = `${dns1123LabelUnderscore}(\\.${dns1123LabelUnderscore})*`;
const dns1035Label = '[a-z]([-a-z0-9]*[a-z0-9])?';
const wildcardSubdomain = `\\*\\.${dns1123Subdomain}`;
const labelKey = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${labelKey})?`;
const labelKeyRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

const compiled = new Map<string, RegExp>();
function matches(pattern: string, value: string): boolean {
  let regex = compiled.get(pattern);
  if (!regex) {
    regex = new RegExp(`^${pattern}$`);
    compiled.set(pattern, regex);
  }
  return regex.test(value);
}

/** `must be no more than 63 characters` (upstream counts bytes all the same). */
export function maxLengthError(length: number): string {
  return `must be no more than ${length} characters`;
}

/** A rule with examples and the regular expression behind it. */
export function regexError(rule: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${rule} (regex used for validation is '${pattern}')`;
  const listed = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${listed}regex used for validation is '${pattern}')`;
}

/** `must be between 1 and 65535, inclusive` */
export function inclusiveRangeError(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

function tooLong(value: string, max: number, unit: 'bytes' | 'characters' = 'characters'): string[] {
  return byteLength(value) > max ? [`must be no more than ${max} ${unit}`] : [];
}

function mismatch(value: string, pattern: string, rule: string, ...examples: string[]): string[] {
  return matches(pattern, value) ? [] : [regexError(rule, pattern, ...examples)];
}

/** A DNS label as RFC 1123 has it: names of Namespaces, containers, volumes. */
export function validateDns1123Label(value: string): string[] {
  const errors = tooLong(value, 63);
  if (matches(dns1123Label, value)) return errors;
  if (matches(dns1123Subdomain, value)) return [...errors, 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...errors, regexError(rule, dns1123Label, 'my-name', '123-abc')];
}

/** A DNS subdomain as RFC 1123 has it: names of most objects. */
export function validateDns1123Subdomain(value: string): string[] {
  return [...tooLong(value, 253), ...mismatch(value, dns1123Subdomain, subdomainRule, 'example.com')];
}

/** The same with underscores allowed: search domains of a Pod's DNS. */
export function validateDns1123SubdomainWithUnderscore(value: string): string[] {
  const rule = subdomainRule.replace("'-' or '.'", "'_', '-' or '.'");
  return [...tooLong(value, 253), ...mismatch(value, dns1123SubdomainUnderscore, rule, 'example.com')];
}

/** A DNS label that starts with a letter (RFC 1035): names of Services. */
export function validateDns1035Label(value: string): string[] {
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...tooLong(value, 63), ...mismatch(value, dns1035Label, rule, 'my-name', 'abc-123')];
}

/** `*.` and a subdomain: hosts of an Ingress. */
export function validateWildcardDns1123Subdomain(value: string): string[] {
  const rule =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...tooLong(value, 253), ...mismatch(value, wildcardSubdomain, rule, '*.example.com')];
}

/** A key of labels, annotations, taints, resources: `name` or `example.com/name`. */
export function validateQualifiedName(value: string): string[] {
  const parts = value.split('/');
  const rule = (prefix: string) => prefix + regexError(labelKeyRule, labelKey, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2) {
    return [`${rule('a valid label key ')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const errors: string[] = [];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined) {
    const wrong = [
      ...tooLong(prefix, 253, 'bytes'),
      ...mismatch(prefix, dns1123Subdomain, subdomainRule, 'example.com'),
    ];
    errors.push(...wrong.map((error) => `prefix part ${error}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (byteLength(name) > 63) errors.push('name part must be no more than 63 bytes');
  if (!matches(labelKey, name)) errors.push(rule('name part '));
  return errors;
}

/** The value of a label. */
export function validateLabelValue(value: string): string[] {
  const rule = `a valid label must be an empty string or ${labelKeyRule.replace('must consist', 'consist')}`;
  return [...tooLong(value, 63, 'bytes'), ...mismatch(value, labelValue, rule, 'MyValue', 'my_value', '12345')];
}

/** An identifier of C: names of environment variables derived from Services. @public measured by fixtures */
export function validateCIdentifier(value: string): string[] {
  const rule =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  return mismatch(value, '[A-Za-z_][A-Za-z0-9_]*', rule, 'my_name', 'MY_NAME', 'MyName');
}

/** What a name may be when a suffix will be appended (`generateName`): a dash at its end is then no error. @public measured by fixtures */
export function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

/** A name that is a segment of a URL's path and no more: names of Roles, Nodes' addresses. kubernetes: api/validate/content/path.go */
export function validatePathSegmentName(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%']
    .filter((character) => name.includes(character))
    .map((character) => `may not contain '${character}'`);
}

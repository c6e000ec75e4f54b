import { policyVariables } from '../../api/admission/validating-admission-policy.ts';
import { type ApiObject, at, isRecord } from '../../api/object.ts';
import { compileCel } from '../../apimachinery/cel/compile.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validateDns1123Subdomain, validateQualifiedName } from '../../apimachinery/names.ts';

type Fields = { readonly [key: string]: unknown };

function records(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** kubernetes: pkg/apis/admissionregistration/validation/validation.go ValidateValidatingWebhookConfiguration */
export function validateWebhooks(configuration: ApiObject, mutating: boolean): FieldError[] {
  const seen = new Set<string>();
  return records(at(configuration, 'webhooks')).flatMap((webhook, i) => {
    const path = `webhooks[${i}]`;
    const errors = validateWebhook(webhook, path, mutating);
    const name = String(webhook['name'] ?? '');
    if (seen.has(name)) errors.push(FieldError.duplicate(`${path}.name`, name));
    seen.add(name);
    return errors;
  });
}

function validateWebhook(webhook: Fields, path: string, mutating: boolean): FieldError[] {
  const errors = nameErrors(String(webhook['name'] ?? ''), `${path}.name`);
  for (const [i, rule] of records(webhook['rules']).entries()) errors.push(...ruleErrors(rule, `${path}.rules[${i}]`));
  const oneOf = (field: string, values: readonly string[]) => {
    const value = webhook[field];
    if (value !== undefined && !values.includes(String(value)))
      errors.push(FieldError.notSupported(`${path}.${field}`, value, values));
  };
  oneOf('failurePolicy', ['Fail', 'Ignore']);
  oneOf('matchPolicy', ['Equivalent', 'Exact']);
  if (webhook['sideEffects'] === undefined)
    errors.push(FieldError.required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
  else oneOf('sideEffects', ['None', 'NoneOnDryRun']);
  const { timeoutSeconds } = webhook;
  if (typeof timeoutSeconds === 'number' && (timeoutSeconds < 1 || timeoutSeconds > 30))
    errors.push(
      FieldError.invalid(
        `${path}.timeoutSeconds`,
        timeoutSeconds,
        'the timeout value must be between 1 and 30 seconds',
      ),
    );
  if (mutating) oneOf('reinvocationPolicy', ['Never', 'IfNeeded']);
  errors.push(...clientErrors(webhook['clientConfig'], `${path}.clientConfig`));
  for (const [i, condition] of records(webhook['matchConditions']).entries())
    errors.push(...conditionErrors(condition, `${path}.matchConditions[${i}]`));
  return [...errors, ...versionErrors(texts(webhook['admissionReviewVersions']), `${path}.admissionReviewVersions`)];
}

function nameErrors(name: string, path: string): FieldError[] {
  if (name === '') return [FieldError.required(path)];
  const wrong = validateDns1123Subdomain(name);
  if (wrong.length > 0) return [FieldError.invalid(path, name, wrong.join(','))];
  return name.split('.').length >= 3
    ? []
    : [FieldError.invalid(path, name, 'should be a domain with at least three segments separated by dots')];
}

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

/** What is wrong with a rule of operations and resources. kubernetes: validateRuleWithOperations */
export function ruleErrors(rule: Fields, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const operations = texts(rule['operations']);
  if (operations.length === 0) errors.push(FieldError.required(`${path}.operations`));
  else if (operations.length > 1 && operations.includes('*'))
    errors.push(
      FieldError.invalid(`${path}.operations`, operations, "if '*' is present, must not specify other operations"),
    );
  for (const [i, operation] of operations.entries())
    if (!OPERATIONS.includes(operation))
      errors.push(FieldError.notSupported(`${path}.operations[${i}]`, operation, OPERATIONS));
  for (const [field, what] of [
    ['apiGroups', 'API groups'],
    ['apiVersions', 'API versions'],
  ] as const) {
    const values = texts(rule[field]);
    if (values.length === 0) errors.push(FieldError.required(`${path}.${field}`));
    else if (values.length > 1 && values.includes('*'))
      errors.push(FieldError.invalid(`${path}.${field}`, values, `if '*' is present, must not specify other ${what}`));
  }
  const resources = texts(rule['resources']);
  if (resources.length === 0) errors.push(FieldError.required(`${path}.resources`));
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(
      FieldError.invalid(`${path}.resources`, resources, "if '*/*' is present, must not specify other resources"),
    );
  const { scope } = rule;
  if (scope !== undefined && !['*', 'Cluster', 'Namespaced'].includes(String(scope)))
    errors.push(FieldError.notSupported(`${path}.scope`, scope, ['*', 'Cluster', 'Namespaced']));
  return errors;
}

/** kubernetes: apiserver/pkg/util/webhook/validation.go */
function clientErrors(client: unknown, path: string): FieldError[] {
  const { url, service } = isRecord(client) ? client : { url: undefined, service: undefined };
  if ((url === undefined) === (service === undefined))
    return [FieldError.required(path, 'exactly one of url or service is required')];
  if (typeof url === 'string') return urlErrors(url, `${path}.url`);
  const errors: FieldError[] = [];
  if (!at(service, 'name')) errors.push(FieldError.required(`${path}.service.name`, 'service name is required'));
  if (!at(service, 'namespace'))
    errors.push(FieldError.required(`${path}.service.namespace`, 'service namespace is required'));
  const port = at(service, 'port');
  if (typeof port === 'number' && (port < 1 || port > 65535))
    errors.push(
      FieldError.invalid(`${path}.service.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'),
    );
  const way = at(service, 'path');
  if (typeof way === 'string' && !way.startsWith('/'))
    errors.push(FieldError.invalid(`${path}.service.path`, way, "must start with a '/'"));
  return errors;
}

const FORM = '; desired format: https://host[/path]';

function urlErrors(url: string, path: string): FieldError[] {
  const [, scheme = '', rest = ''] = /^(?:([a-zA-Z][\w+.-]*):)?(.*)$/.exec(url) ?? [];
  const [, authority = '', , query = '', fragment = ''] = /^\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(rest) ?? [];
  const errors: FieldError[] = [];
  if (scheme !== 'https')
    errors.push(FieldError.invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`));
  if (authority === '') errors.push(FieldError.invalid(path, '', `host must be specified${FORM}`));
  if (authority.includes('@'))
    errors.push(FieldError.invalid(path, authority.split('@')[0], 'user information is not permitted in the URL'));
  if (fragment !== '')
    errors.push(FieldError.invalid(path, fragment.slice(1), 'fragments are not permitted in the URL'));
  if (query !== '')
    errors.push(FieldError.invalid(path, query.slice(1), 'query parameters are not permitted in the URL'));
  return errors;
}

function conditionErrors(condition: Fields, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const expression = String(condition['expression'] ?? '');
  if (expression.trim() === '') errors.push(FieldError.required(`${path}.expression`));
  else {
    const program = compileCel(expression, policyVariables(undefined));
    if (typeof program === 'string')
      errors.push(FieldError.invalid(`${path}.expression`, expression, `compilation failed: ${program}`));
    else if (program.type !== 'bool' && program.type !== 'dyn')
      errors.push(
        FieldError.invalid(`${path}.expression`, expression, `must evaluate to bool but got ${program.type}`),
      );
  }
  const name = String(condition['name'] ?? '');
  if (name === '') errors.push(FieldError.required(`${path}.name`));
  else for (const why of validateQualifiedName(name)) errors.push(FieldError.invalid(`${path}.name`, name, why));
  return errors;
}

function versionErrors(versions: readonly string[], path: string): FieldError[] {
  if (versions.length === 0) return [FieldError.required(path, 'must specify one of v1, v1beta1')];
  return versions.some((version) => version === 'v1' || version === 'v1beta1')
    ? []
    : [FieldError.invalid(path, versions, 'must include at least one of v1, v1beta1')];
}

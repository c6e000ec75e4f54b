import { policyVariables } from '../api/admission/validating-admission-policy.ts';
import { setWebhookDefaults } from '../api/admission/webhooks.ts';
import { type ApiObject, at, isRecord } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import { compileCel } from '../apimachinery/cel/compile.ts';
import { FieldError } from '../apimachinery/errors.ts';
import { qualifiedName } from './validation/field.ts';
import { ruleErrors, validateWebhooks } from './validation/webhooks.ts';

type Fields = { [key: string]: unknown };

function records(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function setMatchDefaults(match: unknown): void {
  if (!isRecord(match)) return;
  match['matchPolicy'] ??= 'Equivalent';
  match['namespaceSelector'] ??= {};
  match['objectSelector'] ??= {};
  for (const field of ['resourceRules', 'excludeResourceRules'])
    for (const rule of records(match[field])) rule['scope'] ??= '*';
}

const count = (value: unknown) => (Array.isArray(value) ? value.length : 0);

/** kubernetes: pkg/apis/admissionregistration/v1/defaults.go, validation/validation.go */
export const validatingAdmissionPolicyStrategy: Strategy = {
  generation: true,
  setDefaults(policy) {
    const spec = at(policy, 'spec');
    if (!isRecord(spec)) return;
    spec['failurePolicy'] ??= 'Fail';
    setMatchDefaults(spec['matchConstraints']);
  },
  validate: validatePolicy,
  validateUpdate: validatePolicy,
  columns: [
    nameColumn,
    { name: 'Validations', type: 'integer', value: (policy) => count(at(policy, 'spec', 'validations')) },
    {
      name: 'ParamKind',
      value(policy) {
        const kind = at(policy, 'spec', 'paramKind');
        return isRecord(kind) ? `${kind['apiVersion']}/${kind['kind']}` : '<unset>';
      },
    },
    ageColumn,
  ],
};

function webhookStrategy(mutating: boolean): Strategy {
  return {
    generation: true,
    setDefaults: (configuration) => setWebhookDefaults(configuration, mutating),
    validate: (configuration) => validateWebhooks(configuration, mutating),
    validateUpdate: (configuration) => validateWebhooks(configuration, mutating),
    columns: [
      nameColumn,
      { name: 'Webhooks', type: 'integer', value: (configuration) => count(at(configuration, 'webhooks')) },
      ageColumn,
    ],
  };
}

export const mutatingWebhookStrategy = webhookStrategy(true);
export const validatingWebhookStrategy = webhookStrategy(false);

export const validatingAdmissionPolicyBindingStrategy: Strategy = {
  generation: true,
  setDefaults: (binding) => setMatchDefaults(at(binding, 'spec', 'matchResources')),
  validate: validateBinding,
  validateUpdate: validateBinding,
  columns: [
    nameColumn,
    { name: 'PolicyName', value: (binding) => String(at(binding, 'spec', 'policyName') ?? '') },
    {
      name: 'ParamRef',
      value(binding) {
        const ref = at(binding, 'spec', 'paramRef');
        if (!isRecord(ref)) return '<unset>';
        const name = ref['name'] ?? '*';
        return typeof ref['namespace'] === 'string' ? `${ref['namespace']}/${name}` : String(name);
      },
    },
    ageColumn,
  ],
};

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

const ACTIONS = ['Audit', 'Deny', 'Warn'];

const NOT_FOUND_ACTIONS = ['Allow', 'Deny'];

const FAILURE_POLICIES = ['Fail', 'Ignore'];

const MATCH_POLICIES = ['Equivalent', 'Exact'];

function validateBinding(binding: ApiObject): FieldError[] {
  return [
    ...(at(binding, 'spec', 'policyName') ? [] : [FieldError.required('spec.policyName')]),
    ...paramRefErrors(at(binding, 'spec', 'paramRef')),
    ...actionErrors(at(binding, 'spec', 'validationActions')),
    ...togetherErrors(binding),
  ];
}

function paramRefErrors(ref: unknown): FieldError[] {
  if (!isRecord(ref)) return [];
  const field = 'spec.paramRef';
  const { name, selector, parameterNotFoundAction: action } = ref;
  const errors: FieldError[] = [];
  if (name && selector)
    for (const one of ['name', 'selector'])
      errors.push(FieldError.forbidden(`${field}.${one}`, 'name and selector are mutually exclusive'));
  if (!name && !selector) errors.push(FieldError.required(field, 'one of name or selector must be specified'));
  if (!action) errors.push(FieldError.required(`${field}.parameterNotFoundAction`));
  else if (!NOT_FOUND_ACTIONS.includes(String(action)))
    errors.push(FieldError.notSupported(`${field}.parameterNotFoundAction`, String(action), NOT_FOUND_ACTIONS));
  return errors;
}

function actionErrors(actions: unknown): FieldError[] {
  const field = 'spec.validationActions';
  if (!Array.isArray(actions) || actions.length === 0)
    return [FieldError.required(field, 'at least one validation action is required')];
  return actions.flatMap((action, i) => {
    const wrong = ACTIONS.includes(String(action))
      ? []
      : [FieldError.notSupported(`${field}[${i}]`, String(action), ACTIONS)];
    return actions.indexOf(action) < i ? [...wrong, FieldError.duplicate(`${field}[${i}]`, action)] : wrong;
  });
}

function togetherErrors(binding: ApiObject): FieldError[] {
  const given = at(binding, 'spec', 'validationActions');
  const actions: readonly unknown[] = Array.isArray(given) ? given : [];
  if (!actions.includes('Deny') || !actions.includes('Warn')) return [];
  return [
    FieldError.invalid(
      'spec.validationActions',
      actions,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ),
  ];
}

function validatePolicy(policy: ApiObject): FieldError[] {
  const names = policyVariables(policy);
  const failure = String(at(policy, 'spec', 'failurePolicy'));
  const errors = FAILURE_POLICIES.includes(failure)
    ? []
    : [FieldError.notSupported('spec.failurePolicy', failure, FAILURE_POLICIES)];
  errors.push(...constraintErrors(at(policy, 'spec', 'matchConstraints')));
  const check = (value: unknown, field: string, type: string, required: boolean) => {
    const expression = typeof value === 'string' ? value : '';
    if (expression.trim() === '') {
      if (required) errors.push(FieldError.required(field, 'expression is not specified'));
      return;
    }
    const program = compileCel(expression, names);
    if (typeof program === 'string')
      errors.push(FieldError.invalid(field, expression, `compilation failed: ${program}`));
    // Fields of objects are of any type, except where the policy only selects one.
    else if (type !== 'any' && program.type !== type && (program.type !== 'dyn' || isSelection(expression)))
      errors.push(FieldError.invalid(field, expression, `must evaluate to ${type} but got ${program.type}`));
  };
  for (const [i, condition] of records(at(policy, 'spec', 'matchConditions')).entries()) {
    const path = `spec.matchConditions[${i}]`;
    check(condition['expression'], `${path}.expression`, 'bool', true);
    errors.push(...conditionNameErrors(condition['name'], `${path}.name`));
  }
  for (const [i, variable] of records(at(policy, 'spec', 'variables')).entries()) {
    const path = `spec.variables[${i}]`;
    errors.push(...variableNameErrors(variable['name'], `${path}.name`));
    check(variable['expression'], `${path}.expression`, 'any', true);
  }
  const validations = records(at(policy, 'spec', 'validations'));
  if (validations.length + count(at(policy, 'spec', 'auditAnnotations')) === 0)
    for (const field of ['spec.validations', 'spec.auditAnnotations'])
      errors.push(FieldError.required(field, 'validations or auditAnnotations must contain at least one item'));
  for (const [i, validation] of validations.entries()) {
    check(validation['expression'], `spec.validations[${i}].expression`, 'bool', true);
    check(validation['messageExpression'], `spec.validations[${i}].messageExpression`, 'string', false);
    const { reason, message } = validation;
    const given = typeof message === 'string' ? message : '';
    if (given !== '' && given.trim() === '')
      errors.push(
        FieldError.invalid(`spec.validations[${i}].message`, given, 'message must be non-empty if specified'),
      );
    else if (given.trim().includes('\n'))
      errors.push(FieldError.invalid(`spec.validations[${i}].message`, given, 'must not contain line breaks'));
    if (reason !== undefined && !REASONS.includes(String(reason)))
      errors.push(FieldError.notSupported(`spec.validations[${i}].reason`, reason, REASONS));
  }
  const name = policy.metadata?.name ?? '';
  for (const [i, annotation] of records(at(policy, 'spec', 'auditAnnotations')).entries()) {
    const path = `spec.auditAnnotations[${i}]`;
    const key = String(annotation['key'] ?? '');
    if (key === '') errors.push(FieldError.required(`${path}.key`));
    else errors.push(...qualifiedName(`${name}/${key}`, `${path}.key`));
    checkAnnotation(annotation['valueExpression'], `${path}.valueExpression`, names, errors);
  }
  return errors;
}

const ANNOTATION_TYPES = ['string', 'null', 'null_type', 'dyn'];

function checkAnnotation(value: unknown, field: string, names: readonly string[], errors: FieldError[]): void {
  const expression = typeof value === 'string' ? value : '';
  if (expression.trim() === '') {
    errors.push(FieldError.required(field, 'valueExpression is not specified'));
    return;
  }
  const program = compileCel(expression, names);
  if (typeof program === 'string') errors.push(FieldError.invalid(field, expression, `compilation failed: ${program}`));
  else if (!ANNOTATION_TYPES.includes(program.type)) {
    const must = `must evaluate to one of [string null_type] but got ${program.type}`;
    errors.push(FieldError.invalid(field, expression, must));
  }
}

function conditionNameErrors(name: unknown, path: string): FieldError[] {
  return typeof name === 'string' && name !== '' ? qualifiedName(name, path) : [FieldError.required(path)];
}

function variableNameErrors(name: unknown, path: string): FieldError[] {
  if (typeof name !== 'string' || name.trim() === '') return [FieldError.required(path, 'name is not specified')];
  return /^[A-Za-z_]\w*$/.test(name) ? [] : [FieldError.invalid(path, name, 'must be a valid CEL identifier')];
}

function constraintErrors(constraints: unknown): FieldError[] {
  const field = 'spec.matchConstraints';
  if (!isRecord(constraints)) return [FieldError.required(field)];
  const rules = (name: string) =>
    records(constraints[name]).flatMap((rule, i) => ruleErrors(rule, `${field}.${name}[${i}]`));
  const none = count(constraints['resourceRules']) === 0 ? [FieldError.required(`${field}.resourceRules`)] : [];
  const { matchPolicy } = constraints;
  const policy = MATCH_POLICIES.includes(String(matchPolicy))
    ? []
    : [FieldError.notSupported(`${field}.matchPolicy`, String(matchPolicy), MATCH_POLICIES)];
  return [...policy, ...rules('resourceRules'), ...rules('excludeResourceRules'), ...none];
}

function isSelection(expression: string): boolean {
  return /^\s*\w+(\.\w+)*\s*$/.test(expression) && !expression.trim().startsWith('variables');
}

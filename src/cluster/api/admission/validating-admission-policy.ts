import { compileCel } from '../../apimachinery/cel/compile.ts';
import { CelError } from '../../apimachinery/cel/error.ts';
import { celValue } from '../../apimachinery/cel/value.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { labelSelectorMatches } from '../../apimachinery/labels.ts';
import { at, isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { matchesConstraints, namespaceOf } from './resource-rules.ts';

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io';
const BINDINGS = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';

/** What expressions of a policy may name. `params` and `variables` only where the policy has them. */
export function policyVariables(policy: unknown): string[] {
  const names = ['object', 'oldObject', 'request', 'namespaceObject'];
  if (at(policy, 'spec', 'paramKind') !== undefined) names.push('params');
  if (listAt(policy, 'spec', 'variables').length > 0) names.push('variables');
  return names;
}

function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** kubernetes: apiserver/pkg/admission/plugin/policy/validating */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  validate(request) {
    const { store } = request.context.server;
    // The cluster's own components are trusted, and policies do not judge policies.
    if (request.options.trusted || request.resource.group === 'admissionregistration.k8s.io') return;
    for (const binding of store.list(BINDINGS)) {
      const policy = store.get(POLICIES, textAt(binding, 'spec', 'policyName'));
      if (policy && concerns(policy, binding, request)) judge(policy, binding, request);
    }
  },
};

function concerns(policy: unknown, binding: unknown, request: AdmissionRequest): boolean {
  const constraints = at(policy, 'spec', 'matchConstraints');
  const narrower = at(binding, 'spec', 'matchResources');
  return (
    matchesConstraints(constraints, listAt(constraints, 'resourceRules'), request) &&
    (narrower === undefined || matchesConstraints(narrower, listAt(narrower, 'resourceRules'), request))
  );
}

function judge(policy: unknown, binding: unknown, request: AdmissionRequest): void {
  for (const params of paramsOf(policy, binding, request)) {
    for (const { message, reason } of complaints(policy, params, request))
      report(policy, binding, request, message, reason);
  }
}

interface Complaint {
  readonly message: string;
  readonly reason: string;
}

function* complaints(policy: unknown, params: Params, request: AdmissionRequest): Generator<Complaint> {
  const fails = textAt(policy, 'spec', 'failurePolicy') !== 'Ignore';
  if (params.kind === 'missing') {
    if (fails) yield { message: params.why, reason: 'Invalid' };
    return;
  }
  const variables = variablesOf(policy, params.object, request);
  const evaluate = (expression: string) => evaluated(expression, policyVariables(policy), variables);
  try {
    for (const condition of listAt(policy, 'spec', 'matchConditions'))
      if (evaluate(textAt(condition, 'expression')) !== true) return;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (fails) yield { message: error.message, reason: 'Invalid' };
    return;
  }
  for (const validation of listAt(policy, 'spec', 'validations')) {
    const expression = textAt(validation, 'expression');
    const reason = textAt(validation, 'reason') || 'Invalid';
    try {
      if (evaluate(expression) !== true) yield { message: messageOf(validation, evaluate), reason };
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      if (fails) yield { message: `expression '${expression}' resulted in error: ${error.message}`, reason };
    }
  }
}

function messageOf(validation: unknown, evaluate: (expression: string) => unknown): string {
  const expression = textAt(validation, 'messageExpression');
  if (expression !== '')
    try {
      const text = evaluate(expression);
      if (typeof text === 'string' && text.trim() !== '' && !text.includes('\n')) return text;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
    }
  return textAt(validation, 'message').trim() || `failed expression: ${textAt(validation, 'expression')}`;
}

function evaluated(expression: string, names: readonly string[], values: Readonly<Record<string, unknown>>): unknown {
  const program = compileCel(expression, names);
  if (typeof program === 'string') throw new CelError(program);
  return program.run(values);
}

/** Variables are worked out when they are named. */
function variablesOf(policy: unknown, params: unknown, request: AdmissionRequest): Readonly<Record<string, unknown>> {
  const names = policyVariables(policy);
  const variables = {};
  const namespaceObject = celValue(namespaceOf(request.context.server, request));
  const all: Record<string, unknown> = {
    object: celValue(request.object),
    oldObject: celValue(request.old),
    request: celValue(requestValue(request)),
    namespaceObject,
    ...(names.includes('params') ? { params: celValue(params) } : {}),
    ...(names.includes('variables') ? { variables } : {}),
  };
  for (const variable of listAt(policy, 'spec', 'variables')) {
    const expression = textAt(variable, 'expression');
    const name = textAt(variable, 'name');
    Object.defineProperty(variables, name, {
      enumerable: true,
      get: () => composed(name, () => evaluated(expression, names, all)),
    });
  }
  return all;
}

/** Raises CelError, which says of which variable. kubernetes: apiserver/pkg/admission/plugin/cel/composition.go */
function composed(name: string, evaluate: () => unknown): unknown {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new CelError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${error.message}`);
  }
}

/** kubernetes: apiserver/pkg/admission/plugin/cel CreateAdmissionRequest */
function requestValue({ resource, subresource, operation, name, namespace, options, context }: AdmissionRequest) {
  const { user } = options;
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const asked = { group: resource.group, version: resource.version, resource: resource.plural };
  return {
    kind,
    resource: asked,
    subResource: subresource,
    requestKind: kind,
    requestResource: asked,
    requestSubResource: subresource,
    name,
    namespace,
    operation,
    userInfo: { username: user.name, groups: user.groups, extra: {} },
    dryRun: context.dryRun,
  };
}

type Params = { readonly kind: 'found'; readonly object: unknown } | { readonly kind: 'missing'; readonly why: string };

/** The objects that a binding names as parameters: each is asked by itself. kubernetes: apiserver/pkg/admission/plugin/policy/generic CollectParams */
function paramsOf(policy: unknown, binding: unknown, request: AdmissionRequest): Params[] {
  const kind = at(policy, 'spec', 'paramKind');
  const ref = at(binding, 'spec', 'paramRef');
  if (!isRecord(kind) || !isRecord(ref)) return [{ kind: 'found', object: null }];
  const { store, resources } = request.context.server;
  const resource = resources.ofKind(textAt(kind, 'apiVersion'), textAt(kind, 'kind'));
  if (!resource) {
    const why = `failed to configure binding: failed to find resource referenced by paramKind: '${textAt(kind, 'apiVersion')}, Kind=${textAt(kind, 'kind')}'`;
    return [{ kind: 'missing', why }];
  }
  const namespace = resource.namespaced ? textAt(ref, 'namespace') || request.namespace : '';
  const name = textAt(ref, 'name');
  const selector = at(ref, 'selector');
  const found = store
    .list(qualifiedResource(resource), namespace)
    .filter((one) =>
      name === '' ? labelSelectorMatches(selector, one.metadata.labels ?? {}) : one.metadata.name === name,
    );
  if (found.length > 0) return found.map((object) => ({ kind: 'found', object }));
  if (textAt(ref, 'parameterNotFoundAction') === 'Allow') return [];
  return [
    {
      kind: 'missing',
      why: 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    },
  ];
}

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

function report(policy: unknown, binding: unknown, request: AdmissionRequest, message: string, reason: string): void {
  const who = `ValidatingAdmissionPolicy '${textAt(policy, 'metadata', 'name')}' with binding '${textAt(binding, 'metadata', 'name')}'`;
  const actions = listAt(binding, 'spec', 'validationActions');
  if (actions.includes('Warn')) request.options.warnings?.push(`Validation failed for ${who}: ${message}`);
  if (!actions.includes('Deny')) return;
  const why = `${who} denied request: ${message}`;
  throw StatusError.denied(request.resource, request.name, why, CODES[reason] ?? 422, reason);
}

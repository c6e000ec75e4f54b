import type {
  Affinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
  WeightedPodAffinityTerm,
} from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validateDns1123Label, validateLabelValue } from '../../apimachinery/names.ts';
import { type Errors, invalid, optionalOneOf, positive, qualifiedName } from './field.ts';
import { validateLabelSelector, validateNodeSelector, validateNodeSelectorTerm } from './selectors.ts';

// kubernetes: pkg/apis/core/validation/validation.go validateAffinity, ValidateTolerations, validateTopologySpreadConstraints

export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const WEIGHT = 'must be in the range 1-100';

export function validateAffinity(affinity: Affinity | undefined, path: string): Errors {
  const errors: Errors = [];
  const node = affinity?.nodeAffinity;
  if (node?.requiredDuringSchedulingIgnoredDuringExecution) {
    const at = `${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`;
    errors.push(...validateNodeSelector(node.requiredDuringSchedulingIgnoredDuringExecution, at));
  }
  for (const [i, term] of (node?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
    const at = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    if (!(term.weight > 0 && term.weight <= 100))
      errors.push(FieldError.invalid(`${at}.weight`, term.weight ?? 0, WEIGHT));
    errors.push(...validateNodeSelectorTerm(term.preference ?? {}, `${at}.preference`, false));
  }
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const given = affinity?.[kind];
    for (const [i, term] of (given?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      errors.push(...validateTerm(term, `${path}.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`));
    }
    for (const [i, term] of (given?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      errors.push(...validateWeighted(term, `${path}.${kind}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`));
    }
  }
  return errors;
}

function validateWeighted({ weight, podAffinityTerm }: WeightedPodAffinityTerm, path: string): Errors {
  const errors = weight > 0 && weight <= 100 ? [] : [FieldError.invalid(`${path}.weight`, weight ?? 0, WEIGHT)];
  return [...errors, ...validateTerm(podAffinityTerm, `${path}.podAffinityTerm`)];
}

function validateTerm(term: PodAffinityTerm, path: string): Errors {
  const key = term.topologyKey ?? '';
  return [
    ...validateLabelSelector(term.labelSelector, `${path}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`),
    ...(term.namespaces ?? []).flatMap((name) => invalid(`${path}.namespace`, name, validateDns1123Label(name))),
    ...validateTermKeys(term, path),
    ...(key === '' ? [FieldError.required(`${path}.topologyKey`, 'can not be empty')] : []),
    ...qualifiedName(key, `${path}.topologyKey`),
  ];
}

/** kubernetes: validateMatchLabelKeysAndMismatchLabelKeys */
function validateTermKeys({ labelSelector, matchLabelKeys, mismatchLabelKeys }: PodAffinityTerm, path: string): Errors {
  const each = (keys: readonly string[], at: string) => {
    if (keys.length === 0) return [];
    if (!labelSelector) return [FieldError.forbidden(at, 'must not be specified when labelSelector is not set')];
    return keys.flatMap((key, i) => qualifiedName(key, `${at}[${i}]`));
  };
  const [match, mismatch] = [matchLabelKeys ?? [], mismatchLabelKeys ?? []];
  const at = `${path}.matchLabelKeys`;
  return [
    ...each(match, at),
    ...each(mismatch, `${path}.mismatchLabelKeys`),
    ...match.flatMap((key, i) =>
      mismatch.includes(key)
        ? [FieldError.invalid(`${at}[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
        : [],
    ),
  ];
}

export function validateTolerations(tolerations: readonly Toleration[] | undefined, path: string): Errors {
  return (tolerations ?? []).flatMap((toleration, i) => validateToleration(toleration, `${path}[${i}]`));
}

function validateToleration(
  { key, operator, value = '', effect, tolerationSeconds }: Toleration,
  path: string,
): Errors {
  const errors: Errors = [];
  if (key) errors.push(...qualifiedName(key, `${path}.key`));
  else if (operator !== 'Exists') {
    const must = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(FieldError.invalid(`${path}.operator`, operator ?? '', must));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(
      FieldError.invalid(`${path}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"),
    );
  }
  if (!operator || operator === 'Equal') {
    const wrong = validateLabelValue(value);
    if (wrong.length > 0) errors.push(FieldError.invalid(`${path}.operator`, value, wrong.join(';')));
  } else if (operator === 'Exists') {
    if (value !== '')
      errors.push(FieldError.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"));
  } else if (operator === 'Lt' || operator === 'Gt') {
    errors.push(FieldError.notSupported(`${path}.operator`, operator, ['Equal', 'Exists', 'Lt', 'Gt']));
  } else errors.push(FieldError.notSupported(`${path}.operator`, operator, ['Equal', 'Exists']));
  if (effect && !TAINT_EFFECTS.includes(effect))
    errors.push(FieldError.notSupported(`${path}.effect`, effect, TAINT_EFFECTS));
  return errors;
}

export function validateTopologySpread(
  constraints: readonly TopologySpreadConstraint[] | undefined,
  path: string,
): Errors {
  const given = constraints ?? [];
  return given.flatMap((constraint, i) => {
    const at = `${path}[${i}]`;
    const {
      topologyKey = '',
      whenUnsatisfiable = '' as TopologySpreadConstraint['whenUnsatisfiable'],
      minDomains,
    } = constraint;
    const errors = positive(constraint.maxSkew, `${at}.maxSkew`);
    if (topologyKey === '') errors.push(FieldError.required(`${at}.topologyKey`, 'can not be empty'));
    if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') {
      errors.push(
        FieldError.notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
      );
    }
    const again = given
      .slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (again)
      errors.push(
        FieldError.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`),
      );
    if (minDomains !== undefined) {
      errors.push(...positive(minDomains, `${at}.minDomains`));
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const must = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        errors.push(FieldError.invalid(`${at}.minDomains`, minDomains, must));
      }
    }
    return [
      ...errors,
      ...optionalOneOf(constraint.nodeAffinityPolicy, ['Honor', 'Ignore'], `${at}.nodeAffinityPolicy`),
      ...optionalOneOf(constraint.nodeTaintsPolicy, ['Honor', 'Ignore'], `${at}.nodeTaintsPolicy`),
      ...matchLabelKeys(constraint, `${at}.matchLabelKeys`),
      ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`),
    ];
  });
}

/** kubernetes: validateMatchLabelKeysInTopologySpread */
function matchLabelKeys({ matchLabelKeys: keys = [], labelSelector }: TopologySpreadConstraint, path: string): Errors {
  if (keys.length === 0) return [];
  if (!labelSelector) return [FieldError.forbidden(path, 'must not be specified when labelSelector is not set')];
  const selected = new Set((labelSelector.matchExpressions ?? []).map(({ key }) => key));
  for (const key of Object.keys(labelSelector.matchLabels ?? {})) selected.add(key);
  return keys.flatMap((key, i) => [
    ...qualifiedName(key, `${path}[${i}]`),
    ...(selected.has(key)
      ? [FieldError.invalid(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector')]
      : []),
  ]);
}

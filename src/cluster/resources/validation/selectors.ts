import type {
  LabelSelector,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
} from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validateDns1123Subdomain, validateLabelValue } from '../../apimachinery/names.ts';
import { type Errors, invalid, labels, qualifiedName } from './field.ts';

/** Whether a label selector selects by nothing: then it is empty, and often not allowed. */
export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
}

/** kubernetes: apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabelSelector */
export function validateLabelSelector(selector: LabelSelector | undefined, path: string): Errors {
  const errors = labels(selector?.matchLabels, `${path}.matchLabels`);
  for (const [i, { key, operator, values = [] }] of (selector?.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${i}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(FieldError.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push(
          FieldError.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      }
    } else errors.push(FieldError.invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    errors.push(...qualifiedName(key, `${at}.key`));
    for (const [j, value] of values.entries())
      errors.push(...invalid(`${at}.values[${j}]`, value, validateLabelValue(value)));
  }
  return errors;
}

/** Whether a selector can be made of it. kubernetes: metav1.LabelSelectorAsSelector */
export function isParsable(selector: LabelSelector | undefined): boolean {
  return validateLabelSelector(selector, '').length === 0;
}

/** kubernetes: pkg/apis/core/validation/validation.go ValidateNodeSelector */
export function validateNodeSelector(selector: NodeSelector, path: string): Errors {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0)
    return [FieldError.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => validateNodeSelectorTerm(term, `${path}.nodeSelectorTerms[${i}]`, true));
}

/** Preferred terms may have values that no label has: `strict` is for required ones. */
export function validateNodeSelectorTerm(term: NodeSelectorTerm, path: string, strict: boolean): Errors {
  return [
    ...(term.matchExpressions ?? []).flatMap((requirement, i) =>
      validateExpression(requirement, `${path}.matchExpressions[${i}]`, strict),
    ),
    ...(term.matchFields ?? []).flatMap((requirement, i) => validateField(requirement, `${path}.matchFields[${i}]`)),
  ];
}

function validateExpression(
  { key, operator, values = [] }: NodeSelectorRequirement,
  path: string,
  strict: boolean,
): Errors {
  const errors: Errors = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.push(FieldError.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.push(
          FieldError.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      }
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) {
        errors.push(
          FieldError.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
        );
      }
      break;
    default:
      errors.push(FieldError.invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  }
  errors.push(...qualifiedName(key, `${path}.key`));
  if (!strict) return errors;
  for (const [i, value] of values.entries())
    errors.push(...invalid(`${path}.values[${i}]`, value, validateLabelValue(value)));
  return errors;
}

function validateField({ key, operator, values = [] }: NodeSelectorRequirement, path: string): Errors {
  const errors: Errors = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(FieldError.invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  } else if (values.length !== 1) {
    errors.push(
      FieldError.required(
        `${path}.values`,
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      ),
    );
  }
  if (key !== 'metadata.name')
    return [...errors, FieldError.invalid(`${path}.key`, key, 'not a valid field selector key')];
  for (const [i, value] of values.entries())
    errors.push(...invalid(`${path}.values[${i}]`, value, validateDns1123Subdomain(value)));
  return errors;
}

import type { LimitRangeItem } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { validateContainerResourceName, validateResourceName } from './compute-resources.ts';
import type { Errors } from './field.ts';

const FIELDS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

/** One item of a LimitRange: names of resources, and that its amounts go together. kubernetes: ValidateLimitRange */
export function validateLimit(limit: LimitRangeItem, path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  const podOrContainer = limit.type === 'Pod' || limit.type === 'Container';
  const checkName = podOrContainer ? validateContainerResourceName : validateResourceName;
  for (const field of FIELDS) {
    const given = Object.keys(limit[field] ?? {}).sort();
    if (limit.type === 'Pod' && (field === 'default' || field === 'defaultRequest')) {
      if (given.length > 0)
        errors.push(FieldError.forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"));
      continue;
    }
    if (
      field === 'maxLimitRequestRatio' &&
      limit.type === 'PersistentVolumeClaim' &&
      !limit.min?.['storage'] &&
      !limit.max?.['storage']
    ) {
      const must = 'either minimum or maximum storage value is required, but neither was provided';
      errors.push(FieldError.required(`${path}.limits`, must));
    }
    for (const name of given) {
      errors.push(...checkName(name, `${path}.${field}[${name}]`));
      names.add(name);
    }
  }
  for (const name of names) errors.push(...compareAmounts(limit, name, path));
  return errors;
}

function compareAmounts(limit: LimitRangeItem, name: string, path: string): Errors {
  const errors: Errors = [];
  const of = (field: (typeof FIELDS)[number]) => {
    const amounts = limit[field] ?? {};
    return Object.hasOwn(amounts, name) ? amounts[name] : undefined;
  };
  const above = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && Quantity.fromJson(a).compare(Quantity.fromJson(b)) > 0;
  const say = (field: (typeof FIELDS)[number], value: string | undefined, text: string) =>
    errors.push(FieldError.invalid(`${path}.${field}[${name}]`, value ?? '', text));
  const [max, min, standard, request, ratio] = FIELDS.map(of);
  if (above(min, max)) say('min', min, `min value ${min} is greater than max value ${max}`);
  if (above(min, request))
    say('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  if (above(request, max))
    say('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  if (above(request, standard)) {
    say('defaultRequest', request, `default request value ${request} is greater than default limit value ${standard}`);
  }
  if (above(min, standard)) say('default', min, `min value ${min} is greater than default value ${standard}`);
  if (above(standard, max)) say('default', max, `default value ${standard} is greater than max value ${max}`);
  if (above('1', ratio)) say('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const limitOfRatio = Quantity.fromJson(max).toNumber() / Quantity.fromJson(min).toNumber();
    if (Quantity.fromJson(ratio).toNumber() > limitOfRatio) {
      say('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${limitOfRatio.toFixed(6)}`);
    }
  }
  return errors;
}

import type { PersistentVolumeClaimSpec } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { validateAmount } from './compute-resources.ts';
import { dnsSubdomain, type Errors, optionalOneOf } from './field.ts';
import { validateLabelSelector } from './selectors.ts';

// kubernetes: pkg/apis/core/validation/validation.go: what claims, volumes and templates of claims share

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES = ['Block', 'Filesystem'];

export function validateAccessModes(modes: readonly string[], path: string): Errors {
  const errors: Errors = [];
  for (const mode of modes)
    if (!ACCESS_MODES.includes(mode)) errors.push(FieldError.notSupported(path, mode, ACCESS_MODES));
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode));
  if (others && modes.includes('ReadWriteOncePod')) {
    errors.push(FieldError.forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  }
  return errors;
}

export function positiveAmount(value: string, path: string): Errors {
  if ((Quantity.tryFromJson(value)?.sign ?? 0) <= 0)
    return [FieldError.invalid(path, value, 'must be greater than zero')];
  return validateAmount('storage', value, path);
}

/** kubernetes: ValidatePersistentVolumeClaimSpec */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec | undefined, path: string): Errors {
  const errors: Errors = [];
  const modes = spec?.accessModes ?? [];
  if (modes.length === 0) errors.push(FieldError.required(`${path}.accessModes`, 'at least 1 access mode is required'));
  errors.push(
    ...validateLabelSelector(spec?.selector, `${path}.selector`),
    ...validateAccessModes(modes, `${path}.accessModes`),
  );
  const storage = spec?.resources?.requests?.['storage'];
  const at = `${path}.resources[storage]`;
  errors.push(...(storage === undefined ? [FieldError.required(at)] : positiveAmount(storage, at)));
  if (spec?.storageClassName) errors.push(...dnsSubdomain(spec.storageClassName, `${path}.storageClassName`));
  return [...errors, ...optionalOneOf(spec?.volumeMode, VOLUME_MODES, `${path}.volumeMode`)];
}

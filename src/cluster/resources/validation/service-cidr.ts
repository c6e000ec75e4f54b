import type { ServiceCIDR } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { parseCidr } from '../../apimachinery/ip.ts';
import { type Errors, immutable } from './field.ts';
import { legacyCidr } from './ip.ts';

// kubernetes: pkg/apis/networking/validation/validation.go

const PATH = 'spec.cidrs';
const ONE_OF_EACH = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';

export function validateServiceCidr({ spec }: ServiceCIDR): Errors {
  const cidrs = spec?.cidrs ?? [];
  // The refused value is the whole spec, as Go names its fields.
  const all = { CIDRs: cidrs };
  if (cidrs.length === 0) return [FieldError.required(PATH, 'at least one CIDR required')];
  if (cidrs.length > 2) return [FieldError.invalid(PATH, all, 'may only hold up to 2 values')];
  const [first, second] = cidrs.map((text) => parseCidr(text)?.family);
  const dual = first !== undefined && second !== undefined && first !== second;
  if (cidrs.length === 2 && !dual) return [FieldError.invalid(PATH, all, ONE_OF_EACH)];
  return cidrs.flatMap((text, i) => legacyCidr(text, `${PATH}[${i}]`));
}

/** A range of the other family may be added, no range changed. */
export function validateServiceCidrUpdate(update: ServiceCIDR, old: ServiceCIDR): Errors {
  const after = update.spec?.cidrs ?? [];
  const before = old.spec?.cidrs ?? [];
  const grows = before.length === 1 && after.length === 2;
  if (grows) return [...immutable(after[0], before[0], `${PATH}[0]`), ...validateServiceCidr(update)];
  if (before.length !== after.length) return immutable(after, before, PATH);
  return after.flatMap((text, i) => immutable(text, before[i], `${PATH}[${i}]`));
}

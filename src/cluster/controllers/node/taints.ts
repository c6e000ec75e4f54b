import type { Taint, Toleration } from '../../api/types.generated.ts';

/** kubernetes: api/core/v1/toleration.go ToleratesTaint */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator) {
    case 'Exists':
      return true;
    case 'Gt':
    case 'Lt':
      return compares(toleration, taint);
    default:
      return (toleration.value ?? '') === (taint.value ?? '');
  }
}

function compares(toleration: Toleration, taint: Taint): boolean {
  const bound = Number(toleration.value);
  const value = Number(taint.value);
  if (!Number.isInteger(bound) || !Number.isInteger(value)) return false;
  return toleration.operator === 'Gt' ? value > bound : value < bound;
}

export function isTolerated(taint: Taint, tolerations: readonly Toleration[] | undefined): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false;
}

/** The first taint with one of the effects that is not tolerated. */
export function untolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !isTolerated(taint, tolerations));
}

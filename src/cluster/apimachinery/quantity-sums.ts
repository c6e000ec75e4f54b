import { Quantity } from './quantity.ts';

/** Sums of quantities as texts, in canonical form. */
export function addQuantities(a: string, b: string): string {
  return Quantity.parse(a).add(Quantity.parse(b)).toString();
}

export function subtractQuantities(a: string, b: string): string {
  return Quantity.parse(a).sub(Quantity.parse(b)).toString();
}

export function maxQuantity(a: string, b: string): string {
  return Quantity.parse(a).compare(Quantity.parse(b)) >= 0 ? a : b;
}

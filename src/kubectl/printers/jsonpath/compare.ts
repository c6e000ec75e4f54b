import { compareText, type Value } from '../go-value.ts';

/** Go's comparison of two basic values, as text/template does it. Raises Error for kinds that do not compare. */
export function compareValues(
  operator: string,
  left: Value | undefined,
  right: Value | undefined,
  rightFloat = false,
): boolean {
  const a = kindOf(left);
  const b = typeof right === 'number' && rightFloat ? 'float' : kindOf(right);
  if (a === undefined || b === undefined) throw new Error('invalid type for comparison');
  if (a !== b) throw new Error('incompatible types for comparison');
  if (operator === '==' || operator === '!=') return (left === right) === (operator === '==');
  if (a === 'bool') throw new Error('invalid type for comparison');
  const order =
    typeof left === 'string' && typeof right === 'string' ? compareText(left, right) : Number(left) - Number(right);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function kindOf(value: Value | undefined): 'bool' | 'int' | 'float' | 'string' | undefined {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'string' ? 'string' : undefined;
}

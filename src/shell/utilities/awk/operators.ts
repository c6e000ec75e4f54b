import { compare, toNumber, toText, type Value } from './values.ts';

/** Binary operators of two values; `format` is CONVFMT. */
export function operate(operator: string, left: Value, right: Value, format: string): Value {
  if (operator === ' ') return toText(left, format) + toText(right, format);
  if (['<', '<=', '==', '!=', '>', '>='].includes(operator)) {
    const order = compare(left, right, format);
    const holds =
      operator === '<'
        ? order < 0
        : operator === '<='
          ? order <= 0
          : operator === '=='
            ? order === 0
            : operator === '!='
              ? order !== 0
              : operator === '>'
                ? order > 0
                : order >= 0;
    return holds ? 1 : 0;
  }
  const a = toNumber(left);
  const b = toNumber(right);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      return a ** b;
  }
}

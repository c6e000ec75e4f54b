import { getElement } from '../expand/variables-access.ts';
import type { Shell } from '../state/shell.ts';
import { fileTest } from './file-tests.ts';

const FILE_LETTERS = 'abcdefghkprstuwxGLNOS';

export function isUnary(operator: string): boolean {
  return /^-[a-zA-Z]$/.test(operator) && `${FILE_LETTERS}nzovR`.includes(operator[1] ?? '');
}

/** `-n TEXT`, `-f FILE`, `-v NAME` … */
export function unaryTest(shell: Shell, operator: string, operand: string): boolean {
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-o':
      return shell.options.has(operand);
    case '-R':
      return shell.variables.raw(operand)?.nameref ?? false;
    case '-v': {
      const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/s.exec(operand);
      if (!match?.[1]) return /^\d+$/.test(operand) && shell.positional[Number(operand) - 1] !== undefined;
      const value = shell.variables.find(match[1])?.value;
      if ((match[2] === '@' || match[2] === '*') && typeof value === 'object') return value.size > 0;
      return getElement(shell, match[1], match[2]) !== undefined;
    }
    default:
      return fileTest(shell, operator.slice(1), operand);
  }
}

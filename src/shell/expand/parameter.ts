import type { ParameterExpansionPart, SimpleExpansionPart, WordPart } from 'unbash';
import type { Task } from '../../world/task.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { MAX_VALUE } from '../state/variables.ts';
import { applyOperation, isDefaultOperation } from './parameter-operations.ts';
import {
  indirectTarget,
  isSpecial,
  lengthOf,
  namesWithPrefix,
  type ParameterValue,
  parameterValue,
  subscriptOf,
  unbound,
} from './parameter-values.ts';
import { BREAK, expanded, type Piece, plain, quoted } from './pieces.ts';
import { allKeys } from './variables-access.ts';
import type { WordContext } from './word.ts';

/** Whether a part is `$@` or `${a[@]}`: in double quotes it may give nothing at all. */
export function isAllParameters(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@';
  if (part.type !== 'ParameterExpansion') return false;
  return part.parameter === '@' || part.index?.text === '@' || part.operation?.type === 'Names';
}

/** Adds the pieces of `$x` or `${x…}`. */
export function* expandParameter(
  shell: Shell,
  part: SimpleExpansionPart | ParameterExpansionPart,
  context: WordContext,
  out: Piece[],
): Task {
  if (part.type === 'SimpleExpansion') {
    const name = part.text.slice(1);
    const value = parameterValue(shell, name, undefined);
    checkBound(shell, name, undefined, value);
    push(shell, value, context, out);
    return;
  }
  const subscript = yield* subscriptOf(shell, part);
  checkSyntax(part);
  if (part.prefix === '#' && !part.operation) {
    push(shell, { kind: 'one', value: lengthOf(shell, part.parameter, subscript) }, context, out);
    return;
  }
  let name = part.parameter;
  let index = subscript;
  if (part.prefix === '!') {
    const special = indirectList(shell, part, subscript);
    if (special) {
      push(shell, special, context, out);
      return;
    }
    // A reference made by `declare -n` gives its target's name.
    const raw = shell.variables.raw(name);
    if (raw?.nameref && subscript === undefined && !part.operation) {
      push(shell, { kind: 'one', value: typeof raw.value === 'string' ? raw.value : '' }, context, out);
      return;
    }
    const holder = parameterValue(shell, name, subscript);
    const target = indirectTarget(holder.kind === 'one' ? holder.value : holder.values.join(' '), name);
    name = target.name;
    index = target.subscript;
  }
  const value = parameterValue(shell, name, index);
  for (const warning of shell.warnings.splice(0)) yield* shell.complain(warning);
  if (!part.operation) {
    checkBound(shell, name, index, value);
    push(shell, value, context, out);
    return;
  }
  if (!isDefaultOperation(part.operation)) checkBound(shell, name, index, value);
  const result = yield* applyOperation(shell, { name, subscript: index, value, part, context }, out);
  if (result) push(shell, result, context, out);
}

/** `${!prefix*}`, `${!array[@]}` */
function indirectList(
  shell: Shell,
  part: ParameterExpansionPart,
  subscript: string | undefined,
): ParameterValue | undefined {
  if (part.operation?.type === 'Names') {
    return { kind: 'all', values: namesWithPrefix(shell, part.parameter), star: part.operation.operator === '*' };
  }
  if (subscript !== '@' && subscript !== '*') return undefined;
  return { kind: 'all', values: allKeys(shell.variables.find(part.parameter)), star: subscript === '*' };
}

function checkSyntax(part: ParameterExpansionPart): void {
  const bad =
    part.parameter === '' ||
    part.operation?.type === 'Unknown' ||
    (!/^(?:[A-Za-z_]\w*|\d+|[@*#?$!-])$/.test(part.parameter) && !isSpecial(part.parameter)) ||
    (part.operation?.type === 'Transform' && !/^[QEPAaUuLKk]$/.test(part.operation.operand.text));
  if (bad) throw new ShellError(`${part.text}: bad substitution`);
}

function checkBound(shell: Shell, name: string, subscript: string | undefined, value: ParameterValue): void {
  if (!shell.options.has('nounset') || value.kind === 'all' || value.value !== undefined) return;
  throw unbound(name, subscript);
}

function push(shell: Shell, value: ParameterValue, context: WordContext, out: Piece[]): void {
  const piece = context.quoted ? quoted : context.split ? expanded : plain;
  if (value.kind === 'one') {
    if (value.value !== undefined && (value.value !== '' || context.quoted)) out.push(piece(value.value));
    else if (context.quoted) out.push(quoted(''));
    return;
  }
  const { values, star } = value;
  if (star && (context.quoted || !context.split)) {
    let size = 0;
    for (const item of values) size += item.length;
    if (size > MAX_VALUE) throw new ShellError(`xrealloc: cannot allocate ${size} bytes`, 'shell', 2);
    const ifs = shell.variables.get('IFS');
    out.push(piece(values.join(ifs === undefined ? ' ' : ([...ifs][0] ?? ''))));
    return;
  }
  values.forEach((item, index) => {
    if (index > 0) out.push(BREAK);
    out.push(piece(item));
  });
}

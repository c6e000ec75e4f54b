import { isBuiltin } from './library.ts';
import { namesOf } from './scope.ts';
import { JqSyntaxError } from './syntax.ts';
import type { Filter, Pattern } from './tree.ts';

/** Raises JqSyntaxError for names that nothing defines, as jq does before it runs a program. */
export function checkNames(filter: Filter, known: ReadonlySet<string>): void {
  const go = (one: Filter | undefined, names: ReadonlySet<string> = known) => {
    if (one) checkNames(one, names);
  };
  const withPatterns = (patterns: readonly Pattern[]) => new Set([...known, ...patterns.flatMap(namesOf)]);
  switch (filter.type) {
    case 'variable':
      if (!known.has(filter.name) && filter.name !== '$ENV' && filter.name !== '$__prog_args')
        throw new JqSyntaxError(`${filter.name} is not defined`, -1);
      return;
    case 'string':
      for (const part of filter.parts) if (typeof part !== 'string') go(part);
      return;
    case 'index':
      go(filter.of);
      go(filter.key);
      return;
    case 'slice':
      go(filter.of);
      go(filter.from);
      go(filter.to);
      return;
    case 'iterate':
    case 'optional':
    case 'negate':
    case 'array':
      go(filter.of);
      return;
    case 'object':
      for (const member of filter.members) {
        go(member.key);
        go(member.value);
      }
      return;
    case 'binary':
      // jq folds constants before it runs anything.
      if (
        (filter.operator === '/' || filter.operator === '%') &&
        isNumber(filter.left) &&
        filter.right.type === 'literal' &&
        filter.right.value === 0
      )
        throw new JqSyntaxError('Division by zero?', -1);
      go(filter.left);
      go(filter.right);
      return;
    case 'pipe':
    case 'comma':
    case 'and':
    case 'or':
    case 'alternative':
    case 'update':
      go(filter.left);
      go(filter.right);
      return;
    case 'if':
      go(filter.test);
      go(filter.yes);
      go(filter.no);
      return;
    case 'try':
      go(filter.body);
      go(filter.handler);
      return;
    case 'reduce':
    case 'foreach': {
      const names = withPatterns(filter.patterns);
      go(filter.source);
      go(filter.start);
      go(filter.update, names);
      if (filter.type === 'foreach') go(filter.extract, names);
      return;
    }
    case 'as':
      go(filter.source);
      go(filter.body, withPatterns(filter.patterns));
      return;
    case 'define': {
      const { name, parameters, body } = filter.definition;
      const self = new Set([...known, `${name}/${parameters.length}`]);
      go(
        body,
        new Set([
          ...self,
          ...parameters.flatMap((one) => (one.startsWith('$') ? [one, `${one.slice(1)}/0`] : [`${one}/0`])),
        ]),
      );
      go(filter.body, self);
      return;
    }
    case 'label':
      go(filter.body, new Set([...known, `*${filter.name}`]));
      return;
    case 'break':
      if (!known.has(`*${filter.name}`)) throw new JqSyntaxError(`$*label-${filter.name.slice(1)} is not defined`, -1);
      return;
    case 'call': {
      const key = `${filter.name}/${filter.args.length}`;
      if (!known.has(key) && !isBuiltin(filter.name, filter.args.length))
        throw new JqSyntaxError(`${key} is not defined`, -1);
      for (const one of filter.args) go(one);
      return;
    }
    default:
  }
}

function isNumber(filter: Filter): boolean {
  return filter.type === 'literal' && typeof filter.value === 'number';
}

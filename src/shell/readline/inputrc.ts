import { isFunction } from './functions/names.ts';
import type { KeyBindings } from './key-bindings.ts';
import { keySequence, namedKey } from './key-sequence.ts';

/** What an inputrc may ask about. */
export interface InputrcFacts {
  /** $TERM */
  readonly terminal: string;
  /** The text of a file that is included; undefined when it cannot be read. */
  readonly include: (path: string) => string | undefined;
}

const DIRECTIVES: ReadonlySet<string> = new Set(['if', 'else', 'endif', 'include']);
const RELEASE = 8.2;
/** Files that include each other do not end. */
const MAX_DEPTH = 10;

/** Reads the lines of an inputrc into the bindings. Gives what is wrong, a line each. readline: bind.c, rl_parse_and_bind */
export function readInputrc(
  bindings: KeyBindings,
  text: string,
  file: string,
  facts: InputrcFacts,
  depth = 0,
): string[] {
  const problems: string[] = [];
  /** Whether the lines of each open `$if` count. */
  const conditions: boolean[] = [];
  for (const [index, given] of text.split('\n').entries()) {
    const line = given.trim();
    if (line === '' || line.startsWith('#')) continue;
    const tell = (problem: string) => problems.push(`readline: ${file}: line ${index + 1}: ${problem}`);
    const directive = /^\$(\w*)\s*(.*)$/.exec(line);
    if (!directive) {
      if (conditions.includes(false)) continue;
      const problem = applyLine(bindings, line);
      if (problem !== undefined) tell(problem);
      continue;
    }
    const [, name = '', argument = ''] = directive;
    if (name === 'if') conditions.push(holds(bindings, argument, facts));
    else if (name === 'else') {
      if (conditions.length === 0) tell('$else found without matching $if');
      else conditions.push(!conditions.pop());
    } else if (name === 'endif') {
      if (conditions.pop() === undefined) tell('$endif without matching $if');
    } else if (name === 'include') {
      const included = conditions.includes(false) || depth >= MAX_DEPTH ? undefined : facts.include(argument);
      if (included !== undefined) problems.push(...readInputrc(bindings, included, argument, facts, depth + 1));
    } else tell(`${name}: unknown parser directive`);
  }
  return problems;
}

function holds(bindings: KeyBindings, condition: string, { terminal }: InputrcFacts): boolean {
  const [, name = '', operator = '', value = ''] = /^([\w-]*)\s*([<>=!]*)\s*(.*)$/.exec(condition) ?? [];
  if (operator === '') return name.toLowerCase() === 'bash';
  if (name === 'mode') return bindings.settings.text('editing-mode') === value;
  if (name === 'term') return value === terminal || value === /^[^-]*/.exec(terminal)?.[0];
  if (name === 'version') return compare(RELEASE, operator, Number.parseFloat(value));
  const known = bindings.settings.text(name);
  return known !== '' && (operator === '!=') !== (known === value);
}

function compare(left: number, operator: string, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '!=':
      return left !== right;
    default:
      return left === right;
  }
}

/** One line of an inputrc, or an argument of `bind`. Gives what is wrong with it. */
export function applyLine(bindings: KeyBindings, line: string): string | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const directive = /^\$(\w*)/.exec(line)?.[1];
  if (directive !== undefined) return DIRECTIVES.has(directive) ? undefined : `${directive}: unknown parser directive`;
  const quoted = line.startsWith('"');
  const end = quoted ? closingQuote(line, 0) : 0;
  if (end < 0) return `${line}: no closing \`"' in key binding`;
  const separator = line.slice(end).search(/[:\s]/);
  if (separator < 0) return `${line}: no key sequence terminator`;
  const key = line.slice(0, end + separator);
  const value = line.slice(end + separator + 1).trim();
  if (key.toLowerCase() === 'set') return setVariable(bindings, value);
  const sequence = quoted ? keySequence(key.slice(1, end)) : namedKey(key);
  return bindTo(bindings, sequence, value);
}

function setVariable(bindings: KeyBindings, assignment: string): string | undefined {
  const [, name = '', value = ''] = /^(\S*)\s*(.*)$/.exec(assignment) ?? [];
  switch (bindings.set(name.toLowerCase(), value)) {
    case 'unknown':
      return `${name}: unknown variable name`;
    case 'refused':
      return `${name}: could not set value to \`${value}'`;
    case 'not modelled':
      return `${name}: kubetutor does not model it`;
    default:
      return undefined;
  }
}

function bindTo(bindings: KeyBindings, sequence: string, value: string): string | undefined {
  const keymap = bindings.settings.text('keymap');
  if (/^["']/.test(value)) {
    const end = closingQuote(value, 0);
    if (end < 0) return `\`${value}': missing closing quote for macro`;
    bindings.bind(keymap, sequence, { kind: 'macro', keys: keySequence(value.slice(1, end)) });
    return undefined;
  }
  const name = value.split(/\s/)[0]?.toLowerCase() ?? '';
  bindings.bind(keymap, sequence, isFunction(name) ? { kind: 'function', name } : undefined);
  return undefined;
}

/** Where the quote that opens at `from` closes; -1 when it does not. */
export function closingQuote(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[from]) return at;
  }
  return -1;
}

import type {
  CaseItem,
  CommandNode,
  CompoundCommand,
  CompoundList,
  Function as FunctionNode,
  HereDoc,
  If,
  PipelineNode,
  Redirection,
  Statement,
  Word,
} from 'unbash';

/** A function as `type` and `declare -f` print it: laid out anew from what was parsed. bash: print_cmd.c */
export function functionText(name: string, node: FunctionNode, source: string): string {
  return new Printer(source).function(name, node.body, '');
}

const STEP = '    ';

/** Prints commands; `indent` stands before each line but the first. */
class Printer {
  /** Here documents of the line being printed: they come below it. */
  private pending: HereDoc[] = [];

  constructor(private readonly source: string) {}

  function(name: string, body: FunctionNode['body'], indent: string, keyword = ''): string {
    const head = `${keyword}${name} () \n${indent}`;
    if (body.type === 'CompoundList') return `${head}${this.group(body, indent)}`;
    const inner = body.type === 'Redirected' ? body.command : body;
    const redirects = body.type === 'Redirected' ? this.redirections(body.redirects) : '';
    if (inner.type === 'BraceGroup') return `${head}${this.group(inner.body, indent)}${redirects}`;
    return `${head}{ \n${indent}${STEP}${this.compound(inner, indent + STEP)}${redirects}\n${indent}}`;
  }

  private group(list: CompoundList, indent: string): string {
    return `{ \n${indent}${STEP}${this.list(list, indent + STEP)}\n${indent}}`;
  }

  /** Commands below each other; the last one ends with a semicolon where something follows. */
  private list({ commands }: CompoundList, indent: string, closed = false): string {
    let out = '';
    for (const [index, statement] of commands.entries()) {
      out += this.statement(statement, indent);
      const last = index === commands.length - 1;
      if (this.pending.length > 0) {
        out += `\n${this.documents()}${last ? '' : `\n${indent}`}`;
        continue;
      }
      if (statement.background) out += last ? ' &' : ' & ';
      else if (!last) out += `;\n${indent}`;
      else if (closed) out += ';';
    }
    return out;
  }

  private statement({ command }: Statement, indent: string): string {
    if (command.type !== 'AndOr') return this.pipeline(command, indent);
    return command.commands
      .map(
        (one, index) =>
          this.pipeline(one, indent) + (index < command.operators.length ? ` ${command.operators[index]} ` : ''),
      )
      .join('');
  }

  private pipeline(node: PipelineNode, indent: string): string {
    if (node.type !== 'Pipeline') return this.command(node, indent);
    const prefixes = node.prefixes.map((prefix) => `${this.slice(prefix)} `).join('');
    const commands = node.commands.map((one, index) => {
      const operator = node.operators[index];
      return this.command(one, indent) + (operator === undefined ? '' : operator === '|&' ? ' 2>&1 | ' : ' | ');
    });
    return prefixes + commands.join('');
  }

  private command(node: CommandNode, indent: string): string {
    switch (node.type) {
      case 'Command': {
        const parts = [...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix];
        return parts.map((part) => (isRedirection(part) ? this.redirection(part) : this.slice(part))).join(' ');
      }
      case 'Redirected':
        return this.compound(node.command, indent) + this.redirections(node.redirects);
      case 'Function':
        return this.function(this.slice(node.name), node.body, indent, 'function ');
      case 'Coproc':
        return this.slice(node);
      default:
        return this.compound(node, indent);
    }
  }

  private compound(node: CompoundCommand, indent: string): string {
    const inner = indent + STEP;
    const block = (body: CompoundList) => `\n${inner}${this.list(body, inner, true)}\n${indent}`;
    const words = (list: readonly Word[] | undefined) =>
      list ? list.map((word) => this.slice(word)).join(' ') : '"$@"';
    switch (node.type) {
      case 'BraceGroup':
        return this.group(node.body, indent);
      case 'Subshell':
        return `( ${this.list(node.body, indent)} )`;
      case 'If':
        return this.condition(node, indent);
      case 'While':
        return `${node.kind} ${this.list(node.clause, indent)}; do${block(node.body)}done`;
      case 'For':
        return `for ${this.slice(node.name)} in ${words(node.wordlist)};\n${indent}do${block(node.body)}done`;
      case 'Select':
        return `select ${this.slice(node.name)} in ${words(node.wordlist)};\n${indent}do${block(node.body)}done`;
      case 'ArithmeticFor': {
        const [first, test, next] = [node.initialize, node.test, node.update].map((one) =>
          one ? this.slice(one) : '',
        );
        return `for ((${first}; ${test}; ${next}))\n${indent}do${block(node.body)}done`;
      }
      case 'Case':
        return `case ${this.slice(node.word)} in \n${node.items.map((item) => this.item(item, inner)).join('')}${indent}esac`;
      default:
        return this.slice(node);
    }
  }

  /** An `elif` is an `if` within the `else`. */
  private condition({ clause, then, elif, else: otherwise }: Omit<If, 'type' | 'pos' | 'end'>, indent: string): string {
    const inner = indent + STEP;
    let out = `if ${this.list(clause, indent)}; then\n${inner}${this.list(then, inner, true)}\n`;
    const [next, ...rest] = elif;
    if (next) {
      const nested = this.condition({ ...next, elif: rest, else: otherwise }, inner);
      out += `${indent}else\n${inner}${nested};\n`;
    } else if (otherwise) out += `${indent}else\n${inner}${this.list(otherwise, inner, true)}\n`;
    return `${out}${indent}fi`;
  }

  private item({ pattern, body, terminator }: CaseItem, indent: string): string {
    const patterns = pattern.map((word) => this.slice(word)).join(' | ');
    const inner = indent + STEP;
    const commands = body.commands.length === 0 ? '' : inner + this.list(body, inner);
    return `${indent}${patterns})\n${commands}\n${indent}${terminator ?? ';;'}\n`;
  }

  private redirections(list: readonly Redirection[]): string {
    return list.map((one) => ` ${this.redirection(one)}`).join('');
  }

  private redirection(node: Redirection): string {
    const descriptor = node.descriptor ? this.slice(node.descriptor) : '';
    if (node.type === 'HereDoc') {
      this.pending.push(node);
      return `${descriptor}${node.operator}${node.delimiter ? this.slice(node.delimiter) : ''}`;
    }
    const close = node.operator === '>&' || node.operator === '<&' ? '' : ' ';
    return `${descriptor}${node.operator}${close}${node.target ? this.slice(node.target) : ''}`;
  }

  private documents(): string {
    const documents = this.pending;
    this.pending = [];
    return documents.map(({ body, delimiter }) => `${body.text}${delimiter?.value ?? ''}\n`).join('');
  }

  private slice({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.source.slice(pos, end);
  }
}

function isRedirection(part: { readonly type: string }): part is Redirection {
  return part.type === 'Redirect' || part.type === 'HereString' || part.type === 'HereDoc';
}

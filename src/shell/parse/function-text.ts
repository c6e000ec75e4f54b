import type { Function as FunctionNode } from 'unbash';

/** A function as `type` and `declare -f` print it: bash lays the body out anew. */
export function functionText(name: string, node: FunctionNode, source: string): string {
  const body = source.slice(node.body.pos, node.body.end);
  const inner = node.body.type === 'BraceGroup' ? layout(body) : `{ \n    ${spaced(body)}\n}`;
  return `${name} () \n${inner}`;
}

/** A body in brackets, as bash prints it: `( … )`. */
function spaced(body: string): string {
  const [, inner] = /^\(\s*([^(].*?)[;\s]*\)$/s.exec(body) ?? [];
  return inner === undefined ? body : `( ${inner} )`;
}

function layout(body: string): string {
  const trimmed = body
    .trim()
    .replace(/^\{\s*/, '')
    .replace(/[;\s]*\}$/, '');
  const lines = trimmed.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const last = lines.length - 1;
  const text = lines.map(
    (line, index) =>
      `    ${line}${index < last && /[\w"')}\]]$/.test(line) && !/\b(then|do|else)$/.test(line) ? ';' : ''}`,
  );
  return `{ \n${text.join('\n')}\n}`;
}

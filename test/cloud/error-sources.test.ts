import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

// Every error of the simulated AWS account has a line in scripts/facts/aws-error-sources.yaml that says where its wording comes from.

/** A text with `…` for what is filled in; undefined for what is no text. */
function textOf(node: ts.Expression | undefined): string | undefined {
  if (!node) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
  if (!ts.isConditionalExpression(node)) return undefined;
  const [one, other] = [textOf(node.whenTrue), textOf(node.whenFalse)];
  return one === undefined || other === undefined ? undefined : `${one} | ${other}`;
}

/** `new AwsError(code, text)`, and the pairs `[code, text]` of tables. */
function errorsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const isError = ts.isNewExpression(node) && node.expression.getText(source) === 'AwsError';
    const pair = isError ? (node.arguments ?? []) : ts.isArrayLiteralExpression(node) ? node.elements : [];
    const [code, text] = [textOf(pair[0]), textOf(pair[1])];
    // In tables a code is a word of its own and the text a sentence.
    if (
      code !== undefined &&
      text !== undefined &&
      (isError || (/^[A-Z]\w+(\.\w+)?$/.test(code) && text.includes(' ')))
    )
      found.push(`${code}: ${text}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function* files(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (entry.endsWith('.ts') && !entry.includes('generated')) yield path.join(folder, entry);
}

test('each error text of AWS has its source noted, and no source is left over', () => {
  const table: readonly { readonly text: string; readonly source: string }[] = parse(
    readFileSync('scripts/facts/aws-error-sources.yaml', 'utf8'),
  );
  for (const { text, source } of table) expect(source, text).toMatch(/^(logs|issue|moto|reference|memory|own)\b/);
  const thrown = [...new Set([...files('src/cloud/aws'), ...files('src/scenarios/aws')].flatMap(errorsOf))].sort();
  expect(thrown).toEqual(table.map(({ text }) => text).sort());
});

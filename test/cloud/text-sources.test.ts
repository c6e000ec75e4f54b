import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

// Every text of eksctl, of the client and of what runs in an EKS cluster has a line in scripts/facts/aws-text-sources.yaml that says
// where its wording comes from. What AWS itself answers is in aws-error-sources.yaml.

interface Part {
  readonly folder: string;
  /** Files that hold no messages: templates, manifests, scripts of the simulated internet. */
  readonly without: readonly string[];
  readonly texts: readonly { readonly text: string; readonly source: string }[];
}

const parts: readonly Part[] = parse(readFileSync('scripts/facts/aws-text-sources.yaml', 'utf8'));

/** With `…` for what is filled in. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
}

/** Strings of more than one word, outside of the errors of AWS. */
function textsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'AwsError') return;
    const text = textOf(node);
    if (text !== undefined && / \S/.test(text) && /[a-z]{2}/.test(text)) found.push(text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('each text has its source noted, and no source is left over', () => {
  for (const { folder, without, texts } of parts)
    it(folder, () => {
      for (const { text, source } of texts)
        expect(source, text).toMatch(/^(source|logs|issue|recorded|library|memory|own)(:|$)/);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (file) => file.endsWith('.ts') && !without.includes(file),
      );
      const said = [...new Set(files.flatMap((file) => textsOf(path.join(folder, file))))].sort();
      expect(said).toEqual(texts.map(({ text }) => text).sort());
    });
});

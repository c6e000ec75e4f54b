import { goJson, goPrint, type Value } from '../go-value.ts';
import { Evaluation } from './evaluate.ts';
import type { Node } from './node.ts';
import { parseTemplate } from './parse.ts';

/** A template of kubectl's jsonpath, parsed once. kubernetes: client-go/util/jsonpath */
export class JsonPath {
  private readonly nodes: readonly Node[];

  /** Raises Error with the parser's text. */
  constructor(
    readonly template: string,
    private readonly allowMissingKeys = true,
  ) {
    this.nodes = parseTemplate(template);
  }

  /** One list of values for each text or action of the template. Raises Error. */
  find(data: Value): Value[][] {
    return new Evaluation(this.nodes, this.allowMissingKeys).run(data);
  }

  /** The text that `-o jsonpath` prints; `asJson`: each list of results as a JSON array. Raises Error. */
  print(data: Value, asJson = false): string {
    return this.find(data)
      .map((results) => (asJson ? `${goJson([...results], '    ')}\n` : results.map(textOf).join(' ')))
      .join('');
  }
}

function textOf(value: Value): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? goJson(value) : goPrint(value);
}

/** Takes `.a.b`, `a.b` and `{.a.b}` for `{.a.b}`. Raises Error. kubernetes: kubectl/pkg/cmd/get RelaxedJSONPathExpression */
export function relaxedJsonPath(expression: string): string {
  if (expression === '') return expression;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression);
  if (!match)
    throw new Error(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  return `{.${match[1] ?? match[2]}}`;
}

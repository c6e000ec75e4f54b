import type { Value } from '../go-value.ts';
import { Execution } from './execute.ts';
import { FUNCTIONS, type Functions } from './functions.ts';
import { parseTemplate } from './parse.ts';

/** What a template printed, and how it failed. */
export interface TemplateResult {
  readonly text: string;
  readonly error?: string;
}

/** Parses a Go template; `more` are functions beside kubectl's. Raises Error with text/template's text. */
export function compileTemplate(
  name: string,
  text: string,
  more: Functions = {},
): (data: Value, allowMissingKeys: boolean) => TemplateResult {
  const functions = { ...FUNCTIONS, ...more };
  const templates = parseTemplate(name, text, functions);
  return (data, allowMissingKeys) => {
    const execution = new Execution(name, text, templates, allowMissingKeys, functions);
    try {
      execution.run(data);
      return { text: execution.text };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { text: execution.text, error: error.message };
    }
  };
}

import type { Value } from '../go-value.ts';
import { Execution } from './execute.ts';
import { parseTemplate } from './parse.ts';

/** What a template printed, and how it failed. */
export interface TemplateResult {
  readonly text: string;
  readonly error?: string;
}

/** Parses a Go template. Raises Error with text/template's text. */
export function compileTemplate(
  name: string,
  text: string,
): (data: Value, allowMissingKeys: boolean) => TemplateResult {
  const templates = parseTemplate(name, text);
  return (data, allowMissingKeys) => {
    const execution = new Execution(name, text, templates, allowMissingKeys);
    try {
      execution.run(data);
      return { text: execution.text };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { text: execution.text, error: error.message };
    }
  };
}

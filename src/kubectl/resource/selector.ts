import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { parseLabelSelector } from '../../cluster/apimachinery/labels.ts';
import { KubectlError } from '../errors.ts';

/** A label selector as a test of labels. Raises KubectlError. */
export function parseSelector(text: string): (labels: JsonObject) => boolean {
  try {
    const selector = parseLabelSelector(text);
    return (labels) => selector.matches(labels);
  } catch (error) {
    throw new KubectlError(
      `the provided selector ${JSON.stringify(text)} is not valid: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

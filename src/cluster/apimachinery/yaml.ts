import { FormatError } from './format-error.ts';
import { asJson, type Json } from './json-value.ts';
import { yamlToJson } from './yaml/decode.ts';
import { jsonToYaml } from './yaml/encode.ts';

export { yamlToJson } from './yaml/decode.ts';
export { decodeStream } from './yaml/stream.ts';

/**
 * One document of YAML or JSON as JSON; null when it is empty.
 * FormatError: `error converting YAML to JSON: yaml: line 5: did not find expected key`.
 */
export function decodeManifest(text: string): Json {
  try {
    return yamlToJson(text);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

/** Plain data as `kubectl -o yaml` prints it. Members that are undefined must not be in it. */
export function encodeYaml(value: unknown): string {
  return jsonToYaml(asJson(value));
}

import type { Json } from '../cluster/apimachinery/json-value.ts';
import { decodeStream, encodeYaml, yamlToJson } from '../cluster/apimachinery/yaml.ts';

/** One YAML document as data. Raises Error with go-yaml's text. */
export function parseYaml(text: string): Json {
  return yamlToJson(text);
}

/** The documents of a stream, one at a time; JSON is YAML too. Raises Error with the decoder's text. */
export function parseDocuments(text: string): Iterable<Json> {
  return decodeStream(text);
}

/** Data as sigs.k8s.io/yaml writes it: keys sorted. */
export function yamlText(value: Json): string {
  return encodeYaml(value);
}

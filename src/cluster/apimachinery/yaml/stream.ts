import { FormatError } from '../format-error.ts';
import { decodeJsonPrefix } from '../go-json.ts';
import type { Json } from '../json-value.ts';
import { yamlToJson } from './decode.ts';

/**
 * The objects of a stream of YAML documents or JSON objects, as `kubectl -f` reads it; empty documents are left out.
 * FormatError where kubectl says `error parsing FILE: `; what came before it was given out already.
 * kubernetes: apimachinery/pkg/util/yaml/decoder.go
 */
export function* decodeStream(given: string): Generator<Json, void, void> {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given;
  let rest = text;
  let failure: FormatError | undefined;
  if (/^\s*\{/.test(text)) {
    for (let count = 0; ; count++) {
      if (rest.trim() === '') return;
      const decoded = decodeJsonPrefix(rest);
      if (decoded.error !== undefined) {
        const { message, offset } = decoded.error;
        failure = new FormatError(
          offset === undefined ? message : `json: offset ${offset + text.length - rest.length}: ${message}`,
        );
        // Two objects one after the other are surely JSON; one may be YAML that looks like it.
        if (count > 1) throw new FormatError(message);
        break;
      }
      yield decoded.value;
      rest = rest.slice(decoded.length);
    }
    rest = rest.replace(/^[^\S\n]*\n?/, '');
  }
  try {
    for (const document of splitDocuments(rest)) {
      const value = decodeYaml(document);
      failure = undefined;
      if (value !== null) yield value;
    }
  } catch (error) {
    if (error instanceof FormatError) throw failure ?? error;
    throw error;
  }
}

function decodeYaml(document: string): Json {
  try {
    return yamlToJson(document);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

/** Documents as kubectl cuts them: at every line that begins with `---`. Line numbers count from there. */
function* splitDocuments(text: string): Generator<string, void, void> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let document = '';
  for (const raw of lines) {
    const line = `${raw.endsWith('\r') ? raw.slice(0, -1) : raw}\n`;
    if (line.startsWith('---')) {
      const behind = line.slice(3).trim();
      if (behind !== '' && !behind.startsWith('#')) throw new FormatError(`invalid Yaml document separator: ${behind}`);
      if (document !== '') {
        yield document;
        document = '';
        continue;
      }
    }
    document += line;
  }
  if (document !== '') yield document;
}

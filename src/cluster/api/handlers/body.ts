import { bodyText, type HttpRequest } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { parseJson } from '../../apimachinery/go-json.ts';
import { decodeManifest } from '../../apimachinery/yaml.ts';

/** The body as plain data. In-world clients send objects as they are; others send JSON or YAML. Paths of fields that are there twice go to `duplicates`. */
export function readBody(http: HttpRequest, duplicates: string[] = []): unknown {
  const { body } = http;
  if (!body) return undefined;
  if (body.kind === 'json') return body.value;
  const text = bodyText(body);
  if (text.trim() === '') return undefined;
  const type = (http.headers.get('content-type') ?? 'application/json').split(';')[0]?.trim() ?? '';
  try {
    return type.endsWith('yaml') ? decodeManifest(text) : parseJson(text, duplicates);
  } catch (error) {
    throw StatusError.badRequest(error instanceof Error ? error.message : String(error));
  }
}

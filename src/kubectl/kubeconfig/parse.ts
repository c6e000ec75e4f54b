import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { memoize } from '../../world/memoize.ts';
import { KubectlError } from '../errors.ts';
import { parseYaml } from '../yaml.ts';
import { EMPTY_CONFIG, type Entry, INNER, type Kubeconfig, type Section } from './model.ts';

/** Every command reads the same file anew. */
const parseDocument = memoize(8, parseYaml);

/** Reads a kubeconfig file. `shown`: its name in messages. Raises KubectlError. client-go: clientcmd.LoadFromFile */
export function parseKubeconfig(text: string, origin: string, shown: string): Kubeconfig {
  let document: Json;
  try {
    document = parseDocument(text);
  } catch (error) {
    throw failure(shown, error instanceof Error ? error.message : String(error));
  }
  if (document === null) return EMPTY_CONFIG;
  if (!isObject(document))
    throw failure(
      shown,
      `json: cannot unmarshal ${typeName(document)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  const { kind, apiVersion } = document;
  const version = typeof apiVersion === 'string' && apiVersion !== '' ? apiVersion : 'v1';
  const named = typeof kind === 'string' && kind !== '' ? kind : 'Config';
  if (named !== 'Config' || version !== 'v1')
    throw failure(
      shown,
      `no kind ${JSON.stringify(named)} is registered for version ${JSON.stringify(version)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  const current = document['current-context'];
  return {
    clusters: entries(document, 'clusters', 'Cluster', origin, shown),
    users: entries(document, 'users', 'AuthInfo', origin, shown),
    contexts: entries(document, 'contexts', 'Context', origin, shown),
    currentContext: typeof current === 'string' ? current : '',
  };
}

function entries(
  document: JsonObject,
  section: Section,
  type: string,
  origin: string,
  shown: string,
): Map<string, Entry> {
  const list = document[section];
  const out = new Map<string, Entry>();
  if (list === undefined || list === null) return out;
  if (!Array.isArray(list))
    throw failure(
      shown,
      `json: cannot unmarshal ${typeName(list)} into Go struct field Config.${section} of type []v1.Named${type}`,
    );
  for (const item of list) {
    if (!isObject(item)) continue;
    const name = typeof item['name'] === 'string' ? item['name'] : '';
    const inner = item[INNER[section]];
    if (isObject(inner)) checkTypes(inner, `${type}.${section}.${INNER[section]}`, shown);
    // The first entry of a name wins.
    if (!out.has(name)) out.set(name, { fields: isObject(inner) ? inner : {}, origin });
  }
  return out;
}

const BOOLEANS = new Set(['insecure-skip-tls-verify', 'disable-compression']);
const TEXTS = new Set([
  ...['server', 'tls-server-name', 'certificate-authority', 'proxy-url', 'client-certificate', 'client-key', 'token'],
  ...['tokenFile', 'username', 'password', 'cluster', 'user', 'namespace'],
]);

/** Raises KubectlError for a field of another type, as encoding/json words it. */
function checkTypes(fields: JsonObject, where: string, shown: string): void {
  for (const [field, value] of Object.entries(fields)) {
    const wanted = TEXTS.has(field) ? 'string' : BOOLEANS.has(field) ? 'boolean' : undefined;
    if (wanted === undefined || value === null || typeof value === wanted) continue;
    const type = wanted === 'boolean' ? 'bool' : wanted;
    throw failure(
      shown,
      `json: cannot unmarshal ${typeName(value)} into Go struct field ${where}.${field} of type ${type}`,
    );
  }
}

function typeName(value: Json): string {
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function failure(shown: string, text: string): KubectlError {
  return new KubectlError(`error loading config file ${JSON.stringify(shown)}: ${text}`);
}

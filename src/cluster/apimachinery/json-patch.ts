import { FormatError } from './format-error.ts';
import { goJsonKind } from './go-format.ts';
import { asJson, copyObject, equal, isObject, type Json, type JsonObject, own, put } from './json-value.ts';
import { StatusError } from './status-error.ts';

const maxOperations = 10_000;

/**
 * Applies a JSON patch (RFC 6902) as the API server does: StatusError when it cannot.
 * kubernetes: apiserver/pkg/endpoints/handlers/patch.go
 */
export function applyJsonPatch(document: unknown, patch: unknown): Json {
  const operations = decodeOperations(asJson(patch));
  if (operations.length > maxOperations) {
    const text = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`;
    throw StatusError.requestEntityTooLarge(text);
  }
  try {
    return jsonPatch(asJson(document), operations);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    // The server keeps the reason to itself.
    const message = 'the server rejected our request due to an error in our request';
    throw new StatusError({ code: 422, reason: 'Invalid', message, details: {} });
  }
}

function decodeOperations(patch: Json): JsonObject[] {
  const cannot = (value: Json | undefined, into: string) =>
    StatusError.badRequest(`error decoding patch: json: cannot unmarshal ${goJsonKind(value)} into Go ${into}`);
  if (patch === null) return [];
  if (!Array.isArray(patch)) throw cannot(patch, 'value of type []handlers.jsonPatchOp');
  return patch.map((operation) => {
    if (operation === null) return {};
    if (!isObject(operation)) throw cannot(operation, 'value of type handlers.jsonPatchOp');
    for (const name of ['op', 'path', 'from']) {
      const value = own(operation, name) ?? null;
      if (value !== null && typeof value !== 'string') {
        throw cannot(value, `struct field jsonPatchOp.${name} of type string`);
      }
    }
    return operation;
  });
}

/** Applies operations. FormatError with the text of the library that Kubernetes uses (evanphx/json-patch v4). */
export function jsonPatch(document: Json, operations: readonly JsonObject[]): Json {
  return operations.reduce<Json>(applyOperation, document);
}

function applyOperation(document: Json, operation: JsonObject): Json {
  const value = own(operation, 'value') ?? null;
  const kind = own(operation, 'op');
  switch (kind) {
    case 'add':
      return add(document, pathOf(operation, 'add'), value);
    case 'remove':
      return remove(document, pathOf(operation, 'remove'));
    case 'replace':
      return replace(document, pathOf(operation, 'replace'), value);
    case 'move':
      return move(document, operation);
    case 'test':
      return test(document, pathOf(operation, 'test'), value);
    case 'copy':
      return copy(document, operation);
    default:
      throw new FormatError(`Unexpected kind: ${typeof kind === 'string' ? kind : 'unknown'}`);
  }
}

function pathOf(operation: JsonObject, kind: string): string {
  const path = own(operation, 'path');
  if (typeof path === 'string') return path;
  const missing = kind === 'add' || kind === 'remove' || kind === 'copy' ? '' : 'operation missing path field: ';
  throw new FormatError(`${kind} operation failed to decode path: ${missing}missing value`);
}

function fromOf(operation: JsonObject, kind: string): string {
  const from = own(operation, 'from');
  if (typeof from === 'string') return from;
  throw new FormatError(`${kind} operation failed to decode from: operation, missing from field: missing value`);
}

type Container = JsonObject | Json[];

function isContainer(value: Json | undefined): value is Container {
  return Array.isArray(value) || isObject(value);
}

/** The container that a path's last segment is in, and that segment; undefined when the way ends before. */
function find(document: Json, path: string): { container: Container; key: string } | undefined {
  const segments = path.split('/').slice(1).map(unescapePointer);
  const key = segments.pop();
  if (key === undefined) return undefined;
  let current: Json | undefined = document;
  for (const segment of segments) {
    if (Array.isArray(current)) current = isIndex(segment) ? current[toIndex(segment, current.length)] : undefined;
    else if (isObject(current)) current = own(current, segment);
  }
  return isContainer(current) ? { container: current, key } : undefined;
}

/** The document with the container at a path's parent replaced. Everything else is shared. */
function rebuild(document: Json, path: string, change: (container: Container, key: string) => Json): Json {
  const [head = '', ...rest] = path.split('/').slice(1);
  const key = unescapePointer(head);
  if (!isContainer(document)) return document;
  if (rest.length === 0) return change(document, key);
  const below = `/${rest.join('/')}`;
  if (Array.isArray(document)) {
    const index = toIndex(key, document.length);
    return document.with(index, rebuild(document[index] ?? null, below, change));
  }
  const copied = copyObject(document);
  put(copied, key, rebuild(own(document, key) ?? null, below, change));
  return copied;
}

function add(document: Json, path: string, value: Json, kind = 'add', missing = 'path: "'): Json {
  if (!find(document, path)) {
    const shown = kind === 'add' ? `"${path}"` : path;
    throw new FormatError(
      `${kind} operation does not apply: doc is missing ${missing.replace('"', '')}${shown}: missing value`,
    );
  }
  const wrap = kind === 'copy' ? 'error while adding value during copy: ' : `error in ${kind} for path: '${path}': `;
  return rebuild(document, path, (container, key) => inserted(container, key, value, wrap));
}

function inserted(container: Container, key: string, value: Json, wrap: string): Json {
  if (!Array.isArray(container)) {
    const copied = copyObject(container);
    put(copied, key, value);
    return copied;
  }
  if (key === '-') return [...container, value];
  if (!isIndex(key)) {
    throw new FormatError(`${wrap}value was not a proper array index: '${key}': ${atoiError(key)}`);
  }
  const index = checkedIndex(key, container.length + 1, wrap);
  return container.toSpliced(index, 0, value);
}

function remove(document: Json, path: string): Json {
  if (!find(document, path)) {
    throw new FormatError(`remove operation does not apply: doc is missing path: "${path}": missing value`);
  }
  return rebuild(document, path, (container, key) => without(container, key, `error in remove for path: '${path}': `));
}

function without(container: Container, key: string, wrap: string): Json {
  if (Array.isArray(container)) {
    if (!isIndex(key)) throw new FormatError(wrap + atoiError(key));
    return container.toSpliced(checkedIndex(key, container.length, wrap), 1);
  }
  if (!Object.hasOwn(container, key)) {
    throw new FormatError(`${wrap}Unable to remove nonexistent key: ${key}: missing value`);
  }
  const { [key]: _, ...rest } = container;
  return rest;
}

function replace(document: Json, path: string, value: Json): Json {
  if (path === '') {
    if (isContainer(value)) return value;
    throw new FormatError('replace operation value must be object or array: %!w(<nil>)');
  }
  const found = find(document, path);
  if (!found) throw new FormatError(`replace operation does not apply: doc is missing path: ${path}: missing value`);
  if (Array.isArray(found.container) && (!isIndex(found.key) || outOfRange(found.key, found.container.length))) {
    throw new FormatError(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  }
  return rebuild(document, path, (container, key) => {
    if (Array.isArray(container)) return container.with(toIndex(key, container.length), value);
    const copied = copyObject(container);
    put(copied, key, value);
    return copied;
  });
}

function move(document: Json, operation: JsonObject): Json {
  const from = fromOf(operation, 'move');
  const found = find(document, from);
  if (!found) throw new FormatError(`move operation does not apply: doc is missing from path: ${from}: missing value`);
  const wrap = `error in move for path: '${found.key}': `;
  const value = valueAt(found, wrap) ?? null;
  const removed = rebuild(document, from, (container, key) => without(container, key, wrap));
  return add(removed, pathOf(operation, 'move'), value, 'move', 'destination path: "');
}

function copy(document: Json, operation: JsonObject): Json {
  const from = fromOf(operation, 'copy');
  const found = find(document, from);
  if (!found) throw new FormatError(`copy operation does not apply: doc is missing from path: ${from}: missing value`);
  const value = valueAt(found, `error in copy for from: '${from}': `) ?? null;
  return add(document, pathOf(operation, 'copy'), value, 'copy', 'destination path: "');
}

function test(document: Json, path: string, value: Json): Json {
  const failed = new FormatError(`testing value ${path} failed: test failed`);
  if (path === '') {
    if (equal(document, value)) return document;
    throw failed;
  }
  const found = find(document, path);
  if (!found) throw new FormatError(`test operation does not apply: is missing path: ${path}: missing value`);
  if (equal(valueAt(found, `error in test for path: '${path}': `) ?? null, value)) return document;
  throw failed;
}

function valueAt({ container, key }: { container: Container; key: string }, wrap: string): Json | undefined {
  if (!Array.isArray(container)) return own(container, key);
  if (!isIndex(key)) throw new FormatError(wrap + atoiError(key));
  return container[checkedIndex(key, container.length, wrap)];
}

function isIndex(key: string): boolean {
  return /^[-+]?[0-9]+$/.test(key);
}

// Negative indices count from the end.
function toIndex(key: string, length: number): number {
  const index = Number(key);
  return index < 0 ? index + length : index;
}

function outOfRange(key: string, length: number): boolean {
  const index = toIndex(key, length);
  return index < 0 || index >= length;
}

function checkedIndex(key: string, length: number, wrap: string): number {
  if (outOfRange(key, length)) {
    throw new FormatError(`${wrap}Unable to access invalid index: ${Number(key)}: invalid index referenced`);
  }
  return toIndex(key, length);
}

function atoiError(key: string): string {
  return `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

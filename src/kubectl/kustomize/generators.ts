import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { decode, encode } from '../../world/bytes.ts';
import type { Process } from '../../world/process.ts';
import { contentHash } from '../commands/create/hash.ts';
import { listAt, objectAt, textAt, textsAt } from '../json.ts';
import { encodeBase64 } from '../kubeconfig/base64.ts';
import { withMetadata } from '../resource/info.ts';
import { KustomizeError, within } from './errors.ts';
import type { Folder } from './folder.ts';
import { type ResId, Resource, sameId } from './resource.ts';

/** Makes the ConfigMaps and Secrets that a kustomization generates. Raises KustomizeError. kustomize: api/internal/generators */
export function generate(process: Process, folder: Folder, fields: JsonObject): Resource[] {
  const options = objectAt(fields, 'generatorOptions');
  return [
    ...listAt(fields, 'configMapGenerator').map((args) => configMap(process, folder, args, options)),
    ...listAt(fields, 'secretGenerator').map((args) => secret(process, folder, args, options)),
  ];
}

function configMap(process: Process, folder: Folder, args: JsonObject, options: JsonObject): Resource {
  if (textAt(args, 'name') === '') throw new KustomizeError('a configmap must have a name');
  const data: JsonObject = {};
  const binaryData: JsonObject = {};
  for (const [key, bytes] of pairsOf(process, folder, args)) {
    const text = decode(bytes);
    if (text.includes('\uFFFD')) binaryData[key] = wrapped(encodeBase64(bytes));
    else data[key] = text;
  }
  return generated({ apiVersion: 'v1', kind: 'ConfigMap' }, { data, binaryData }, args, options);
}

function secret(process: Process, folder: Folder, args: JsonObject, options: JsonObject): Resource {
  if (textAt(args, 'name') === '') throw new KustomizeError('a configmap must have a name');
  const data: JsonObject = {};
  for (const [key, bytes] of pairsOf(process, folder, args)) data[key] = wrapped(encodeBase64(bytes));
  const type = textAt(args, 'type') || 'Opaque';
  return generated({ apiVersion: 'v1', kind: 'Secret', type }, { data }, args, options);
}

function generated(
  base: JsonObject,
  content: Readonly<Record<string, JsonObject>>,
  args: JsonObject,
  general: JsonObject,
): Resource {
  const own = objectAt(args, 'options');
  const metadata: JsonObject = { name: textAt(args, 'name') };
  if (textAt(args, 'namespace') !== '') metadata['namespace'] = textAt(args, 'namespace');
  for (const field of ['labels', 'annotations']) {
    const all = { ...objectAt(general, field), ...objectAt(own, field) };
    if (Object.keys(all).length > 0) metadata[field] = all;
  }
  const object: JsonObject = { ...base, metadata };
  for (const [key, value] of Object.entries(content)) if (Object.keys(value).length > 0) object[key] = value;
  if (own['immutable'] === true || general['immutable'] === true) object['immutable'] = true;
  const plain = own['disableNameSuffixHash'] === true || general['disableNameSuffixHash'] === true;
  const behavior = textAt(args, 'behavior');
  return new Resource(object, behavior === 'merge' || behavior === 'replace' ? behavior : 'create', !plain);
}

/** kustomize breaks long base64 into lines. kustomize: api/internal/generators/utils.go encodeBase64 */
function wrapped(base64: string): string {
  return base64.length <= 70 ? base64 : `${(base64.match(/.{1,70}/g) ?? []).join('\n')}\n`;
}

/** kustomize: api/kv/kv.go Load */
function pairsOf(process: Process, folder: Folder, args: JsonObject): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const add = (key: string, value: Uint8Array) => {
    if (found.has(key))
      throw new KustomizeError(`configmap ${textAt(args, 'name')} illegally repeats the key \`${key}\``);
    found.set(key, value);
  };
  const envs = [...textsAt(args, 'envs'), ...(textAt(args, 'env') === '' ? [] : [textAt(args, 'env')])];
  const literals = textsAt(args, 'literals');
  const files = textsAt(args, 'files');
  const from = (title: string, list: readonly string[], work: () => [string, Uint8Array][]) =>
    within(`loading KV pairs: ${title} [${list.join(' ')}]`, work);
  const pairs = [
    ...from('env source files:', envs, () => envs.flatMap((path) => envPairs(process, folder.text(path)))),
    ...from('literal sources', literals, () => literals.map(literalPair)),
    ...from('file sources:', files, () => files.map((source) => filePair(folder, source))),
  ];
  for (const [key, value] of pairs) add(key, value);
  return found;
}

function envPairs({ env }: Process, text: string): [string, Uint8Array][] {
  return text.split('\n').flatMap((line): [string, Uint8Array][] => {
    const trimmed = line.trimStart().replace(/\r$/, '');
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const equals = trimmed.indexOf('=');
    const key = equals < 0 ? trimmed : trimmed.slice(0, equals);
    return [[key, encode(equals < 0 ? (env.get(key) ?? '') : trimmed.slice(equals + 1))]];
  });
}

function literalPair(source: string): [string, Uint8Array] {
  const equals = source.indexOf('=');
  if (equals < 1) throw new KustomizeError(`invalid literal source ${source}, expected key=value`);
  const value = source.slice(equals + 1);
  const quoted = /^(["'])(.*)\1$/s.exec(value);
  return [source.slice(0, equals), encode(quoted?.[2] ?? value)];
}

function filePair(folder: Folder, source: string): [string, Uint8Array] {
  const equals = source.indexOf('=');
  const path = source.slice(equals + 1);
  if (equals === 0 || path === '') throw new KustomizeError(`key name for file path ${path} missing`);
  const key = equals < 0 ? path.slice(path.lastIndexOf('/') + 1) : source.slice(0, equals);
  return [key, folder.bytes(path)];
}

/** Puts generated objects among the others, merging where asked. Raises KustomizeError. kustomize: api/resmap AbsorbAll */
export function absorb(process: Process, resources: Resource[], made: readonly Resource[]): void {
  for (const one of made) {
    const matches = resources.filter((other) => other.hasId((id) => sameId(id, one.id)));
    const [old] = matches;
    const fail = (text: string) => {
      const pointer = process.machine.world.random.fork('kustomize').integer(0xffffff).toString(16).padStart(6, '0');
      return new KustomizeError(`merging from generator &{0xc000${pointer} <nil>}: id ${goId(one.id)} ${text}`);
    };
    if (!old) {
      if (one.behavior !== 'create') throw fail('does not exist; cannot merge or replace');
      resources.push(one);
    } else {
      if (one.behavior === 'create')
        throw fail("exists; can not use behavior: 'unspecified', behavior must be merge or replace");
      old.object = combined(old.object, one.object, one.behavior === 'merge');
    }
  }
}

function combined(old: JsonObject, next: JsonObject, merge: boolean): JsonObject {
  const { name, namespace } = objectAt(old, 'metadata');
  const metadata: JsonObject = { name: name ?? null, ...(namespace === undefined ? {} : { namespace }) };
  for (const field of ['labels', 'annotations']) {
    const all = { ...objectAt(old, 'metadata', field), ...objectAt(next, 'metadata', field) };
    if (Object.keys(all).length > 0) metadata[field] = all;
  }
  const out: JsonObject = { ...withMetadata(next, {}), metadata };
  if (!merge) return out;
  for (const field of ['data', 'binaryData']) {
    const all = { ...objectAt(old, field), ...objectAt(next, field) };
    if (Object.keys(all).length > 0) out[field] = all;
  }
  return out;
}

/** Go's %#v of an id. */
function goId(id: ResId): string {
  const text = (value: string) => JSON.stringify(value);
  return `resid.ResId{Gvk:resid.Gvk{Group:${text(id.group)}, Version:${text(id.version)}, Kind:${text(id.kind)}, isClusterScoped:false}, Name:${text(id.name)}, Namespace:${text(id.namespace)}}`;
}

/** Gives what was generated its suffix. kustomize: api/hasher/hasher.go */
export function addHashes(resources: readonly Resource[]): void {
  for (const resource of resources) {
    if (!resource.hashed) continue;
    const { object, id } = resource;
    const field = (key: string): Json => object[key] ?? '';
    // The name has no part in the hash.
    const content: JsonObject = { kind: id.kind, name: '', data: field('data') };
    if (id.kind === 'Secret') content['type'] = field('type');
    for (const key of ['binaryData', 'stringData']) if (isObject(object[key])) content[key] = field(key);
    resource.rename({ name: `${id.name}-${contentHash(content)}` });
  }
}

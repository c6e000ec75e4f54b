import { isObject, type Json, type JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt, textsAt } from '../json.ts';
import { parseSelector } from '../resource/selector.ts';
import { parseDocuments, parseYaml } from '../yaml.ts';
import { KustomizeError, within } from './errors.ts';
import type { Folder } from './folder.ts';
import { metadataMap, type ResId, type Resource } from './resource.ts';

/** Copies fields of objects into fields of others. Raises KustomizeError. kustomize: api/filters/replacement/replacement.go */
export function applyReplacements(folder: Folder, fields: JsonObject, resources: Resource[]): void {
  for (const entry of listAt(fields, 'replacements'))
    for (const replacement of replacementsOf(folder, entry)) apply(replacement, resources);
}

/** An entry, or those of the file that it names. */
function replacementsOf(folder: Folder, entry: JsonObject): JsonObject[] {
  const path = textAt(entry, 'path');
  if (path === '') return [entry];
  if (isObject(entry['source'] ?? null) || listAt(entry, 'targets').length > 0)
    throw new KustomizeError('cannot specify both path and inline replacement');
  const text = within(`failed to read replacement file ${path}`, () => folder.text(path));
  return [...parseDocuments(text)].flatMap((document) =>
    Array.isArray(document) ? document.filter(isObject) : isObject(document) ? [document] : [],
  );
}

function apply(replacement: JsonObject, resources: readonly Resource[]): void {
  const { source } = replacement;
  const targets = listAt(replacement, 'targets');
  const given = textAt(replacement, 'sourceValue');
  if (given === '' && (!isObject(source ?? null) || targets.length === 0))
    throw new KustomizeError('replacements must specify a source and at least one target');
  const value =
    given === '' && isObject(source ?? null) ? sourceValue(objectAt(replacement, 'source'), resources) : given;
  for (const target of targets) {
    if (!isObject(target['select'] ?? null)) throw new KustomizeError('target must specify resources to select');
    for (const resource of resources) if (isTarget(resource, target)) fill(resource, target, value);
  }
}

function sourceValue(source: JsonObject, resources: readonly Resource[]): Json {
  const found = resources.filter((one) => selects(one, source));
  const [resource] = found;
  if (!resource) throw new KustomizeError(`nothing selected by ${selectorText(source)}`);
  if (found.length > 1) throw new KustomizeError(`multiple matches for selector ${selectorText(source)}`);
  const path = textAt(source, 'fieldPath') || 'metadata.name';
  const value = read(resource.object, splitPath(path));
  if (value === undefined)
    throw new KustomizeError(`fieldPath \`${path}\` is missing for replacement source ${selectorText(source)}`);
  const options = objectAt(source, 'options');
  const delimiter = textAt(options, 'delimiter');
  if (delimiter === '') return value;
  if (typeof value === 'object') throw new KustomizeError('delimiter option can only be used with scalar nodes');
  const parts = String(value).split(delimiter);
  const index = indexOf(options);
  const part = parts[index];
  if (part === undefined)
    throw new KustomizeError(`options.index ${index} is out of bounds for value ${String(value)}`);
  return part;
}

function indexOf(options: JsonObject): number {
  return typeof options['index'] === 'number' ? options['index'] : 0;
}

function selectorText(source: JsonObject): string {
  const part = (field: string, none: string) => textAt(source, field) || none;
  return `${part('kind', '[noKind]')}.${part('version', '[noVer]')}.${part('group', '[noGrp]')}/${part('name', '[noName]')}.${part('namespace', '[noNs]')}`;
}

const ID_FIELDS = ['group', 'version', 'kind', 'name', 'namespace'] as const;

/** By what it is called now or was called before. */
function selects(resource: Resource, selector: JsonObject): boolean {
  const matches = (id: ResId) =>
    ID_FIELDS.every((field) => textAt(selector, field) === '' || textAt(selector, field) === id[field]);
  return resource.hasId(matches);
}

function isTarget(resource: Resource, target: JsonObject): boolean {
  const select = objectAt(target, 'select');
  const labels = textAt(select, 'labelSelector');
  const annotations = textAt(select, 'annotationSelector');
  return (
    selects(resource, select) &&
    (labels === '' || parseSelector(labels)(Object.fromEntries(metadataMap(resource.object, 'labels')))) &&
    (annotations === '' ||
      parseSelector(annotations)(Object.fromEntries(metadataMap(resource.object, 'annotations')))) &&
    !listAt(target, 'reject').some((reject) => selects(resource, reject))
  );
}

function fill(resource: Resource, target: JsonObject, value: Json): void {
  const options = objectAt(target, 'options');
  const paths = textsAt(target, 'fieldPaths');
  for (const path of paths.length > 0 ? paths : ['metadata.name']) {
    const steps = splitPath(path);
    let found = false;
    const written = write(resource.object, steps, options['create'] === true, (old) => {
      found = true;
      return placed(old, value, options, /^metadata\.(labels|annotations)\./.test(path));
    });
    if (!found) throw new KustomizeError(`unable to find field ${JSON.stringify(path)} in replacement target`);
    if (isObject(written)) resource.object = written;
  }
}

/** The new content of a field: a scalar keeps the type that the field had. */
function placed(old: Json | undefined, value: Json, options: JsonObject, text: boolean): Json {
  const delimiter = textAt(options, 'delimiter');
  let next = value;
  if (delimiter !== '') {
    if (typeof old === 'object') throw new KustomizeError('delimiter option can only be used with scalar nodes');
    const parts = old === undefined ? [] : String(old).split(delimiter);
    const index = indexOf(options);
    if (index < 0) parts.unshift(String(value));
    else if (index >= parts.length) parts.push(String(value));
    else parts[index] = String(value);
    next = parts.join(delimiter);
  }
  if (typeof next === 'object') return next;
  if (text || typeof old === 'string') return String(next);
  return typeof next === 'string' ? scalar(next) : next;
}

/** What a scalar without quotes means. */
function scalar(text: string): Json {
  const value = /^[\w.+-]+$/.test(text) ? parseYaml(text) : text;
  return typeof value === 'object' ? text : value;
}

/** `spec.containers.[name=c].env.0`, with `\.` for a dot in a name and `[a.b/c]` for a name as it is. kustomize: kyaml/utils SmarterPathSplitter */
function splitPath(path: string): string[] {
  const steps: string[] = [];
  let current = '';
  let depth = 0;
  for (let i = 0; i < path.length; i++) {
    const character = path.charAt(i);
    if (character === '\\' && path.charAt(i + 1) === '.') {
      current += '.';
      i++;
    } else if (character === '.' && depth === 0) {
      steps.push(current);
      current = '';
    } else {
      if (character === '[') depth++;
      if (character === ']') depth--;
      current += character;
    }
  }
  return [...steps, current].map((step) => (/^\[[^=]*\]$/.test(step) ? step.slice(1, -1) : step));
}

function condition(step: string): readonly [key: string, value: string] | undefined {
  const match = /^\[([^=]*)=(.*)\]$/.exec(step);
  return match ? [match[1] ?? '', match[2] ?? ''] : undefined;
}

function fits(item: Json, [key, value]: readonly [string, string]): boolean {
  if (key === '') return String(item) === value;
  return isObject(item) && String(read(item, key.split('.')) ?? '') === value;
}

function read(value: Json, [step, ...rest]: readonly string[]): Json | undefined {
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    const wanted = condition(step);
    const item = wanted ? value.find((one) => fits(one, wanted)) : value[Number(step)];
    return item === undefined ? undefined : read(item, rest);
  }
  const field = isObject(value) ? value[step] : undefined;
  return field === undefined ? undefined : read(field, rest);
}

/** A copy with the fields at a path changed. What is missing is made when `create` says so. */
function write(
  value: Json | undefined,
  [step, ...rest]: readonly string[],
  create: boolean,
  change: (old: Json | undefined) => Json,
): Json | undefined {
  if (step === undefined) return value === undefined && !create ? undefined : change(value);
  if (Array.isArray(value)) return writeItems(value, [step, ...rest], create, change);
  // A number makes a list of what is missing. kustomize: kyaml/yaml/fns.go PathGetter
  if (value === undefined && create && step === '0') return writeItems([], [step, ...rest], create, change);
  if (step === '*' && isObject(value ?? null))
    return Object.fromEntries(
      Object.entries(value ?? {}).map(([key, item]) => [key, write(item, rest, create, change) ?? item]),
    );
  if (value !== undefined && !isObject(value)) return undefined;
  const old = value?.[step];
  if (old === undefined && !create) return value;
  const next = write(old, rest, create, change);
  return next === undefined ? value : { ...value, [step]: next };
}

function writeItems(
  items: readonly Json[],
  [step = '', ...rest]: readonly string[],
  create: boolean,
  change: (old: Json | undefined) => Json,
): Json {
  const wanted = condition(step);
  if (create && (step === '-' || step === String(items.length))) {
    const added = write(undefined, rest, create, change);
    return added === undefined ? [...items] : [...items, added];
  }
  const chosen = (item: Json, i: number) => step === '*' || (wanted ? fits(item, wanted) : i === Number(step));
  const next = items.map((item, i) => (chosen(item, i) ? (write(item, rest, create, change) ?? item) : item));
  if (!create || !wanted || items.some(chosen)) return next;
  const made = write({ [wanted[0]]: wanted[1] }, rest, create, change);
  return made === undefined ? next : [...next, made];
}

import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { asError } from '../errors.ts';
import { textAt } from '../json.ts';
import { itemsOf } from '../resource/info.ts';
import { parseDocuments } from '../yaml.ts';
import { KustomizeError, within } from './errors.ts';
import { Folder } from './folder.ts';
import { absorb, addHashes, generate } from './generators.ts';
import { type Kustomization, parseKustomization, stringsOf } from './kustomization.ts';
import { applyJsonPatches, applyPatches } from './patches.ts';
import { fixReferences } from './references.ts';
import { applyReplacements } from './replacements.ts';
import { idText, Resource, sameId } from './resource.ts';
import { ORDER_FIRST, ORDER_LAST } from './specs.ts';
import { addAffixes, addAnnotations, addLabels, setImages, setNamespace, setReplicas } from './transform.ts';

export interface BuildOptions {
  /** Sort the objects so that what others need comes first. */
  readonly ordered: boolean;
  /** Files may only lie below the folder of the kustomization. */
  readonly restricted: boolean;
}

/** The objects of a kustomization. Warns of old fields. Raises KustomizeError. kustomize: api/krusty/kustomizer.go */
export function* buildKustomization(process: Process, path: string, options: BuildOptions): Task<JsonObject[]> {
  const warnings: string[] = [];
  try {
    return build(process, path, options, warnings);
  } finally {
    for (const warning of warnings) yield* process.printError(`${warning}\n`);
  }
}

function build(process: Process, path: string, options: BuildOptions, warnings: string[]): JsonObject[] {
  const folder = Folder.open(process, path, options.restricted);
  const target = load(folder, warnings);
  const resources: Resource[] = [];
  accumulate(process, folder, target, resources, warnings);
  addHashes(resources);
  fixReferences(resources);
  const ordered = options.ordered ? legacyOrder(resources) : resources;
  return ordered.map((one) => one.object);
}

function load(folder: Folder, warnings: string[]): Kustomization {
  const kustomization = parseKustomization(folder.kustomization().text, folder.root);
  warnings.push(...kustomization.warnings);
  return kustomization;
}

/** Adds to `resources` what one kustomization has and does to all of them what it says. kustomize: api/internal/target/kusttarget.go */
function accumulate(
  process: Process,
  folder: Folder,
  { fields }: Kustomization,
  resources: Resource[],
  warnings: string[],
): void {
  for (const path of stringsOf(fields, 'resources'))
    within('accumulating resources', () => addResource(process, folder, path, resources, warnings));
  absorb(process, resources, generate(process, folder, fields));
  for (const path of stringsOf(fields, 'components'))
    within('accumulating components', () => addComponent(process, folder, path, resources, warnings));
  applyPatches(folder, fields, resources);
  setNamespace(resources, textAt(fields, 'namespace'));
  addAffixes(resources, textAt(fields, 'namePrefix'), textAt(fields, 'nameSuffix'));
  addLabels(resources, fields);
  addAnnotations(resources, fields);
  applyJsonPatches(folder, fields, resources);
  setReplicas(resources, fields);
  setImages(resources, fields);
  applyReplacements(folder, fields, resources);
}

/** A file or, where that fails, the kustomization of a folder. */
function addResource(process: Process, folder: Folder, path: string, resources: Resource[], warnings: string[]): void {
  try {
    addFile(folder, path, resources);
    return;
  } catch (error) {
    if (!(error instanceof KustomizeError) || error instanceof MalformedError) throw error;
    within(`accumulation err='${error.message}'`, () => {
      const below = folder.below(path);
      const target = loadBelow(below, warnings);
      if (target.kind === 'Component')
        throw new KustomizeError(`expected kind != 'Component' for path '${below.root}'`);
      const added: Resource[] = [];
      within(`recursed accumulation of path '${below.root}'`, () =>
        accumulate(process, below, target, added, warnings),
      );
      within(`recursed merging from path '${below.root}'`, () => append(resources, added));
    });
  }
}

/** A file that is there and is no YAML: then nothing else is tried. */
class MalformedError extends KustomizeError {}

function addFile(folder: Folder, path: string, resources: Resource[]): void {
  const text = within(`accumulating resources from '${path}'`, () => folder.text(path));
  const added = objectsOf(text, path).map((object) => new Resource(object));
  within(`merging resources from '${path}'`, () => append(resources, added));
}

function objectsOf(text: string, path: string): JsonObject[] {
  const out: JsonObject[] = [];
  try {
    for (const document of parseDocuments(text)) {
      if (document === null) continue;
      if (typeof document !== 'object' || Array.isArray(document))
        throw new Error('json: cannot unmarshal string into Go value of type map[string]interface {}');
      out.push(...(itemsOf(document) ?? [document]));
    }
  } catch (error) {
    throw new MalformedError(
      `accumulating resources from '${path}': MalformedYAMLError: ${asError(error).message.replace('error converting YAML to JSON: ', '')} in File: ${path}`,
    );
  }
  for (const object of out)
    for (const [key, found] of [
      ['kind', textAt(object, 'kind')],
      ['metadata.name', textAt(object, 'metadata', 'name')],
    ] as const)
      if (found === '')
        throw new KustomizeError(
          `accumulating resources from '${path}': missing ${key} in object {{${textAt(object, 'apiVersion')} ${textAt(object, 'kind')}} {{${textAt(object, 'metadata', 'name')} ${textAt(object, 'metadata', 'namespace')}} map[] map[]}}`,
        );
  return out;
}

function append(resources: Resource[], added: readonly Resource[]): void {
  for (const one of added) {
    if (resources.some((other) => sameId(other.id, one.id)))
      throw new KustomizeError(`may not add resource with an already registered id: ${idText(one.id)}`);
    resources.push(one);
  }
}

function addComponent(process: Process, folder: Folder, path: string, resources: Resource[], warnings: string[]): void {
  let below: Folder;
  try {
    below = folder.below(path);
  } catch (error) {
    throw new KustomizeError(`loader.New ${JSON.stringify(asError(error).message)}`);
  }
  try {
    const target = loadBelow(below, warnings);
    if (target.kind !== 'Component')
      throw new KustomizeError(`expected kind 'Component' for path '${below.root}' but got '${target.kind}'`);
    within(`recursed accumulation of path '${below.root}'`, () =>
      accumulate(process, below, target, resources, warnings),
    );
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    throw new KustomizeError(`accumulateDirectory: ${JSON.stringify(error.message)}`);
  }
}

function loadBelow(folder: Folder, warnings: string[]): Kustomization {
  return within(`couldn't make target for path '${folder.root}'`, () => load(folder, warnings));
}

/** kustomize: api/internal/builtins/SortOrderTransformer.go */
function legacyOrder(resources: readonly Resource[]): Resource[] {
  const rank = (kind: string) => {
    const first = ORDER_FIRST.indexOf(kind);
    return first >= 0 ? first - ORDER_FIRST.length : ORDER_LAST.indexOf(kind) + 1;
  };
  const text = ({ id }: Resource) =>
    [[id.group || '~G', id.version || '~V', id.kind || '~K'].join('_'), id.namespace || '~X', id.name || '~N'].join(
      '|',
    );
  return [...resources].sort((a, b) => {
    const difference = rank(a.id.kind) - rank(b.id.kind);
    if (difference !== 0) return difference;
    return text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0;
  });
}

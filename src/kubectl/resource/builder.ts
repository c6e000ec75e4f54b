import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { RequestOptions } from '../client.ts';
import { asError, KubectlError, SeveralErrors, StatusError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { textAt } from '../json.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { apiVersionOf, type Mapping, resourcePath } from '../mapper.ts';
import { parseDocuments, yamlText } from '../yaml.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { infoOf } from './decode.ts';
import { objectPath } from './helper.ts';
import { type Info, itemsOf, objectOf, withNamespace } from './info.ts';
import { expandFilenames, type ManifestSource } from './paths.ts';
import { parseSelector } from './selector.ts';

/** What a command wants to work on, and how. kubernetes: cli-runtime/pkg/resource Builder */
export interface BuilderOptions {
  /** `TYPE [NAME…]` or `TYPE/NAME…`. */
  readonly args?: readonly string[];
  readonly filenames?: readonly string[];
  readonly kustomize?: string;
  readonly recursive?: boolean;
  /** The namespace in force; `default` where nobody said anything. */
  readonly namespace: string;
  /** `-n` was given: objects of files must not name another one. */
  readonly requireNamespace?: boolean;
  readonly allNamespaces?: boolean;
  /** Undefined: none was given. */
  readonly selector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** `--all`. */
  readonly all?: boolean;
  /** `--all` is a selector, which no name may stand beside: of delete. */
  readonly selectAll?: boolean;
  /** A type alone means all of its objects. */
  readonly allowEmptySelector?: boolean;
  /** Go on after an error and report all of them at the end. */
  readonly continueOnError?: boolean;
  /** Lists are taken apart into their items. */
  readonly flatten?: boolean;
  /** Objects of files are read again from the server. */
  readonly latest?: boolean;
  /** False: objects named on the command line are not read. */
  readonly requireObject?: boolean;
  /** Objects of files only, and no server. */
  readonly local?: boolean;
  readonly singleResourceType?: boolean;
  readonly chunkSize?: number;
  readonly subresource?: string;
  /** Added to each read: `Accept` for Tables, query parameters. */
  readonly request?: RequestOptions;
  /** Called with the document of a file before it is decoded: client-side validation. Raises. */
  readonly validate?: (document: Json, source: string) => void;
}

const MISSING_RESOURCE = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

const MISSING_LOCAL = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

type Visit = (info: Info) => Task<void>;
type Source = (visit: Visit) => Task<void>;

/** What the builder found: visited in order, or collected. */
export class Resources {
  constructor(
    private readonly sources: readonly Source[],
    private readonly continueOnError: boolean,
    /** One object was asked for, so that it is printed by itself and not in a list. */
    readonly singleItemImplied: boolean,
    /** Objects were named, not selected. */
    readonly targetsSingleItems: boolean,
  ) {}

  /** Calls `each` for every object. Raises what `each` raised: at once, or at the end where errors are collected. */
  *visit(each: Visit): Task<void> {
    const errors: Error[] = [];
    const collect = (error: unknown) => {
      if (!this.continueOnError || !(error instanceof Error)) throw error;
      errors.push(...(error instanceof SeveralErrors ? error.errors : [asError(error)]));
    };
    for (const source of this.sources) {
      try {
        yield* source(function* (info) {
          try {
            yield* each(info);
          } catch (error) {
            collect(error);
          }
        });
      } catch (error) {
        collect(error);
      }
    }
    if (errors.length === 1 && errors[0]) throw errors[0];
    if (errors.length > 1) throw new SeveralErrors(errors);
  }

  /** All of them. Raises. */
  *infos(): Task<Info[]> {
    const out: Info[] = [];
    yield* this.visit(function* (info) {
      out.push(info);
    });
    return out;
  }
}

/** Finds what the options name. Raises KubectlError, StatusError, ConnectionError, ConfigurationError. */
export function* findResources(factory: Factory, options: BuilderOptions): Task<Resources> {
  const filenames = options.filenames ?? [];
  if (options.kustomize) return yield* fromKustomization(factory, options, options.kustomize);
  if (filenames.length > 0) return yield* fromFiles(factory, options, filenames);
  if (options.local) throw new KubectlError(MISSING_LOCAL);
  const args = options.args ?? [];
  const named: Arguments = args.length === 0 ? { kind: 'none' } : readArguments(args, yield* factory.mapper());
  // --all is about types alone: where names are given it says nothing. kubernetes: cli-runtime/pkg/resource ResourceTypeOrNameArgs
  const all = options.all && (options.selectAll || named.kind === 'types');
  const selector = options.selector === undefined && all ? '' : options.selector;
  const selects = selector !== undefined || options.fieldSelector !== undefined;
  if (options.all && selects && (options.selector ?? options.fieldSelector) !== undefined)
    throw new KubectlError("setting 'all' parameter but found a non empty selector. ");
  if (selects || (named.kind === 'types' && options.allowEmptySelector))
    return yield* bySelector(factory, options, named, selector ?? '');
  switch (named.kind) {
    case 'tuples':
      return yield* byTuples(factory, options, named.tuples);
    case 'names':
      return yield* byNames(factory, options, named.types, named.names);
    case 'types': {
      const mapper = yield* factory.mapper();
      for (const type of named.types) mapper.mappingFor(type);
      throw new KubectlError('resource(s) were provided, but no name was specified');
    }
    case 'none':
      throw new KubectlError(MISSING_RESOURCE);
  }
}

/** What a typed word names; a short name of several resources is warned of. */
function* mappingOfType(factory: Factory, type: string): Task<Mapping> {
  const mapper = yield* factory.mapper();
  const mapping = mapper.mappingFor(type);
  yield* warnOfShortName(factory, type);
  return mapping;
}

export function* warnOfShortName(factory: Factory, type: string): Task {
  for (const other of (yield* factory.mapper()).alsoMeant(type))
    yield* factory.process.printError(
      `Warning: short name ${JSON.stringify(type)} could also match lower priority resource ${other}\n`,
    );
}

function* mappingsOf(factory: Factory, types: readonly string[], options: BuilderOptions): Task<Mapping[]> {
  if (types.length > 1 && options.singleResourceType)
    throw new KubectlError('you may only specify a single resource type');
  const found = new Set<Mapping>();
  for (const type of types) found.add(yield* mappingOfType(factory, type));
  return [...found];
}

function* bySelector(factory: Factory, options: BuilderOptions, named: Arguments, selector: string): Task<Resources> {
  if (named.kind === 'names') throw new KubectlError('name cannot be provided when a selector is specified');
  if (named.kind === 'tuples')
    throw new KubectlError('selectors and the all flag cannot be used when passing resource/name arguments');
  if (named.kind === 'none') throw new KubectlError('at least one resource must be specified to use a selector');
  if (options.subresource) throw new KubectlError('subresource cannot be used when bulk resources are specified');
  const mappings = yield* mappingsOf(factory, named.types, options);
  const namespace = options.allNamespaces ? '' : options.namespace;
  const sources = mappings.map(
    (mapping): Source =>
      (visit) =>
        listOf(factory, options, mapping, namespace, selector, visit),
  );
  return new Resources(decorate(factory, options, sources), options.continueOnError ?? false, false, false);
}

/** Visits the list of one type, chunk by chunk. */
function* listOf(
  factory: Factory,
  options: BuilderOptions,
  mapping: Mapping,
  namespace: string,
  selector: string,
  visit: Visit,
): Task<void> {
  const scope = mapping.namespaced ? namespace : '';
  const fields = options.fieldSelector ?? '';
  let next = '';
  do {
    const query: [string, string][] = [];
    if (selector !== '') query.push(['labelSelector', selector]);
    if (fields !== '') query.push(['fieldSelector', fields]);
    if (options.chunkSize) query.push(['limit', String(options.chunkSize)]);
    if (next !== '') query.push(['continue', next]);
    const object = yield* explained(mapping, selector, fields, () =>
      factory.client().request('GET', resourcePath(mapping, scope), {
        ...options.request,
        query: [...(options.request?.query ?? []), ...query],
      }),
    );
    yield* visit({ mapping, namespace: scope, name: '', source: '', object, subresource: '' });
    next = textAt(object, 'metadata', 'continue');
  } while (next !== '');
}

/** Errors of a list say what was looked for. kubernetes: cli-runtime/pkg/resource/selector.go */
function* explained(
  mapping: Mapping,
  selector: string,
  fields: string,
  request: () => Task<JsonObject>,
): Task<JsonObject> {
  try {
    return yield* request();
  } catch (error) {
    if (!(error instanceof StatusError) || !['BadRequest', 'NotFound'].includes(error.reason)) throw error;
    const what = JSON.stringify(`${apiVersionText(mapping)}, Resource=${mapping.plural}`);
    const message =
      selector === '' && fields === ''
        ? `Unable to list ${what}: ${error.message}`
        : `Unable to find ${what} that match label selector ${JSON.stringify(selector)}, field selector ${JSON.stringify(fields)}: ${error.message}`;
    throw new StatusError({ ...error.status, message });
  }
}

/** How Go prints a GroupVersionResource: the core group shows as an empty name before the slash. */
export function apiVersionText(mapping: { readonly group: string; readonly version: string }): string {
  return mapping.group === '' ? `/${mapping.version}` : apiVersionOf(mapping);
}

function* byTuples(
  factory: Factory,
  options: BuilderOptions,
  tuples: readonly { readonly type: string; readonly name: string }[],
): Task<Resources> {
  const infos: { mapping: Mapping; name: string }[] = [];
  for (const { type, name } of tuples) infos.push({ mapping: yield* mappingOfType(factory, type), name });
  if (new Set(infos.map((info) => info.mapping)).size > 1 && options.singleResourceType)
    throw new KubectlError('you may only specify a single resource type');
  const sources = infos.map(({ mapping, name }) => oneByName(options, mapping, name));
  return new Resources(
    decorate(factory, options, sources),
    options.continueOnError ?? false,
    tuples.length === 1,
    true,
  );
}

function* byNames(
  factory: Factory,
  options: BuilderOptions,
  types: readonly string[],
  names: readonly string[],
): Task<Resources> {
  if (types.length > 1) throw new KubectlError('you must specify only one resource');
  const mapping = (yield* mappingsOf(factory, types, options))[0];
  if (!mapping) throw new KubectlError('you must provide a resource and a resource name together');
  const sources = names.map((name) => oneByName(options, mapping, name));
  return new Resources(decorate(factory, options, sources), options.continueOnError ?? false, names.length === 1, true);
}

function oneByName(options: BuilderOptions, mapping: Mapping, name: string): Source {
  const namespace = mapping.namespaced ? (options.allNamespaces ? '' : options.namespace) : '';
  if (mapping.namespaced && namespace === '')
    throw new KubectlError(
      options.allNamespaces
        ? 'a resource cannot be retrieved by name across all namespaces'
        : 'namespace may not be empty when retrieving a resource by name',
    );
  return (visit) =>
    visit({ mapping, namespace, name, source: '', object: undefined, subresource: options.subresource ?? '' });
}

function* fromFiles(factory: Factory, options: BuilderOptions, filenames: readonly string[]): Task<Resources> {
  const args = options.args ?? [];
  if (args.length > 0) {
    const named = args.every((word) => word.includes('/'));
    if (named) throw new KubectlError('resource/name arguments cannot be provided when a path is specified');
    throw new KubectlError(
      'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    );
  }
  const files = expandFilenames(factory.process, filenames, options.recursive ?? false);
  const selector = options.selector === undefined ? undefined : parseSelector(options.selector);
  const sources = files.map(
    (file): Source =>
      (visit) =>
        documentsOf(factory, options, file, function* (info) {
          if (selector && !selector(objectLabels(info))) return;
          yield* visit(info);
        }),
  );
  const single = files.length === 1 && !filenames.includes('-') && filenames[0] === files[0]?.name;
  return new Resources(decorate(factory, options, sources), options.continueOnError ?? false, single, true);
}

/** What -k names. kubernetes: cli-runtime/pkg/resource KustomizeVisitor */
function* fromKustomization(factory: Factory, options: BuilderOptions, path: string): Task<Resources> {
  const { process } = factory;
  if ((options.filenames ?? []).length > 0) throw new KubectlError('only one of -f or -k can be specified');
  if (options.recursive) throw new KubectlError("the -k flag can't be used with -f or -R");
  if ((options.args ?? []).length > 0)
    throw new KubectlError(
      'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    );
  const objects = yield* buildKustomization(process, path, { ordered: true, restricted: true });
  const text = objects.map((object) => yamlText(object)).join('---\n');
  const file: ManifestSource = {
    name: path,
    *read() {
      return text;
    },
  };
  const selector = options.selector === undefined ? undefined : parseSelector(options.selector);
  const source: Source = (visit) =>
    documentsOf(factory, options, file, function* (info) {
      if (!selector || selector(objectLabels(info))) yield* visit(info);
    });
  return new Resources(decorate(factory, options, [source]), options.continueOnError ?? false, false, true);
}

function objectLabels(info: Info): JsonObject {
  const labels = info.object && typeof info.object['metadata'] === 'object' ? info.object['metadata'] : null;
  const found = labels && !Array.isArray(labels) ? labels['labels'] : undefined;
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : {};
}

/** Visits the objects of one file; an object of unknown kind is an error that does not end the file. */
function* documentsOf(factory: Factory, options: BuilderOptions, file: ManifestSource, visit: Visit): Task<void> {
  const text = yield* file.read();
  const errors: Error[] = [];
  for (const document of documents(text, file.name)) {
    if (document === null) continue;
    try {
      options.validate?.(document, file.name);
    } catch (error) {
      if (errors.length === 0 || !(error instanceof KubectlError)) throw error;
      // A malformed object ends the file, after what was wrong before it.
      errors.push(error);
      break;
    }
    let info: Info;
    try {
      info = infoOf(document, file.name, options.local ? undefined : yield* factory.mapper());
    } catch (error) {
      if (!options.continueOnError || !(error instanceof KubectlError)) throw error;
      errors.push(error);
      continue;
    }
    yield* visit(info);
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new SeveralErrors(errors);
}

/** The documents one after the other, so that those before a malformed one are still worked on. */
function* documents(text: string, source: string): Generator<Json, void, void> {
  try {
    yield* parseDocuments(text);
  } catch (error) {
    throw new KubectlError(`error parsing ${source}: ${asError(error).message}`);
  }
}

/** The objects of a text, lists taken apart. Raises KubectlError. */
export function* infosOfText(factory: Factory, text: string, name: string): Task<Info[]> {
  const mapper = yield* factory.mapper();
  return [...documents(text, name)].flatMap((document) => {
    if (document === null) return [];
    const info = infoOf(document, name, mapper);
    return itemsOf(objectOf(info))?.map((item) => infoOf(item, name, mapper, true)) ?? [info];
  });
}

/** Puts between a source and its visitor what the options ask for: taking lists apart, namespaces, reading objects. */
function decorate(factory: Factory, options: BuilderOptions, sources: readonly Source[]): Source[] {
  return sources.map(
    (source) => (visit) =>
      source(function* (given) {
        const parts =
          options.flatten || given.mapping === undefined ? yield* flatten(factory, options, given) : [given];
        const errors: Error[] = [];
        for (const part of parts) {
          try {
            yield* visit(yield* prepare(factory, options, part));
          } catch (error) {
            if (parts.length === 1 || !options.continueOnError || !(error instanceof Error)) throw error;
            errors.push(error);
          }
        }
        if (errors.length > 0) throw new SeveralErrors(errors);
      }),
  );
}

function* flatten(factory: Factory, options: BuilderOptions, info: Info): Task<Info[]> {
  const items = info.object && itemsOf(info.object);
  if (!items) return [info];
  const known = options.local ? undefined : yield* factory.mapper();
  return items.map((item) => ({ ...infoOf(item, info.source, known, true) }));
}

function* prepare(factory: Factory, options: BuilderOptions, given: Info): Task<Info> {
  let info = given;
  const { mapping } = info;
  if (mapping && !mapping.namespaced) info = { ...info, namespace: '' };
  else if (mapping && info.namespace === '' && info.name !== '' && !options.allNamespaces)
    info = withNamespace(info, options.namespace);
  else if (info.namespace === '' && mapping && info.source !== '') info = withNamespace(info, options.namespace);
  if (options.requireNamespace && mapping?.namespaced && info.source !== '' && info.namespace !== options.namespace)
    throw new KubectlError(
      `the namespace from the provided object ${JSON.stringify(info.namespace)} does not match the namespace ${JSON.stringify(options.namespace)}. You must pass '--namespace=${info.namespace}' to perform this operation.`,
    );
  const reads =
    info.object === undefined ? (options.requireObject ?? true) : options.latest === true && info.source !== '';
  // kubernetes: cli-runtime/pkg/resource/visitor.go RetrieveLatest: what has no name is left as the file has it.
  if (!mapping || !reads || (info.object !== undefined && info.name === '')) return info;
  const object = yield* readObject(factory, info, options.request);
  return { ...info, object };
}

/** Reads an object from the server. Raises KubectlError, StatusError, ConnectionError. */
export function* readObject(factory: Factory, info: Info, request: RequestOptions = {}): Task<JsonObject> {
  if (!info.mapping) throw new KubectlError('local operation only');
  const path = objectPath(info.mapping, info.namespace, info.name, info.subresource);
  const client = factory.client();
  try {
    return yield* client.request('GET', path, request);
  } catch (error) {
    // An object is missing for a reason when its namespace is: then that is what is said.
    if (error instanceof StatusError && error.notFound && !['', 'default'].includes(info.namespace)) {
      try {
        yield* client.get(`/api/v1/namespaces/${encodeURIComponent(info.namespace)}`);
      } catch (second) {
        if (second instanceof StatusError && second.notFound) throw second;
      }
    }
    throw error;
  }
}

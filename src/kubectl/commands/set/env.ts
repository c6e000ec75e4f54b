import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { Quantity } from '../../../cluster/apimachinery/quantity.ts';
import { validateEnvVarName } from '../../../cluster/apimachinery/value-names.ts';
import { decode } from '../../../world/bytes.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { dryRunOf } from '../../dry-run.ts';
import { KubectlError } from '../../errors.ts';
import { bool, string, stringArray, stringSlice } from '../../flags/index.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { decodeBase64 } from '../../kubeconfig/base64.ts';
import { printerFor } from '../../printing.ts';
import { objectOf } from '../../resource/info.ts';
import { mapContainers, nameMatches, podSpecOf, withPodSpec } from './pod-template.ts';
import { applyChanges, setFlags, setInfos } from './run.ts';

export const setEnv: Command = {
  name: 'env',
  use: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables on a pod template',
  long: `Update environment variables on a pod template.

 "KEY-" takes a variable away, "-" reads variables from standard input.`,
  examples: `# A variable
kubectl set env deployment/web MODE=test

# What is set
kubectl set env deployment/web --list

# All keys of a config map
kubectl set env --from=configmap/app deployment/web

# Away with one
kubectl set env deployment/web MODE-`,
  flags: [
    ...setFlags('env'),
    string('containers', '*', 'The names of containers in the selected pod templates to change - may use wildcards', {
      shorthand: 'c',
    }),
    stringArray('env', 'Specify a key-value pair for an environment variable to set into each container.', {
      shorthand: 'e',
    }),
    string('from', '', 'The name of a resource from which to inject environment variables'),
    stringSlice('keys', 'Comma-separated list of keys to import from specified resource'),
    bool('list', false, 'If true, display the environment and any changes in the standard format.'),
    bool(
      'overwrite',
      true,
      'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
    ),
    string('prefix', '', 'Prefix to append to variable names'),
    bool('resolve', false, 'If true, show secret or configmap references when listing variables'),
  ],
  *run(invocation) {
    const { flags, args } = invocation;
    const [resources, words] = splitArguments(args);
    const dryRun = yield* dryRunOf(invocation);
    const printer = printerFor(invocation, 'env updated', dryRun);
    if (flags.bool('local') && dryRun === 'server')
      throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    if (flags.list('filename').length === 0 && resources.length === 0)
      throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (flags.bool('list') && flags.string('output') !== '')
      throw new KubectlError('--list and --output may not be specified together');
    if (flags.list('keys').length > 0 && flags.string('from') === '')
      throw new KubectlError('when specifying --keys, a configmap or secret must be provided with --from');
    const { env, remove } = yield* parseEnv(invocation, [...flags.list('env'), ...words]);
    const imported = flags.string('from') === '' ? [] : yield* importEnv(invocation);
    const prefix = flags.string('prefix');
    const wanted = [...env, ...imported].map((one): JsonObject => ({ ...one, name: prefix + textAt(one, 'name') }));
    const infos = yield* setInfos(invocation, resources);
    const lines: string[] = [];
    const references = new Map<
      number,
      { readonly object: JsonObject; readonly one: JsonObject; readonly container: string }
    >();
    const resolvable = (at: number, object: JsonObject, one: JsonObject, container: string): string => {
      if (isObject(one['valueFrom'])) references.set(at, { object, one, container });
      return envLine(one);
    };
    const warnings: string[] = [];
    const pattern = flags.string('containers');
    const change = (object: JsonObject): JsonObject => {
      const kind = textAt(object, 'kind');
      const name = textAt(object, 'metadata', 'name');
      const result = mapContainers(
        podSpecOf(object),
        (one) => nameMatches(one, pattern),
        (container) => {
          const before = listAt(container, 'env');
          if (!flags.bool('overwrite')) refuseOverwrites(before, wanted);
          const after = updateEnv(before, wanted, remove);
          if (flags.bool('list')) {
            lines.push(`# ${kind} ${name}, container ${textAt(container, 'name')}`);
            for (const one of after)
              lines.push(
                flags.bool('resolve') ? resolvable(lines.length, object, one, textAt(container, 'name')) : envLine(one),
              );
          }
          const { env: _, ...rest } = container;
          return after.length > 0 ? { ...container, env: after } : rest;
        },
      );
      if (result.count === 0)
        warnings.push(`Warning: ${kind}/${name} does not have any containers matching ${JSON.stringify(pattern)}\n`);
      return withPodSpec(object, result.spec);
    };
    if (flags.bool('list')) {
      for (const info of infos) {
        try {
          change(objectOf(info));
        } catch {
          // A kind without pods has nothing to list.
        }
      }
      yield* printList(invocation, lines, references);
      return;
    }
    try {
      yield* applyChanges(invocation, infos, {
        printer,
        dryRun,
        failure: 'failed to patch env update to pod template:',
        change,
        records: false,
      });
    } finally {
      yield* invocation.process.printError(warnings.join(''));
    }
  },
};

/** Prints a listing, with references looked up where --resolve asks for it. */
function* printList(
  invocation: Invocation,
  lines: string[],
  references: ReadonlyMap<
    number,
    { readonly object: JsonObject; readonly one: JsonObject; readonly container: string }
  >,
): Task<void> {
  const failures = new Map<string, string[]>();
  for (const [at, { object, one, container }] of references) {
    const name = textAt(one, 'name');
    try {
      lines[at] = `${name}=${yield* resolveReference(invocation, object, objectAt(one, 'valueFrom'), container)}`;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures.set(error.message, [...(failures.get(error.message) ?? []), name]);
    }
  }
  yield* invocation.process.print(lines.map((line) => `${line}\n`).join(''));
  const texts = [...failures].map(
    ([text, names]) => `error retrieving reference for ${names.sort().join(', ')}: ${text}\n`,
  );
  yield* invocation.process.printError(texts.sort().join(''));
}

/** kubernetes: kubectl/pkg/cmd/set/env GetEnvVarRefValue */
function* resolveReference(
  { factory }: Invocation,
  object: JsonObject,
  source: JsonObject,
  container: string,
): Task<string> {
  const namespace = factory.namespace().name;
  for (const [field, plural, kind] of [
    ['configMapKeyRef', 'configmaps', 'configmap'],
    ['secretKeyRef', 'secrets', 'secret'],
  ] as const) {
    if (!isObject(source[field])) continue;
    const [name, key] = [textAt(source, field, 'name'), textAt(source, field, 'key')];
    const held = yield* factory.client().get(`/api/v1/namespaces/${namespace}/${plural}/${name}`);
    const value = objectAt(held, 'data')[key];
    if (typeof value !== 'string') throw new KubectlError(`key ${key} not found in ${kind} ${name}`);
    return kind === 'secret' ? decode(decodeBase64(value) ?? new Uint8Array(0)) : value;
  }
  if (isObject(source['resourceFieldRef']))
    return resourceValue(object, objectAt(source, 'resourceFieldRef'), container);
  const path = textAt(source, 'fieldRef', 'fieldPath');
  const part = /^metadata\.(name|namespace|uid)$/.exec(path)?.[1];
  if (part !== undefined) return textAt(object, 'metadata', part);
  const map = /^metadata\.(labels|annotations)(?:\['([^']*)'\])?$/.exec(path);
  if (map) {
    const values = objectAt(object, 'metadata', map[1] ?? '');
    if (map[2] !== undefined) return String(values[map[2]] ?? '');
    return Object.keys(values)
      .sort()
      .map((key) => `${key}=${JSON.stringify(values[key])}`)
      .join('\n');
  }
  throw new KubectlError(`unsupported fieldPath: ${path}`);
}

/** A limit or request of a container in units of its divisor, rounded up. kubernetes: kubectl/pkg/util/resource */
function resourceValue(object: JsonObject, reference: JsonObject, fallback: string): string {
  const name = textAt(reference, 'containerName') || fallback;
  const found = listAt(podSpecOf(object), 'containers').find((one) => textAt(one, 'name') === name) ?? {};
  const [kind = '', resource = ''] = textAt(reference, 'resource').split('.', 2);
  const amount = objectAt(found, 'resources', kind)[resource];
  const divisor = reference['divisor'];
  const thousandths = (value: Json | undefined) => Number(Quantity.tryFromJson(value)?.milliValue() ?? 0);
  const unit = thousandths(divisor) || 1000;
  return String(Math.ceil(thousandths(amount) / unit));
}

/** kubernetes: kubectl/pkg/cmd/set/env SplitEnvironmentFromResources */
function splitArguments(args: readonly string[]): [string[], string[]] {
  const isEnv = (word: string) => /^.+=/s.test(word) || word.endsWith('-');
  const first = args.findIndex(isEnv);
  if (first < 0) return [[...args], []];
  const words = args.slice(first);
  if (!words.every(isEnv))
    throw new KubectlError(
      `all resources must be specified before environment changes: ${args.join(' ')}\nSee 'kubectl set env -h' for help and examples`,
    );
  return [args.slice(0, first), words];
}

function* parseEnv(invocation: Invocation, words: readonly string[]): Task<{ env: JsonObject[]; remove: string[] }> {
  const env: JsonObject[] = [];
  const remove: string[] = [];
  const names = new Set<string>();
  const add = (word: string) => {
    const equals = word.indexOf('=');
    const name = word.slice(0, equals);
    const errors = validateEnvVarName(name);
    if (errors.length > 0)
      throw new KubectlError(`${JSON.stringify(name)} is not a valid key name: ${errors.join(';')}`);
    const value = word.slice(equals + 1);
    env.push(value === '' ? { name } : { name, value });
  };
  for (const word of words) {
    if (word === '-') {
      for (const line of (yield* invocation.process.readText(0)).split('\n')) {
        const text = line.replace(/#.*/, '');
        if (text.includes('=')) add(text);
      }
    } else if (word.includes('=')) {
      add(word);
      names.add(word.slice(0, word.indexOf('=')));
    } else if (word.endsWith('-')) remove.push(word.slice(0, -1));
    else throw new KubectlError(`unknown environment variable: ${word}`);
  }
  if (remove.some((name) => names.has(name)))
    throw new KubectlError('can not both modify and remove the same environment variable in the same command');
  return { env, remove };
}

function* importEnv(invocation: Invocation): Task<JsonObject[]> {
  const { flags } = invocation;
  const keys = flags.list('keys');
  const out: JsonObject[] = [];
  for (const info of yield* setInfos(invocation, [flags.string('from')])) {
    const object = objectOf(info);
    const kind = textAt(object, 'kind');
    const reference = { Secret: 'secretKeyRef', ConfigMap: 'configMapKeyRef' }[kind];
    if (reference === undefined) throw new KubectlError('unsupported resource specified in --from');
    for (const key of Object.keys(objectAt(object, 'data')).sort()) {
      if (keys.length > 0 && !keys.includes(key)) continue;
      const name = key.toUpperCase().replace(/[^a-zA-Z0-9_]/g, '_');
      if (name !== key) yield* invocation.process.printError(`Warning: key ${key} transferred to ${name}\n`);
      out.push({ name, valueFrom: { [reference]: { name: textAt(object, 'metadata', 'name'), key } } });
    }
  }
  return out;
}

function refuseOverwrites(before: readonly JsonObject[], wanted: readonly JsonObject[]): void {
  const errors = wanted.flatMap((one) => {
    const old = before.find((item) => item['name'] === one['name']);
    return old && old['value'] !== one['value']
      ? [`'${textAt(one, 'name')}' already has a value (${textAt(old, 'value')}), and --overwrite is false`]
      : [];
  });
  if (errors.length > 0) throw new KubectlError(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
}

/** kubernetes: kubectl/pkg/cmd/set updateEnv */
function updateEnv(
  before: readonly JsonObject[],
  wanted: readonly JsonObject[],
  remove: readonly string[],
): JsonObject[] {
  const done = new Set<Json | undefined>(remove);
  const out: JsonObject[] = [];
  for (const item of before) {
    if (done.has(item['name'])) continue;
    const newer = wanted.find((one) => one['name'] === item['name']);
    if (newer) done.add(item['name']);
    out.push(newer ?? item);
  }
  for (const one of wanted) {
    if (done.has(one['name'])) continue;
    done.add(one['name']);
    out.push(one);
  }
  return out;
}

function envLine(one: JsonObject): string {
  const name = textAt(one, 'name');
  const source = one['valueFrom'];
  if (!isObject(source)) return `${name}=${textAt(one, 'value')}`;
  return `# ${name} from ${referenceText(source)}`;
}

/** kubernetes: kubectl/pkg/cmd/set/env GetEnvVarRefString */
function referenceText(source: JsonObject): string {
  const [configMap, secret, field, resource] = ['configMapKeyRef', 'secretKeyRef', 'fieldRef', 'resourceFieldRef'].map(
    (key) => (isObject(source[key]) ? objectAt(source, key) : undefined),
  );
  if (configMap) return `configmap ${textAt(configMap, 'name')}, key ${textAt(configMap, 'key')}`;
  if (secret) return `secret ${textAt(secret, 'name')}, key ${textAt(secret, 'key')}`;
  if (field) return `field path ${textAt(field, 'fieldPath')}`;
  if (resource) {
    const container = textAt(resource, 'containerName');
    return container === ''
      ? `resource field ${textAt(resource, 'resource')}`
      : `resource field ${textAt(resource, 'resource')} of container ${container}`;
  }
  return 'invalid valueFrom';
}

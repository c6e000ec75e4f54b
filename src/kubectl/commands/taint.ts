import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { validateLabelValue, validateQualifiedName } from '../../cluster/apimachinery/names.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import { dryRunFlag, fieldManagerFlag, printFlags, selectorFlag, validateFlag } from '../common-flags.ts';
import { dryRunOf, writeQuery } from '../dry-run.ts';
import { KubectlError, UsageError } from '../errors.ts';
import { bool } from '../flags/index.ts';
import { listAt, textAt } from '../json.ts';
import { printerFor, printObject } from '../printing.ts';
import { findResources } from '../resource/builder.ts';
import { patchObject, STRATEGIC_PATCH } from '../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../resource/info.ts';

interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

interface Changes {
  readonly add: readonly Taint[];
  readonly remove: readonly Taint[];
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** kubernetes: kubectl/pkg/cmd/taint/taint.go */
export const taint: Command = {
  name: 'taint',
  use: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  short: 'Update the taints on one or more nodes',
  long: `Update the taints on one or more nodes.

 A taint consists of a key, a value and an effect: NoSchedule, PreferNoSchedule or NoExecute. A dash behind the taint removes it.`,
  examples: `# Add a taint
kubectl taint nodes node01 dedicated=special-user:NoSchedule

# Remove it
kubectl taint nodes node01 dedicated:NoSchedule-

# Remove all taints with the key
kubectl taint nodes node01 dedicated-`,
  flags: [
    bool('all', false, 'Select all nodes in the cluster'),
    dryRunFlag,
    fieldManagerFlag('kubectl-taint'),
    bool('overwrite', false, 'If true, allow taints to be overwritten, otherwise refuse to.'),
    ...printFlags(),
    selectorFlag(),
    validateFlag,
  ],
  *run(invocation) {
    const { args, flags, factory, path } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const { resources, specs } = split(args);
    if (resources.length === 0) throw new KubectlError('one or more resources must be specified as <resource> <name>');
    if (specs.length === 0) throw new KubectlError('at least one taint update is required');
    const changes = parse(specs, path);
    const selector = flags.string('selector');
    const [type = ''] = resources;
    const mapping = (yield* factory.mapper()).typeFor(type);
    if (mapping.kind !== 'Node') throw new KubectlError(`invalid resource type ${type}, only node types are supported`);
    if (flags.bool('all') && selector !== '')
      throw new KubectlError("setting 'all' parameter with a non empty selector is prohibited");
    if (!flags.bool('all') && selector === '' && resources.length < 2)
      throw new KubectlError("at least one resource name must be specified since 'all' parameter is not set");
    const both = changes.add.filter((one) =>
      changes.remove.some((other) => other.key === one.key && (other.effect === '' || other.effect === one.effect)),
    );
    if (both.length > 0) {
      const texts = changes.remove
        .filter((one) => both.some((other) => other.key === one.key))
        .map((one) => `${one.key}=${one.effect}`);
      throw new KubectlError(
        `can not both modify and remove the following taint(s) in the same command: ${texts.join(', ')}`,
      );
    }
    const found = yield* findResources(factory, {
      args: flags.bool('all') || selector !== '' ? ['nodes'] : resources,
      namespace: factory.namespace().name,
      ...(selector === '' ? {} : { selector }),
      all: flags.bool('all'),
      allowEmptySelector: flags.bool('all'),
      continueOnError: true,
      flatten: true,
      latest: true,
    });
    yield* found.visit(function* (info) {
      const { taints, operation } = changed(info, changes, flags.bool('overwrite'));
      let object = objectOf(info);
      if (dryRun !== 'client')
        object = yield* send(invocation, info, taints, writeQuery(dryRun, flags.string('field-manager')));
      // Dry runs do not say so. kubernetes: kubectl/pkg/cmd/taint/taint.go ToPrinter
      yield* printObject(invocation, printerFor(invocation, operation), object);
    });
  },
};

function split(args: readonly string[]): { resources: string[]; specs: string[] } {
  const resources: string[] = [];
  const specs: string[] = [];
  for (const word of args) {
    if (/[=:]|-$/.test(word)) specs.push(word);
    else if (specs.length === 0) resources.push(word);
    else throw new KubectlError(`all resources must be specified before taint changes: ${word}`);
  }
  return { resources, specs };
}

function parse(specs: readonly string[], path: string): Changes {
  const add: Taint[] = [];
  const remove: Taint[] = [];
  for (const spec of specs) {
    const fail = (text: string) => new UsageError(path, text);
    const removes = spec.endsWith('-');
    const one = parseTaint(removes ? spec.slice(0, -1) : spec, fail);
    if (!removes && one.effect === '') throw fail(`invalid taint spec: ${spec}`);
    if (!removes && add.some((other) => other.key === one.key && other.effect === one.effect))
      throw fail(`duplicated taints with the same key and effect: {${one.key} ${one.value} ${one.effect} <nil>}`);
    (removes ? remove : add).push(one);
  }
  return { add, remove };
}

/** `key=value:effect`, `key:effect`, `key`. kubernetes: pkg/util/taints parseTaint */
function parseTaint(spec: string, fail: (text: string) => Error): Taint {
  const parts = spec.split(':');
  if (parts.length > 2) throw fail(`invalid taint spec: ${spec}`);
  const [head = '', effect = ''] = parts;
  if (parts.length === 2 && !EFFECTS.includes(effect))
    throw fail(`invalid taint effect: ${effect}, unsupported taint effect`);
  const pair = parts.length === 2 ? head.split('=') : [head];
  if (pair.length > 2) throw fail(`invalid taint spec: ${spec}`);
  const [key = '', value = ''] = pair;
  const problems = [...validateQualifiedName(key), ...(value === '' ? [] : validateLabelValue(value))];
  if (problems.length > 0) throw fail(`invalid taint spec: ${spec}, ${problems.join('; ')}`);
  return { key, value, effect };
}

function changed(info: Info, changes: Changes, overwrite: boolean): { taints: JsonObject[]; operation: string } {
  const old = listAt(objectOf(info), 'spec', 'taints');
  const same = (one: JsonObject, other: Taint) =>
    textAt(one, 'key') === other.key && (other.effect === '' || textAt(one, 'effect') === other.effect);
  const taken = changes.add.filter((other) => old.some((one) => same(one, other))).map((one) => one.key);
  if (!overwrite && taken.length > 0)
    throw new KubectlError(
      `node ${info.name} already has ${taken.join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  const added = changes.add.map(
    (one): JsonObject => ({ key: one.key, ...(one.value === '' ? {} : { value: one.value }), effect: one.effect }),
  );
  const all = [...added, ...old.filter((one) => !changes.add.some((other) => same(one, other)))];
  const missing = changes.remove.filter((other) => !all.some((one) => same(one, other)));
  if (missing.length > 0) {
    const texts = missing.map(
      (one) => `taint ${JSON.stringify(one.effect === '' ? one.key : `${one.key}:${one.effect}`)} not found`,
    );
    throw new KubectlError(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
  }
  const taints = all.filter((one) => !changes.remove.some((other) => same(one, other)));
  const grew = all.length !== old.length;
  const shrank = taints.length !== all.length;
  const operation = (grew && shrank) || overwrite ? 'modified' : grew ? 'tainted' : 'untainted';
  return { taints, operation };
}

function* send({ factory }: Invocation, info: Info, taints: JsonObject[], query: [string, string][]): Task<JsonObject> {
  const patch: JsonObject = { spec: { taints: taints.length === 0 ? null : taints } };
  return yield* patchObject(factory.client(), mappingOf(info), '', info.name, STRATEGIC_PATCH, patch, query);
}

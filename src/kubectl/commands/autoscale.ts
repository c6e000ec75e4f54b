import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { Quantity } from '../../cluster/apimachinery/quantity.ts';
import type { Command, Invocation } from '../command/command.ts';
import { dryRunFlag, fieldManagerFlag, filenameFlags, printFlags, saveConfigFlag } from '../common-flags.ts';
import { dryRunOf, writeQuery } from '../dry-run.ts';
import { asError, KubectlError, StatusError } from '../errors.ts';
import { int32, string } from '../flags/index.ts';
import { objectAt } from '../json.ts';
import { apiVersionOf, type Mapping } from '../mapper.ts';
import { printerFor, printObject } from '../printing.ts';
import { recordFlag } from '../record.ts';
import { apiVersionText } from '../resource/builder.ts';
import { findByFlags } from '../resource/from-flags.ts';
import { createObject } from '../resource/helper.ts';
import { mappingOf } from '../resource/info.ts';
import { updateLastApplied } from '../resource/last-applied.ts';

export const autoscale: Command = {
  name: 'autoscale',
  use: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  long: `Creates a horizontal pod autoscaler, which sets the number of pods of a deployment, replica set, stateful set, or replication controller from what they use.`,
  examples: `# Between two and ten pods
kubectl autoscale deployment web --min=2 --max=10

# At most five, with a CPU utilization of 80 %
kubectl autoscale deployment web --max=5 --cpu=80%`,
  flags: [
    string('cpu', '', "Target CPU over all the pods: a percentage of the request ('70%') or an amount ('500m')."),
    int32('cpu-percent', -1, 'The target average CPU utilization over all the pods.', {
      deprecated:
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    }),
    dryRunFlag,
    fieldManagerFlag('kubectl-autoscale'),
    ...filenameFlags('Files that name the resource to autoscale.'),
    int32('max', -1, 'The upper limit for the number of pods. Required.', { required: true }),
    string(
      'memory',
      '',
      "Target memory over all the pods: a percentage of the request ('70%') or an amount ('200Mi').",
    ),
    int32('min', -1, 'The lower limit for the number of pods; the server decides when it is not given.'),
    string('name', '', 'The name for the newly created object; that of the resource when it is not given.'),
    ...printFlags(),
    recordFlag,
    saveConfigFlag,
  ],
  *run(invocation) {
    const { flags, factory, args } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const namespace = factory.namespace();
    validate(invocation);
    const printer = printerFor(invocation, dryRun === 'client' ? 'created' : 'autoscaled', dryRun, {
      keepOrder: true,
    });
    const mapper = yield* factory.mapper();
    const resources = yield* findByFlags(factory, flags, {
      args,
      continueOnError: true,
      flatten: true,
    });
    let count = 0;
    yield* resources.visit(function* (info) {
      const mapping = mappingOf(info);
      if (!mapping.subresources.includes('scale'))
        throw new KubectlError(
          `cannot autoscale a ${mapping.kind}: could not find scale subresource for ${apiVersionText(mapping)}, Resource=${mapping.plural} in discovery information`,
        );
      let object = autoscaler(invocation, info.name, mapping, namespace.enforced ? namespace.name : '');
      if (dryRun !== 'client') {
        object = updateLastApplied(object, flags.bool('save-config'), true);
        const target = mapper.mappingForKind('autoscaling', 'v2', 'HorizontalPodAutoscaler');
        try {
          const query = writeQuery(dryRun, flags.string('field-manager'));
          object = yield* createObject(factory.client(), target, namespace.name, object, query);
        } catch (error) {
          if (!(error instanceof StatusError)) throw error;
          const problem = incompatible(invocation);
          if (problem !== undefined)
            throw new KubectlError(
              `failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ${problem}`,
            );
          const older = olderForm(invocation, object);
          if (!older) throw error;
          const query = writeQuery(dryRun, flags.string('field-manager'));
          const v1 = mapper.mappingForKind('autoscaling', 'v1', 'HorizontalPodAutoscaler');
          object = yield* createObject(factory.client(), v1, namespace.name, older, query);
        }
      }
      count++;
      yield* printObject(invocation, printer, object);
    });
    if (count === 0) throw new KubectlError('no objects passed to autoscale');
  },
};

function validate({ flags }: Invocation): void {
  const [min, max] = [flags.number('min'), flags.number('max')];
  if (max < 1) throw new KubectlError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min)
    throw new KubectlError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  if (flags.number('cpu-percent') > 0 && flags.string('cpu') !== '')
    throw new KubectlError('--cpu-percent and --cpu are mutually exclusive');
  for (const resource of ['cpu', 'memory'] as const)
    if (flags.string(resource) !== '') target(flags.string(resource), resource);
}

/** Why the older API version could not say the same; undefined when it could. */
function incompatible({ flags }: Invocation): string | undefined {
  try {
    target(flags.string('cpu'), 'cpu');
    return undefined;
  } catch (error) {
    return asError(error).message;
  }
}

/** The same as autoscaling/v1 says it, which knows percents of cpu only; nought is none. */
function olderForm({ flags }: Invocation, object: JsonObject): JsonObject | undefined {
  const percent = /^(\d+)%$/.exec(flags.string('cpu'))?.[1];
  if (percent === undefined || flags.string('memory') !== '') return undefined;
  const { metrics: _, ...spec } = objectAt(object, 'spec');
  const goal = Number(percent) > 0 ? { targetCPUUtilizationPercentage: Number(percent) } : {};
  const { metadata = {} } = object;
  return { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v1', metadata, spec: { ...spec, ...goal } };
}

/** `70%` or an amount. Raises KubectlError. kubernetes: kubectl/pkg/cmd/autoscale parseResourceInput */
function target(text: string, resource: 'cpu' | 'memory'): JsonObject {
  if (text === '') throw new KubectlError('empty input');
  if (text.endsWith('%')) {
    const value = text.slice(0, -1);
    if (!/^\d+$/.test(value))
      throw new KubectlError(
        `failed to parse ${resource} percentage value ${JSON.stringify(value)}: invalid percentage`,
      );
    return { type: 'Utilization', averageUtilization: Number(value) };
  }
  // A bare number counts the smaller unit.
  const unit = /^\d+$/.test(text) ? { cpu: 'm', memory: 'Mi' }[resource] : '';
  try {
    return { type: 'AverageValue', averageValue: Quantity.parse(`${text}${unit}`).toString() };
  } catch {
    throw new KubectlError(`invalid resource ${resource} value: ${text}`);
  }
}

function autoscaler({ flags }: Invocation, name: string, mapping: Mapping, namespace: string): JsonObject {
  const metric = (resource: string, goal: JsonObject): Json => ({
    type: 'Resource',
    resource: { name: resource, target: goal },
  });
  const percent = flags.number('cpu-percent');
  const metrics = [
    ...(percent > 0 ? [metric('cpu', { type: 'Utilization', averageUtilization: percent })] : []),
    ...(flags.string('cpu') === '' ? [] : [metric('cpu', target(flags.string('cpu'), 'cpu'))]),
    ...(flags.string('memory') === '' ? [] : [metric('memory', target(flags.string('memory'), 'memory'))]),
  ];
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { name: flags.string('name') || name, ...(namespace === '' ? {} : { namespace }) },
    spec: {
      scaleTargetRef: { kind: mapping.kind, name, apiVersion: apiVersionOf(mapping) },
      ...(flags.number('min') > 0 ? { minReplicas: flags.number('min') } : {}),
      maxReplicas: flags.number('max'),
      ...(metrics.length > 0 ? { metrics } : {}),
    },
    status: { desiredReplicas: 0, currentMetrics: null },
  };
}

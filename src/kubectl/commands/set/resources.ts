import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Command } from '../../command/command.ts';
import { dryRunOf } from '../../dry-run.ts';
import { KubectlError } from '../../errors.ts';
import { string } from '../../flags/index.ts';
import { objectAt } from '../../json.ts';
import { printerFor } from '../../printing.ts';
import { quantityText } from '../create/policies.ts';
import { mapContainers, nameMatches, podSpecOf, withPodSpec } from './pod-template.ts';
import { applyChanges, setFlags, setInfos } from './run.ts';

export const setResources: Command = {
  name: 'resources',
  use: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update resource requests/limits on objects with pod templates',
  long: `Specify compute resource requirements (CPU, memory) for any resource that defines a pod template. If a pod is successfully scheduled, it is guaranteed the amount of resource requested, but may burst up to its specified limits.`,
  examples: `# Limits of one container
kubectl set resources deployment web -c=nginx --limits=cpu=200m,memory=512Mi

# Requests and limits of all containers
kubectl set resources deployment web --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi`,
  flags: [
    ...setFlags('resources'),
    string(
      'containers',
      '*',
      'The names of containers in the selected pod templates to change, all containers are selected by default - may use wildcards',
      { shorthand: 'c' },
    ),
    string('limits', '', "The resource requirement limits for this container.  For example, 'cpu=100m,memory=256Mi'."),
    string(
      'requests',
      '',
      "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'.",
    ),
  ],
  *run(invocation) {
    const { flags, args } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const printer = printerFor(invocation, 'resource requirements updated', dryRun);
    const infos = yield* setInfos(invocation, args);
    if (flags.bool('local') && dryRun === 'server')
      throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    if (flags.bool('all') && flags.string('selector') !== '')
      throw new KubectlError('cannot set --all and --selector at the same time');
    const limits = parseAmounts(flags.string('limits'));
    const requests = parseAmounts(flags.string('requests'));
    if (!limits && !requests)
      throw new KubectlError('you must specify an update to requests or limits (in the form of --requests/--limits)');
    const errors: Error[] = [];
    const pattern = flags.string('containers');
    yield* applyChanges(invocation, infos, {
      printer,
      dryRun,
      failure: 'failed to patch resources update to pod template',
      errors,
      change(object) {
        const result = mapContainers(
          podSpecOf(object),
          (name) => nameMatches(name, pattern),
          (container) => ({
            ...container,
            resources: {
              ...objectAt(container, 'resources'),
              ...(limits ? { limits: { ...objectAt(container, 'resources', 'limits'), ...limits } } : {}),
              ...(requests ? { requests: { ...objectAt(container, 'resources', 'requests'), ...requests } } : {}),
            },
          }),
        );
        if (result.count > 0) return withPodSpec(object, result.spec);
        errors.push(new KubectlError(`error: unable to find container named ${pattern}`));
        return undefined;
      },
    });
  },
};

/** `cpu=100m,memory=1Gi`. Raises KubectlError. */
function parseAmounts(text: string): JsonObject | undefined {
  if (text === '') return undefined;
  const out: JsonObject = {};
  for (const statement of text.split(',')) {
    const parts = statement.split('=');
    if (parts.length !== 2) throw new KubectlError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    out[parts[0] ?? ''] = quantityText(parts[1] ?? '');
  }
  return out;
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { string } from '../../flags/index.ts';
import { objectAt, textAt } from '../../json.ts';
import { findResources } from '../../resource/builder.ts';
import { objectOf } from '../../resource/info.ts';
import { generatorCommand } from './generator.ts';

export const createJob = generatorCommand({
  name: 'job',
  use: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  short: 'Create a job with the specified name',
  examples: `# A job with a command
kubectl create job once --image=busybox -- date

# A job that does now what a cron job does by the clock
kubectl create job now --from=cronjob/nightly`,
  flags: [
    string('from', '', 'The name of the resource to create a Job from (only CronJob is supported).'),
    string('image', '', 'Image name to run.'),
  ],
  plural: 'jobs',
  namespaced: true,
  failure: 'failed to create job:',
  *object(invocation, name): Task<JsonObject> {
    const { flags } = invocation;
    const image = flags.string('image');
    const from = flags.string('from');
    const command = invocation.args.slice(1);
    if ((image === '') === (from === '')) throw new KubectlError('either --image or --from must be specified');
    if (from !== '' && command.length > 0) throw new KubectlError('cannot specify --from and command');
    if (from !== '') return yield* fromCronJob(invocation, name, from);
    return {
      kind: 'Job',
      apiVersion: 'batch/v1',
      metadata: { name },
      spec: { template: { metadata: {}, spec: podSpec(name, image, command, 'Never') } },
      status: {},
    };
  },
});

export function podSpec(name: string, image: string, command: readonly string[], restartPolicy: string): JsonObject {
  const container = { name, image, ...(command.length > 0 ? { command: [...command] } : {}), resources: {} };
  return { containers: [container], restartPolicy };
}

function* fromCronJob(invocation: Invocation, name: string, from: string): Task<JsonObject> {
  const resources = yield* findResources(invocation.factory, {
    args: [from],
    namespace: invocation.factory.namespace().name,
    flatten: true,
    latest: true,
  });
  const infos = yield* resources.infos();
  const cronJob = objectOf(
    infos[0] ?? { object: undefined, mapping: undefined, namespace: '', name: '', source: '', subresource: '' },
  );
  if (infos.length !== 1) throw new KubectlError('from must be an existing cronjob');
  if (textAt(cronJob, 'kind') !== 'CronJob')
    throw new KubectlError(
      `unknown object type *${goPackage(textAt(cronJob, 'apiVersion'))}.${textAt(cronJob, 'kind')}`,
    );
  const template = objectAt(cronJob, 'spec', 'jobTemplate');
  const annotations = {
    'cronjob.kubernetes.io/instantiate': 'manual',
    ...objectAt(template, 'metadata', 'annotations'),
  };
  const labels = objectAt(template, 'metadata', 'labels');
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      annotations,
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: textAt(cronJob, 'metadata', 'name'),
          uid: textAt(cronJob, 'metadata', 'uid'),
          controller: true,
        },
      ],
    },
    spec: objectAt(template, 'spec'),
    status: {},
  };
}

/** The Go package of an API version's types: `v1`. */
function goPackage(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

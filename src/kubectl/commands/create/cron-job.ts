import { string } from '../../flags/index.ts';
import { generatorCommand } from './generator.ts';
import { podSpec } from './job.ts';

export const createCronJob = generatorCommand({
  name: 'cronjob',
  aliases: ['cj'],
  use: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  short: 'Create a cron job with the specified name',
  examples: `# A job every five minutes
kubectl create cronjob tick --image=busybox --schedule="*/5 * * * *" -- date`,
  flags: [
    string('image', '', 'Image name to run.', { required: true }),
    string('restart', '', "job's restart policy. supported values: OnFailure, Never"),
    string('schedule', '', 'A schedule in the Cron format the job should be run with.', { required: true }),
  ],
  plural: 'cronjobs',
  namespaced: true,
  failure: 'failed to create cronjob:',
  object({ flags, args }, name) {
    const spec = podSpec(name, flags.string('image'), args.slice(1), flags.string('restart') || 'OnFailure');
    return {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: { name },
      spec: {
        schedule: flags.string('schedule'),
        jobTemplate: { metadata: { name }, spec: { template: { metadata: {}, spec } } },
      },
      status: {},
    };
  },
});

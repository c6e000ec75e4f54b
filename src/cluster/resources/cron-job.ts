import type { Strategy } from '../api/resource.ts';
import { ageColumn, ageSince, nameColumn } from '../api/table.ts';
import type { CronJob } from '../api/types.generated.ts';
import { setCronJobDefaults } from './defaults/jobs.ts';
import { validateCronJob, validateCronJobUpdate } from './validation/jobs.ts';
import { podTemplateWarnings } from './validation/pod-warnings.ts';
import { containerColumns } from './workload-columns.ts';

/** kubernetes: pkg/registry/batch/cronjob/strategy.go */
export const cronJobStrategy: Strategy<CronJob> = {
  setDefaults: setCronJobDefaults,
  generation: true,
  prepareForCreate(cronJob) {
    cronJob.status = {};
  },
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: (cronJob) =>
    podTemplateWarnings(cronJob.spec?.jobTemplate?.spec?.template, 'spec.jobTemplate.spec.template'),
  columns: [
    nameColumn,
    { name: 'Schedule', value: (c) => c.spec?.schedule ?? '' },
    { name: 'Timezone', value: (c) => c.spec?.timeZone ?? '<none>' },
    { name: 'Suspend', value: (c) => (c.spec?.suspend === undefined ? '<unset>' : c.spec.suspend ? 'True' : 'False') },
    { name: 'Active', type: 'integer', value: (c) => c.status?.active?.length ?? 0 },
    {
      name: 'Last Schedule',
      value: (c, now) => (c.status?.lastScheduleTime ? ageSince(c.status.lastScheduleTime, now) : '<none>'),
    },
    ageColumn,
    ...containerColumns<CronJob>(
      (c) => c.spec?.jobTemplate?.spec?.template?.spec,
      (c) => c.spec?.jobTemplate?.spec?.selector,
    ),
  ],
};

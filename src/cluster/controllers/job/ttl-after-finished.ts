import { JOBS } from '../../api/kinds.ts';
import { keyOf, splitKey } from '../../api/object.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Controller } from '../controller.ts';
import { isFinished } from './job.ts';

/** Deletes finished Jobs whose time has come. kubernetes: pkg/controller/ttlafterfinished */
export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished-controller',
  start(context) {
    const queue = context.queue((key) => {
      const { namespace, name } = splitKey(key);
      const job = context.client.get(JOBS, namespace, name);
      const ttl = job?.spec?.ttlSecondsAfterFinished;
      if (!job || ttl === undefined || job.metadata.deletionTimestamp || !isFinished(job)) return;
      const end = job.status?.conditions?.find(
        ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
      );
      const left = parseTime(end?.lastTransitionTime ?? job.metadata.creationTimestamp) + ttl * 1000 - context.now;
      if (left > 0) queue.addAfter(key, left);
      else
        context.client.delete(JOBS, namespace, name, {
          propagationPolicy: 'Foreground',
          preconditions: { uid: job.metadata.uid },
        });
    });
    context.informer(JOBS, ({ type, object }) => {
      if (type !== 'DELETED' && object.spec?.ttlSecondsAfterFinished !== undefined) queue.add(keyOf(object));
    });
  },
};

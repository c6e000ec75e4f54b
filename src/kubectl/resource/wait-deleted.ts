import type { Task } from '../../world/task.ts';
import { KubectlError, StatusError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { listAt, textAt } from '../json.ts';
import { resourcePath } from '../mapper.ts';
import { type Info, mappingOf } from './info.ts';

/** Waits until an object is gone or is another one of the same name. `timeout` in ms. Raises KubectlError, StatusError. kubernetes: kubectl/pkg/cmd/wait IsDeleted */
export function* waitDeleted(factory: Factory, info: Info, uid: string, timeout: number): Task<void> {
  const client = factory.client();
  const mapping = mappingOf(info);
  const end = factory.process.now + timeout;
  const path = resourcePath(mapping, info.namespace);
  const fields = ['fieldSelector', `metadata.name=${info.name}`] as const;
  const expired = () => new KubectlError(`timed out waiting for the condition on ${mapping.plural}/${info.name}`);
  for (;;) {
    const list = yield* client.get(path, [fields]);
    const live = listAt(list, 'items')[0];
    if (!live || (uid !== '' && textAt(live, 'metadata', 'uid') !== uid)) return;
    if (factory.process.now >= end) throw expired();
    const watch = yield* client.watch(path, {
      query: [fields, ['resourceVersion', textAt(list, 'metadata', 'resourceVersion')]],
    });
    try {
      for (;;) {
        const event = yield* watch.next(Math.max(0, end - factory.process.now));
        if (event === 'timeout') throw expired();
        if (event === undefined) break;
        if (event.type === 'ERROR') throw new StatusError(event.object);
        if (event.type === 'DELETED') return;
      }
    } finally {
      watch.close();
    }
  }
}

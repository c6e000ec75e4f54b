import { StatusError } from '../../apimachinery/errors.ts';
import { at, isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

const CLASSES = 'priorityclasses.scheduling.k8s.io';

/** Turns priorityClassName into a number. kubernetes: plugin/pkg/admission/priority/admission.go */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  admit({ resource, operation, object, name, context }) {
    if (qualifiedResource(resource) !== 'pods' || operation !== 'CREATE' || !object) return;
    if (!('spec' in object) || !isRecord(object.spec)) return;
    const { spec } = object;
    const wanted = spec['priorityClassName'];
    const { store } = context.server;
    const found =
      typeof wanted === 'string' && wanted !== ''
        ? store.get(CLASSES, wanted)
        : store.list(CLASSES).find((candidate) => at(candidate, 'globalDefault') === true);
    if (typeof wanted === 'string' && wanted !== '' && !found) {
      throw StatusError.forbidden(resource, name, `no PriorityClass with name ${wanted} was found`);
    }
    const value = found ? Number(at(found, 'value') ?? 0) : 0;
    if (typeof spec['priority'] === 'number' && spec['priority'] !== value) {
      throw StatusError.forbidden(
        resource,
        name,
        `the integer value of priority (${spec['priority']}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      );
    }
    if (found) spec['priorityClassName'] = found.metadata.name;
    spec['priority'] = value;
    spec['preemptionPolicy'] ??= found
      ? (at(found, 'preemptionPolicy') ?? 'PreemptLowerPriority')
      : 'PreemptLowerPriority';
  },
  validate({ resource, operation, object, name, context }) {
    if (qualifiedResource(resource) !== CLASSES || operation === 'DELETE' || at(object, 'globalDefault') !== true)
      return;
    const other = context.server.store
      .list(CLASSES)
      .find((candidate) => candidate.metadata.name !== name && at(candidate, 'globalDefault') === true);
    if (!other) return;
    throw StatusError.forbidden(
      resource,
      name,
      `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
    );
  },
};

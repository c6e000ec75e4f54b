import { StatusError } from '../../apimachinery/errors.ts';
import { at, isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

const CLASSES = 'priorityclasses.scheduling.k8s.io';
const SYSTEM = new Set(['system-cluster-critical', 'system-node-critical']);

/** Turns priorityClassName into a number. kubernetes: plugin/pkg/admission/priority/admission.go */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  admit({ resource, operation, object, old, name, context }) {
    if (qualifiedResource(resource) !== 'pods' || !object) return;
    if (!('spec' in object) || !isRecord(object.spec)) return;
    const { spec } = object;
    if (operation === 'UPDATE') {
      // What was worked out when it was made stays.
      for (const field of ['priority', 'preemptionPolicy']) spec[field] ??= at(old, 'spec', field);
      return;
    }
    if (operation !== 'CREATE') return;
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
    const policy = at(found, 'preemptionPolicy') ?? 'PreemptLowerPriority';
    const given = spec['preemptionPolicy'];
    if (given !== undefined && given !== policy) {
      throw StatusError.forbidden(
        resource,
        name,
        `the string value of PreemptionPolicy (${given}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
      );
    }
    spec['preemptionPolicy'] = policy;
  },
  validate({ resource, operation, object, name, context }) {
    if (qualifiedResource(resource) !== CLASSES) return;
    if (operation === 'DELETE' && SYSTEM.has(name)) {
      throw StatusError.forbidden(resource, name, 'this is a system priority class and cannot be deleted');
    }
    if (operation === 'DELETE' || at(object, 'globalDefault') !== true) return;
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

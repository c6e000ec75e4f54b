import { StatusError } from '../../apimachinery/errors.ts';
import { at, deepEqual, isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

const CLASSES = 'runtimeclasses.node.k8s.io';

/** Gives Pods the overhead and the places of their RuntimeClass. kubernetes: plugin/pkg/admission/runtimeclass/admission.go */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  admit({ resource, operation, subresource, object, name, context }) {
    if (qualifiedResource(resource) !== 'pods' || operation !== 'CREATE' || subresource !== '' || !object) return;
    if (!('spec' in object) || !isRecord(object.spec)) return;
    const { spec } = object;
    const wanted = spec['runtimeClassName'];
    const refuse = (text: string) => StatusError.forbidden(resource, name, text);
    const found = typeof wanted === 'string' ? context.server.store.get(CLASSES, wanted) : undefined;
    if (typeof wanted === 'string' && !found)
      throw refuse(`pod rejected: RuntimeClass ${JSON.stringify(wanted)} not found`);
    const overhead = at(found, 'overhead', 'podFixed');
    if (overhead === undefined) {
      if (spec['overhead'] !== undefined)
        throw refuse('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
    } else {
      if (spec['overhead'] !== undefined && !deepEqual(spec['overhead'], overhead))
        throw refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
      spec['overhead'] = overhead;
    }
    const places = at(found, 'scheduling', 'nodeSelector');
    if (isRecord(places)) {
      const selector = isRecord(spec['nodeSelector']) ? { ...spec['nodeSelector'] } : {};
      for (const [key, value] of Object.entries(places)) {
        if (Object.hasOwn(selector, key) && selector[key] !== value)
          throw refuse(
            `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${selector[key]}`,
          );
        selector[key] = value;
      }
      spec['nodeSelector'] = selector;
    }
    const tolerations = at(found, 'scheduling', 'tolerations');
    if (Array.isArray(tolerations)) {
      const given: unknown = spec['tolerations'];
      spec['tolerations'] = merged([...(Array.isArray(given) ? given : []), ...tolerations]);
    }
  },
};

/** Leaves out tolerations that others cover. kubernetes: pkg/util/tolerations MergeTolerations */
function merged(all: readonly unknown[]): unknown[] {
  const kept: unknown[] = [];
  for (const [i, one] of all.entries()) {
    if (kept.some((other) => covers(other, one))) continue;
    if (all.slice(i + 1).some((other) => !deepEqual(other, one) && covers(other, one))) continue;
    kept.push(one);
  }
  return kept;
}

/** kubernetes: pkg/util/tolerations isSuperset */
function covers(wide: unknown, narrow: unknown): boolean {
  if (!isRecord(wide) || !isRecord(narrow)) return false;
  if (deepEqual(wide, narrow)) return true;
  const text = (one: Record<string, unknown>, field: string) => String(one[field] ?? '');
  if (text(wide, 'key') !== text(narrow, 'key') && !(text(wide, 'key') === '' && wide['operator'] === 'Exists'))
    return false;
  if (text(wide, 'effect') !== text(narrow, 'effect') && text(wide, 'effect') !== '') return false;
  const seconds = wide['tolerationSeconds'];
  if (text(wide, 'effect') === 'NoExecute' && typeof seconds === 'number') {
    const other = narrow['tolerationSeconds'];
    if (typeof other !== 'number' || other > seconds) return false;
  }
  if ((text(wide, 'operator') || 'Equal') === 'Exists') return true;
  return (text(narrow, 'operator') || 'Equal') === 'Equal' && text(wide, 'value') === text(narrow, 'value');
}

import { isRecord } from '../object.ts';
import type { AdmissionPlugin } from './admission.ts';

const SECONDS = 300;
const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Pods stay on a lost node for five minutes. kubernetes: plugin/pkg/admission/defaulttolerationseconds */
export const podTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit({ resource, operation, subresource, object, options }) {
    if (resource.plural !== 'pods' || resource.group !== '' || operation === 'DELETE' || !object) return;
    // The cluster's own components change the tolerations of no Pod that is there.
    if (subresource !== '' || (operation === 'UPDATE' && options.trusted)) return;
    if (!('spec' in object) || !isRecord(object.spec)) return;
    const given = object.spec['tolerations'];
    const tolerations: unknown[] = Array.isArray(given) ? [...given] : [];
    for (const key of KEYS) {
      const covered = tolerations.some(
        (toleration) =>
          isRecord(toleration) &&
          (toleration['key'] === key || !toleration['key']) &&
          (toleration['effect'] === 'NoExecute' || !toleration['effect']),
      );
      if (!covered) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS });
    }
    object.spec['tolerations'] = tolerations;
  },
};

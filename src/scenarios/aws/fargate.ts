import type { EksCluster, FargateProfile } from '../../cloud/aws/types/eks.ts';
import type { AdmissionPlugin } from '../../cluster/api/admission/admission.ts';
import { PODS } from '../../cluster/api/kinds.ts';
import { isObject } from '../../cluster/apimachinery/json-value.ts';
import { ControllerContext } from '../../cluster/controllers/controller.ts';
import type { EksPlane, PlaneOptions } from './control-plane.ts';

const SCHEDULER = 'fargate-scheduler';
const LABEL = 'eks.amazonaws.com/fargate-profile';

/** The webhook of EKS that hands Pods of a Fargate profile to Fargate's own scheduler. */
export function fargateWebhook(eks: EksCluster): AdmissionPlugin {
  return {
    name: 'mpod.amazonaws.com',
    admit({ operation, resource, subresource, namespace, object }) {
      if (operation !== 'CREATE' || resource.plural !== 'pods' || subresource !== '' || !object) return;
      if (eks.fargateProfiles.size === 0) return;
      const pod: unknown = object;
      if (!isObject(pod) || !isObject(pod['spec']) || !isObject(pod['metadata'])) return;
      const labels = isObject(pod['metadata']['labels']) ? pod['metadata']['labels'] : {};
      const profile = [...eks.fargateProfiles.values()].find(
        (one) => one.status === 'ACTIVE' && selects(one, namespace, labels),
      );
      if (!profile) return;
      pod['metadata']['labels'] = { ...labels, [LABEL]: profile.fargateProfileName };
      pod['spec']['schedulerName'] = SCHEDULER;
    },
  };
}

/** Namespaces may have `*` and `?`. */
function selects({ selectors }: FargateProfile, namespace: string, labels: Readonly<Record<string, unknown>>): boolean {
  return selectors.some((one) => {
    const pattern = one.namespace
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return (
      new RegExp(`^${pattern}$`).test(namespace) &&
      Object.entries(one.labels).every(([key, value]) => labels[key] === value)
    );
  });
}

/** In the place of Fargate's scheduler: it says that no node comes. */
export function startFargateScheduler({ world }: PlaneOptions, plane: EksPlane): () => void {
  const client = plane.cluster.client('eks:fargate-scheduler', ['system:masters'], SCHEDULER);
  const context = new ControllerContext(world, client);
  const recorder = context.recorder(SCHEDULER, '');
  context.informer(PODS, ({ type, object }) => {
    if (type !== 'ADDED' || object.spec?.schedulerName !== SCHEDULER || object.spec.nodeName) return;
    recorder.event(
      object,
      'Warning',
      'FailedScheduling',
      'kubetutor does not model the nodes of Fargate: this Pod gets none',
    );
  });
  return () => context.stop();
}

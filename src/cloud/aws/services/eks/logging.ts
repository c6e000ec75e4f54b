import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { objectsOf, textsOf } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { EksCluster } from '../../types/eks.ts';
import { putLogEvent } from '../logs.ts';

/** Types of control plane logs and how the streams of each begin. */
const STREAMS: Readonly<Record<string, string>> = {
  api: 'kube-apiserver',
  audit: 'kube-apiserver-audit',
  authenticator: 'authenticator',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
};

export const LOG_TYPES = Object.keys(STREAMS);

/** What the world computes; of the others the stream says that nothing does. */
const MODELLED = ['audit', 'authenticator'];

export function enabledTypes(logging: JsonObject): string[] {
  return objectsOf(logging, 'clusterLogging').flatMap((one) => (one['enabled'] === true ? textsOf(one, 'types') : []));
}

export function loggingView({ logging }: EksCluster): JsonObject {
  const of = (enabled: boolean) => LOG_TYPES.filter((type) => logging.has(type) === enabled);
  return {
    clusterLogging: [true, false].flatMap((enabled) =>
      of(enabled).length > 0 ? [{ types: of(enabled), enabled }] : [],
    ),
  };
}

/** A line of a control plane's log, as far as its type is written. */
export function writeLog(region: Region, cluster: EksCluster, type: string, message: string): void {
  if (cluster.logging.has(type)) putLogEvent(region, groupName(cluster), streamName(cluster, type), message);
}

export function sayWhatIsNotLogged(region: Region, cluster: EksCluster, type: string): void {
  if (!MODELLED.includes(type)) writeLog(region, cluster, type, `kubetutor does not model the log of ${STREAMS[type]}`);
}

const groupName = ({ name }: EksCluster) => `/aws/eks/${name}/cluster`;

function streamName({ issuer }: EksCluster, type: string): string {
  return `${STREAMS[type]}-${issuer.slice(issuer.lastIndexOf('/') + 1).toLowerCase()}`;
}

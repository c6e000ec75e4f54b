import type { Client } from '../../api/client.ts';
import { PERSISTENT_VOLUMES } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { PersistentVolume } from '../../api/types.generated.ts';

/**
 * What becomes of a volume whose claim is gone, by its reclaim policy. The problem, if it could not be deleted.
 * kubernetes: pv_controller.go reclaimVolume; pkg/volume/hostpath
 */
export function reclaim(client: Client, volume: Stored<PersistentVolume>): string | undefined {
  const { spec, metadata } = volume;
  if (spec?.persistentVolumeReclaimPolicy !== 'Delete') return undefined;
  // A CSI driver's own provisioner deletes what it has made.
  if (spec.csi || metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== undefined) return undefined;
  if (!spec.hostPath) {
    return `error getting deleter volume plugin for volume "${metadata.name}": no deletable volume plugin matched`;
  }
  if (!/^\/tmp\/.+/.test(spec.hostPath.path)) {
    return `host_path deleter only supports /tmp/.+ but received provided ${spec.hostPath.path}`;
  }
  client.delete(PERSISTENT_VOLUMES, '', metadata.name);
  return undefined;
}

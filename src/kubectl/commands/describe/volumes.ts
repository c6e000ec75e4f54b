import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import type { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/describe describeVolumes */
export function writeVolumes(out: DescribeWriter, volumes: readonly JsonObject[], space: string): void {
  out.line(0, `${space}Volumes:${volumes.length === 0 ? '\t<none>' : ''}`);
  for (const volume of volumes) {
    out.line(1, `${space === '' ? '' : ' '}${textAt(volume, 'name')}:`);
    const source = Object.keys(volume).find((key) => key !== 'name') ?? '';
    for (const line of (SOURCES[source] ?? unknown)(objectAt(volume, source))) out.line(2, line);
  }
}

type Lines = (source: JsonObject) => string[];
const flag = (source: JsonObject, field: string) => String(source[field] === true);
const unknown: Lines = () => ['<unknown>'];

const SOURCES: Readonly<Record<string, Lines>> = {
  hostPath: (one) => [
    'Type:\tHostPath (bare host directory volume)',
    `Path:\t${textAt(one, 'path')}`,
    `HostPathType:\t${one['type'] === undefined ? '<none>' : textAt(one, 'type')}`,
  ],
  emptyDir: (one) => [
    "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
    `Medium:\t${textAt(one, 'medium')}`,
    `SizeLimit:\t${one['sizeLimit'] === undefined ? '<unset>' : String(one['sizeLimit'])}`,
  ],
  secret: (one) => [
    'Type:\tSecret (a volume populated by a Secret)',
    `SecretName:\t${textAt(one, 'secretName')}`,
    `Optional:\t${flag(one, 'optional')}`,
  ],
  configMap: (one) => [
    'Type:\tConfigMap (a volume populated by a ConfigMap)',
    `Name:\t${textAt(one, 'name')}`,
    `Optional:\t${flag(one, 'optional')}`,
  ],
  nfs: (one) => [
    'Type:\tNFS (an NFS mount that lasts the lifetime of a pod)',
    `Server:\t${textAt(one, 'server')}`,
    `Path:\t${textAt(one, 'path')}`,
    `ReadOnly:\t${flag(one, 'readOnly')}`,
  ],
  persistentVolumeClaim: (one) => [
    'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    `ClaimName:\t${textAt(one, 'claimName')}`,
    `ReadOnly:\t${flag(one, 'readOnly')}`,
  ],
  downwardAPI: (one) => [
    'Type:\tDownwardAPI (a volume populated by information about the pod)',
    'Items:',
    ...listAt(one, 'items').map(
      (item) =>
        `  ${textAt(item, 'fieldRef', 'fieldPath') || textAt(item, 'resourceFieldRef', 'resource')} -> ${textAt(item, 'path')}`,
    ),
  ],
  image: (one) => [
    'Type:\tImage (a container image or OCI artifact)',
    `Reference:\t${textAt(one, 'reference')}`,
    `PullPolicy:\t${textAt(one, 'pullPolicy')}`,
  ],
  csi: (one) => [
    'Type:\tCSI (a Container Storage Interface (CSI) volume source)',
    `Driver:\t${textAt(one, 'driver')}`,
    `FSType:\t${textAt(one, 'fsType')}`,
    `ReadOnly:\t${flag(one, 'readOnly')}`,
    'VolumeAttributes:\t<none>',
  ],
  ephemeral: (one) => {
    const spec = objectAt(one, 'volumeClaimTemplate', 'spec');
    const modes = spec['accessModes'];
    return [
      'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
      `StorageClass:\t${textAt(spec, 'storageClassName')}`,
      'Volume:\t',
      'Labels:            <none>',
      'Annotations:       <none>',
      `Capacity:\t${String(objectAt(spec, 'resources', 'requests')['storage'] ?? '')}`,
      `Access Modes:\t${Array.isArray(modes) ? modes.join(',') : ''}`,
    ];
  },
  projected: (one) => [
    'Type:\tProjected (a volume that contains injected data from multiple sources)',
    ...listAt(one, 'sources').flatMap(projectedLines),
  ],
};

function projectedLines(source: JsonObject): string[] {
  const lines: string[] = [];
  if (source['secret'])
    lines.push(
      `SecretName:\t${textAt(source, 'secret', 'name')}`,
      `Optional:\t${flag(objectAt(source, 'secret'), 'optional')}`,
    );
  if (source['downwardAPI']) lines.push('DownwardAPI:\ttrue');
  if (source['configMap'])
    lines.push(
      `ConfigMapName:\t${textAt(source, 'configMap', 'name')}`,
      `Optional:\t${flag(objectAt(source, 'configMap'), 'optional')}`,
    );
  if (source['serviceAccountToken'])
    lines.push(`TokenExpirationSeconds:\t${String(objectAt(source, 'serviceAccountToken')['expirationSeconds'])}`);
  return lines;
}

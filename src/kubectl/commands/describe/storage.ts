import { humanDuration } from '../../../cluster/apimachinery/duration.ts';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';
import { type Describer, plain } from './describer.ts';
import { timeText, writeHead, writeLabelsAndAnnotations } from './metadata.ts';
import { writeVolumes } from './volumes.ts';
import { DescribeWriter } from './writer.ts';

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function modesText(object: JsonObject): string {
  const modes = new Set(textsAt(object, 'accessModes'));
  return Object.keys(MODES)
    .filter((mode) => modes.has(mode))
    .map((mode) => MODES[mode])
    .join(',');
}

function finalizers(object: JsonObject): string {
  return `[${textsAt(object, 'metadata', 'finalizers').join(' ')}]`;
}

/** The phase, or for how long it has been on its way out. */
function phaseText(object: JsonObject, now: number): string {
  const deletion = textAt(object, 'metadata', 'deletionTimestamp');
  return deletion === ''
    ? textAt(object, 'status', 'phase')
    : `Terminating (lasts ${humanDuration(now - Date.parse(deletion))})`;
}

/** kubernetes: kubectl/pkg/describe describePersistentVolumeClaim */
export const describeClaim: Describer = {
  events: true,
  *write({ out, object, client, now }) {
    const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
    out.line(0, `Name:\t${name}`);
    out.line(0, `Namespace:\t${namespace}`);
    out.line(0, `StorageClass:\t${textAt(object, 'spec', 'storageClassName')}`);
    out.line(0, `Status:\t${phaseText(object, now)}`);
    const volume = textAt(object, 'spec', 'volumeName');
    out.line(0, `Volume:\t${volume}`);
    writeLabelsAndAnnotations(out, object);
    out.line(0, `Finalizers:\t${finalizers(object)}`);
    out.line(0, `Capacity:\t${volume === '' ? '' : String(objectAt(object, 'status', 'capacity')['storage'] ?? '0')}`);
    out.line(0, `Access Modes:\t${volume === '' ? '' : modesText(objectAt(object, 'status'))}`);
    const mode = textAt(object, 'spec', 'volumeMode');
    if (mode !== '') out.line(0, `VolumeMode:\t${mode}`);
    const source = objectAt(object, 'spec', 'dataSource');
    if (textAt(source, 'kind') !== '') {
      out.line(0, 'DataSource:');
      if (textAt(source, 'apiGroup') !== '') out.line(1, `APIGroup:\t${textAt(source, 'apiGroup')}`);
      out.line(1, `Kind:\t${textAt(source, 'kind')}`);
      out.line(1, `Name:\t${textAt(source, 'name')}`);
    }
    const list = yield* client.get(`/api/v1/namespaces/${namespace}/pods`, [['limit', '500']]);
    const users = listAt(list, 'items')
      .filter((pod) =>
        listAt(pod, 'spec', 'volumes').some(
          (one) =>
            textAt(one, 'persistentVolumeClaim', 'claimName') === name ||
            (one['ephemeral'] !== undefined && `${textAt(pod, 'metadata', 'name')}-${textAt(one, 'name')}` === name),
        ),
      )
      .map((pod) => textAt(pod, 'metadata', 'name'))
      .sort();
    if (users.length === 0) out.line(0, 'Used By:\t<none>');
    users.forEach((user, at) => {
      out.line(0, `${at === 0 ? 'Used By:' : ''}\t${user}`);
    });
    const conditions = listAt(object, 'status', 'conditions');
    if (conditions.length === 0) return;
    out.write(0, 'Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n');
    out.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const one of conditions)
      out.line(
        1,
        ['type', 'status', 'lastProbeTime', 'lastTransitionTime', 'reason', 'message']
          .map((field) => `${textAt(one, field)} `)
          .join('\t')
          .trimEnd(),
      );
  },
};

/** kubernetes: kubectl/pkg/describe describePersistentVolume */
export const describeVolume = plain((out, object, now) => {
  writeHead(out, object, false);
  out.line(0, `Finalizers:\t${finalizers(object)}`);
  const spec = objectAt(object, 'spec');
  out.line(0, `StorageClass:\t${textAt(spec, 'storageClassName')}`);
  out.line(0, `Status:\t${phaseText(object, now)}`);
  const claim = objectAt(spec, 'claimRef');
  out.line(0, `Claim:\t${spec['claimRef'] ? `${textAt(claim, 'namespace')}/${textAt(claim, 'name')}` : ''}`);
  out.line(0, `Reclaim Policy:\t${textAt(spec, 'persistentVolumeReclaimPolicy')}`);
  out.line(0, `Access Modes:\t${modesText(spec)}`);
  if (textAt(spec, 'volumeMode') !== '') out.line(0, `VolumeMode:\t${textAt(spec, 'volumeMode')}`);
  out.line(0, `Capacity:\t${String(objectAt(spec, 'capacity')['storage'] ?? '')}`);
  const terms = listAt(spec, 'nodeAffinity', 'required', 'nodeSelectorTerms');
  if (!spec['nodeAffinity']) out.line(0, 'Node Affinity:\t<none>');
  else {
    out.line(0, 'Node Affinity:\t');
    out.line(1, terms.length === 0 ? 'Required Terms:\t<none>' : 'Required Terms:\t');
    terms.forEach((term, at) => {
      listAt(term, 'matchExpressions').forEach((one, position) => {
        const values = textsAt(one, 'values');
        const text = `${textAt(one, 'key')} ${textAt(one, 'operator').toLowerCase().replace('notin', 'not in')}${values.length > 0 ? ` [${values.join(', ')}]` : ''}`;
        out.line(2, `${position === 0 ? `Term ${at}:` : ''}\t${text}`);
      });
    });
  }
  out.line(0, `Message:\t${textAt(object, 'status', 'message')}`);
  out.line(0, 'Source:');
  for (const line of sourceLines(spec)) out.line(2, line);
});

function sourceLines(spec: JsonObject): string[] {
  const local = objectAt(spec, 'local');
  if (spec['local'])
    return [
      'Type:\tLocalVolume (a persistent volume backed by local storage on a node)',
      `Path:\t${textAt(local, 'path')}`,
    ];
  if (spec['csi']) return csiLines(objectAt(spec, 'csi'));
  const field = ['hostPath', 'nfs'].find((name) => spec[name] !== undefined);
  if (field === undefined) return ['<unknown>'];
  const out = new DescribeWriter();
  writeVolumes(out, [{ name: '', [field]: spec[field] ?? {} }], '');
  if (field === 'hostPath') {
    const one = objectAt(spec, 'hostPath');
    return [
      'Type:\tHostPath (bare host directory volume)',
      `Path:\t${textAt(one, 'path')}`,
      `HostPathType:\t${one['type'] === undefined ? '<none>' : textAt(one, 'type')}`,
    ];
  }
  return out.text
    .split('\n')
    .slice(2, -1)
    .map((line) => line.trim().replace(/:\s+/, ':\t'));
}

/** kubernetes: kubectl/pkg/describe printCSIPersistentVolumeSource */
function csiLines(csi: JsonObject): string[] {
  const attributes = objectAt(csi, 'volumeAttributes');
  const keys = sortedKeys(attributes);
  return [
    'Type:\tCSI (a Container Storage Interface (CSI) volume source)',
    `Driver:\t${textAt(csi, 'driver')}`,
    `FSType:\t${textAt(csi, 'fsType')}`,
    `VolumeHandle:\t${textAt(csi, 'volumeHandle')}`,
    `ReadOnly:\t${csi['readOnly'] === true}`,
    ...(keys.length === 0 ? ['VolumeAttributes:\t<none>'] : []),
    ...keys.map((key, at) => `${at === 0 ? 'VolumeAttributes:' : ''}\t    ${key}=${String(attributes[key])}`),
  ];
}

/** kubernetes: kubectl/pkg/describe describeStorageClass */
export const describeStorageClass = plain((out, object) => {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  const isDefault = textAt(object, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true';
  out.line(0, `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`);
  out.line(0, `Annotations:\t${pairs(objectAt(object, 'metadata', 'annotations'))}`);
  out.line(0, `Provisioner:\t${textAt(object, 'provisioner')}`);
  out.line(0, `Parameters:\t${pairs(objectAt(object, 'parameters'))}`);
  const expansion = object['allowVolumeExpansion'];
  out.line(0, `AllowVolumeExpansion:\t${expansion === undefined ? '<unset>' : expansion === true ? 'True' : 'False'}`);
  const options = textsAt(object, 'mountOptions');
  if (options.length === 0) out.line(0, 'MountOptions:\t<none>');
  else {
    out.line(0, 'MountOptions:');
    for (const option of options) out.line(1, option);
  }
  out.line(0, `ReclaimPolicy:\t${textAt(object, 'reclaimPolicy')}`);
  out.line(0, `VolumeBindingMode:\t${textAt(object, 'volumeBindingMode')}`);
  if (object['allowedTopologies'] !== undefined) writeTopologies(out, listAt(object, 'allowedTopologies'));
});

/** kubernetes: kubectl/pkg/describe printAllowedTopologies */
function writeTopologies(out: DescribeWriter, terms: readonly JsonObject[]): void {
  out.line(0, `AllowedTopologies:\t${terms.length === 0 ? '<none>' : ''}`);
  terms.forEach((term, at) => {
    const rules = listAt(term, 'matchLabelExpressions');
    if (rules.length === 0) out.line(1, `Term ${at}:\t<none>`);
    rules.forEach((rule, position) => {
      const values = textsAt(rule, 'values');
      const text = `${textAt(rule, 'key')} in${values.length > 0 ? ` [${values.join(', ')}]` : ''}`;
      out.line(1, `${position === 0 ? `Term ${at}:` : ''}\t${text}`);
    });
  });
}

function pairs(map: JsonObject): string {
  const all = sortedKeys(map).map((key) => `${key}=${String(map[key])}`);
  return all.join(',') || '<none>';
}

/** kubernetes: kubectl/pkg/describe describeVolumeAttributesClass */
export const describeVolumeAttributes = plain((out, object) => {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  out.line(0, `Annotations:\t${pairs(objectAt(object, 'metadata', 'annotations'))}`);
  out.line(0, `DriverName:\t${textAt(object, 'driverName')}`);
  out.line(0, `Parameters:\t${pairs(objectAt(object, 'parameters'))}`);
});

/** kubernetes: kubectl/pkg/describe describeCSINode */
export const describeCsiNode = plain((out, object) => {
  writeHead(out, object, false);
  out.line(0, `CreationTimestamp:\t${timeText(textAt(object, 'metadata', 'creationTimestamp'))}`);
  out.line(0, 'Spec:');
  const drivers = listAt(object, 'spec', 'drivers');
  if (objectAt(object, 'spec')['drivers'] !== undefined) out.line(1, 'Drivers:');
  for (const driver of drivers) {
    out.line(2, `${textAt(driver, 'name')}:`);
    out.line(3, `Node ID:\t${textAt(driver, 'nodeID')}`);
    const count = objectAt(driver, 'allocatable')['count'];
    if (count !== undefined) {
      out.line(3, 'Allocatables:');
      out.line(4, `Count:\t${String(count)}`);
    }
    if (driver['topologyKeys'] !== undefined)
      out.line(3, `Topology Keys:\t[${textsAt(driver, 'topologyKeys').join(' ')}]`);
  }
});

import { deepCopy, deepEqual, type Stored } from '../../api/object.ts';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
  StorageClass,
  TopologySelectorTerm,
} from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { positiveAmount, VOLUME_MODES, validateAccessModes, validateClaimSpec } from './claims.ts';
import { dnsSubdomain, type Errors, immutable, optionalOneOf, qualifiedName, required } from './field.ts';
import { internalClaimSpec, internalVolumeSource } from './internal-form.ts';
import { jsonDiff } from './json-diff.ts';
import { validateNodeSelector } from './selectors.ts';
import { noBacksteps } from './volumes.ts';

// kubernetes: pkg/apis/core/validation/validation.go ValidatePersistentVolume…, pkg/apis/storage/validation/validation.go

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
/** Kinds of volumes a PersistentVolume may be. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const satisfies readonly (keyof PersistentVolumeSpec)[];

export function validatePersistentVolume(volume: PersistentVolume): Errors {
  const spec = volume.spec ?? {};
  const errors: Errors = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(FieldError.required('spec.accessModes'));
  errors.push(...validateAccessModes(modes, 'spec.accessModes'));
  const capacity = spec.capacity ?? {};
  const names = Object.keys(capacity).sort();
  if (names.length === 0) errors.push(FieldError.required('spec.capacity'));
  if (capacity['storage'] === undefined || names.length > 1) {
    errors.push(FieldError.notSupported('spec.capacity', names.length === 0 ? null : capacity, ['storage']));
  }
  for (const name of names) {
    const amount = Quantity.tryFromJson(capacity[name]);
    const at = `spec.capacity[${name}]`;
    if ((amount?.sign ?? 0) < 0)
      errors.push(FieldError.invalid(at, amount?.toNumber() ?? 0, 'must be a valid resource quantity'));
    errors.push(...positiveAmount(capacity[name] ?? '0', at));
  }
  errors.push(
    ...optionalOneOf(
      spec.persistentVolumeReclaimPolicy || undefined,
      RECLAIM_POLICIES,
      'spec.persistentVolumeReclaimPolicy',
    ),
  );
  const affinity = spec.nodeAffinity;
  if (affinity) {
    if (affinity.required) errors.push(...validateNodeSelector(affinity.required, 'spec.nodeAffinity.required'));
    else errors.push(FieldError.required('spec.nodeAffinity.required', 'must specify required node constraints'));
  }
  errors.push(...validateSource(spec));
  if (spec.storageClassName) errors.push(...dnsSubdomain(spec.storageClassName, 'spec.storageClassName'));
  return [...errors, ...optionalOneOf(spec.volumeMode, VOLUME_MODES, 'spec.volumeMode')];
}

function validateSource(spec: PersistentVolumeSpec): Errors {
  const errors: Errors = [];
  let count = 0;
  for (const source of SOURCES) {
    if (!spec[source]) continue;
    if (count++ > 0) errors.push(FieldError.forbidden(`spec.${source}`, 'may not specify more than 1 volume type'));
    else errors.push(...sourceRules(spec, source));
  }
  if (count === 0) errors.push(FieldError.required('spec', 'must specify a volume type'));
  if (spec.hostPath && /^\/+$/.test(spec.hostPath.path) && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    errors.push(
      FieldError.forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"),
    );
  }
  return errors;
}

function sourceRules(spec: PersistentVolumeSpec, source: (typeof SOURCES)[number]): Errors {
  const path = `spec.${source}`;
  switch (source) {
    case 'hostPath':
      return spec.hostPath?.path
        ? noBacksteps(spec.hostPath.path, `${path}.path`)
        : [FieldError.required(`${path}.path`)];
    case 'nfs': {
      const errors = [...required(spec.nfs?.server, `${path}.server`), ...required(spec.nfs?.path, `${path}.path`)];
      if (!spec.nfs?.path?.startsWith('/'))
        errors.push(FieldError.invalid(`${path}.path`, spec.nfs?.path ?? '', 'must be an absolute path'));
      return errors;
    }
    case 'local': {
      const errors = spec.local?.path
        ? noBacksteps(spec.local.path, `${path}.path`)
        : [FieldError.required(`${path}.path`)];
      if (!spec.nodeAffinity)
        errors.push(FieldError.required('spec.nodeAffinity', 'Local volume requires node affinity'));
      return errors;
    }
    case 'csi':
      return [
        ...required(spec.csi?.driver, `${path}.driver`),
        ...required(spec.csi?.volumeHandle, `${path}.volumeHandle`),
      ];
    default:
      return [];
  }
}

export function validatePersistentVolumeUpdate(volume: PersistentVolume, old: Stored<PersistentVolume>): Errors {
  const errors = validatePersistentVolume(volume);
  const before = internalVolumeSource(old.spec ?? {});
  const after = internalVolumeSource(volume.spec ?? {});
  if (!deepEqual(before, after)) {
    const text = `spec.persistentvolumesource is immutable after creation\n${jsonDiff(before, after)}`;
    errors.push(FieldError.forbidden('spec.persistentvolumesource', text));
  }
  return [...errors, ...immutable(volume.spec?.volumeMode, old.spec?.volumeMode, 'volumeMode')];
}

export function validatePersistentVolumeClaim(claim: PersistentVolumeClaim): Errors {
  return validateClaimSpec(claim.spec, 'spec');
}

const IMMUTABLE_CLAIM =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export function validatePersistentVolumeClaimUpdate(
  claim: PersistentVolumeClaim,
  old: Stored<PersistentVolumeClaim>,
): Errors {
  const errors = validatePersistentVolumeClaim(claim);
  const before: PersistentVolumeClaimSpec = deepCopy(old.spec ?? {});
  const after: PersistentVolumeClaimSpec = deepCopy(claim.spec ?? {});
  if (!before.volumeName) before.volumeName = after.volumeName;
  // A claim that asked for no class may get one once.
  if (before.storageClassName === undefined && after.storageClassName !== undefined) after.storageClassName = undefined;
  const bound = claim.status?.phase === 'Bound';
  const oldSize = old.spec?.resources?.requests?.['storage'];
  if (bound && after.resources?.requests && oldSize !== undefined) after.resources.requests['storage'] = oldSize;
  if (bound) after.volumeAttributesClassName = before.volumeAttributesClassName;
  if (!deepEqual(after, before)) {
    const text = `${IMMUTABLE_CLAIM}\n${jsonDiff(internalClaimSpec(before), internalClaimSpec(after))}`;
    errors.push(FieldError.forbidden('spec', text));
  }
  const newSize = Quantity.tryFromJson(claim.spec?.resources?.requests?.['storage']) ?? Quantity.zero;
  const smaller = newSize.compare(Quantity.tryFromJson(oldSize) ?? Quantity.zero) < 0;
  const capacity = Quantity.tryFromJson(old.status?.capacity?.['storage']) ?? Quantity.zero;
  if (smaller && newSize.compare(capacity) <= 0) {
    errors.push(FieldError.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  return [...errors, ...immutable(claim.spec?.volumeMode, old.spec?.volumeMode, 'volumeMode')];
}

export function validateStorageClass(storageClass: StorageClass): Errors {
  const { provisioner, reclaimPolicy, volumeBindingMode: mode } = storageClass;
  const errors = required(provisioner, 'provisioner');
  if (provisioner) errors.push(...qualifiedName(provisioner.toLowerCase(), 'provisioner'));
  for (const key of Object.keys(storageClass.parameters ?? {})) {
    if (key === '') errors.push(FieldError.invalid('parameters', key, 'field can not be empty.'));
  }
  errors.push(
    ...optionalOneOf(
      reclaimPolicy || undefined,
      RECLAIM_POLICIES.filter((policy) => policy !== 'Recycle'),
      'reclaimPolicy',
    ),
  );
  if (mode === undefined) errors.push(FieldError.required('volumeBindingMode'));
  errors.push(...optionalOneOf(mode, ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode'));
  for (const [i, term] of (storageClass.allowedTopologies ?? []).entries())
    errors.push(...validateTopologyTerm(term, `allowedTopologies[${i}]`));
  return errors;
}

/** kubernetes: pkg/apis/core/validation/validation.go ValidateTopologySelectorTerm */
function validateTopologyTerm(term: TopologySelectorTerm, path: string): Errors {
  const errors: Errors = [];
  const keys = new Set<string>();
  for (const [j, expression] of (term.matchLabelExpressions ?? []).entries()) {
    const { key = '' } = expression;
    const values = expression.values ?? [];
    const at = `${path}.matchLabelExpressions[${j}]`;
    if (values.length === 0) errors.push(FieldError.required(`${at}.values`));
    for (const [k, value] of values.entries())
      if (values.indexOf(value) < k) errors.push(FieldError.duplicate(`${at}.values[${k}]`, value));
    errors.push(...qualifiedName(key, `${at}.key`));
    if (keys.has(key)) errors.push(FieldError.duplicate(`${at}.key`, key));
    keys.add(key);
  }
  return errors;
}

export function validateStorageClassUpdate(storageClass: StorageClass, old: Stored<StorageClass>): Errors {
  return [
    ...immutable(storageClass.parameters, old.parameters, 'parameters'),
    ...immutable(storageClass.provisioner, old.provisioner, 'provisioner'),
    ...immutable(storageClass.reclaimPolicy, old.reclaimPolicy, 'reclaimPolicy'),
    ...immutable(storageClass.volumeBindingMode, old.volumeBindingMode, 'volumeBindingMode'),
  ];
}

import type { DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource, Volume } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { validateClaimSpec } from './claims.ts';
import { validateFieldRef, validateResourceFieldRef } from './env.ts';
import { dnsLabel, type Errors, optionalOneOf, required } from './field.ts';

// kubernetes: pkg/apis/core/validation/validation.go ValidateVolumes, validateVolumeSource

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const QUALIFIED_NAMES: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

/** kubernetes: validateISCSIVolumeSource, without CHAP */
function validateIscsi(iscsi: Volume['iscsi'], path: string): Errors {
  const { targetPortal, iqn = '', lun = 0 } = iscsi ?? {};
  const errors = [...required(targetPortal, `${path}.targetPortal`), ...required(iqn, `${path}.iqn`)];
  const form = QUALIFIED_NAMES[iqn.slice(0, 3)];
  if (iqn !== '' && !form)
    errors.push(FieldError.invalid(`${path}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa'));
  else if (iqn !== '' && !form?.test(iqn)) errors.push(FieldError.invalid(`${path}.iqn`, iqn, 'must be valid format'));
  if (lun < 0 || lun > 255) errors.push(FieldError.invalid(`${path}.lun`, lun, 'must be between 0 and 255, inclusive'));
  return errors;
}

/** Complaints, and the volumes that have none, by name: only those can be mounted. */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  path: string,
): { errors: Errors; valid: Map<string, Volume> } {
  const errors: Errors = [];
  const valid = new Map<string, Volume>();
  for (const [i, volume] of (volumes ?? []).entries()) {
    const at = `${path}[${i}]`;
    const own = validateVolumeSource(volume, at);
    if (!volume.name) own.push(FieldError.required(`${at}.name`));
    else own.push(...dnsLabel(volume.name, `${at}.name`));
    if (valid.has(volume.name)) own.push(FieldError.duplicate(`${at}.name`, volume.name));
    if (own.length === 0) valid.set(volume.name, volume);
    else errors.push(...own);
  }
  return { errors, valid };
}

type Source = Exclude<keyof Volume, 'name'>;

/** The rules of each kind of volume, in the order in which the server looks at them. Kinds without rules: none. */
const RULES: readonly (readonly [Source, (volume: Volume, path: string) => Errors])[] = [
  [
    'emptyDir',
    ({ emptyDir }, path) => {
      const negative = (Quantity.tryFromJson(emptyDir?.sizeLimit)?.sign ?? 0) < 0;
      return negative
        ? [FieldError.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
        : [];
    },
  ],
  [
    'hostPath',
    ({ hostPath }, path) => {
      if (!hostPath?.path) return [FieldError.required(`${path}.path`)];
      const errors = noBacksteps(hostPath.path, `${path}.path`);
      const type = hostPath.type ?? '';
      if (!HOST_PATH_TYPES.includes(type)) errors.push(FieldError.notSupported(`${path}.type`, type, HOST_PATH_TYPES));
      return errors;
    },
  ],
  ['gitRepo', ({ gitRepo }, path) => required(gitRepo?.repository, `${path}.repository`)],
  ['gcePersistentDisk', () => []],
  ['awsElasticBlockStore', () => []],
  [
    'secret',
    ({ secret }, path) => [
      ...required(secret?.secretName, `${path}.secretName`),
      ...validateMode(secret?.defaultMode, `${path}.defaultMode`),
      ...validateItems(secret?.items, `${path}.items`),
    ],
  ],
  [
    'nfs',
    ({ nfs }, path) => {
      const errors = [...required(nfs?.server, `${path}.server`), ...required(nfs?.path, `${path}.path`)];
      if (!nfs?.path?.startsWith('/'))
        errors.push(FieldError.invalid(`${path}.path`, nfs?.path ?? '', 'must be an absolute path'));
      return errors;
    },
  ],
  ['iscsi', ({ iscsi }, path) => validateIscsi(iscsi, path)],
  ['glusterfs', () => []],
  ['flocker', () => []],
  [
    'persistentVolumeClaim',
    ({ persistentVolumeClaim }, path) => required(persistentVolumeClaim?.claimName, `${path}.claimName`),
  ],
  ['rbd', () => []],
  ['cinder', () => []],
  ['cephfs', () => []],
  ['quobyte', () => []],
  [
    'downwardAPI',
    ({ downwardAPI }, path) => [
      ...validateMode(downwardAPI?.defaultMode, `${path}.defaultMode`),
      ...(downwardAPI?.items ?? []).flatMap((file) => validateDownwardFile(file, path)),
    ],
  ],
  ['fc', () => []],
  ['flexVolume', ({ flexVolume }, path) => required(flexVolume?.driver, `${path}.driver`)],
  [
    'configMap',
    ({ configMap }, path) => [
      ...required(configMap?.name, `${path}.name`),
      ...validateMode(configMap?.defaultMode, `${path}.defaultMode`),
      ...validateItems(configMap?.items, `${path}.items`),
    ],
  ],
  ['azureFile', () => []],
  ['vsphereVolume', () => []],
  ['photonPersistentDisk', () => []],
  ['portworxVolume', () => []],
  ['azureDisk', () => []],
  ['storageos', () => []],
  [
    'projected',
    ({ projected }, path) => [
      ...validateMode(projected?.defaultMode, `${path}.defaultMode`),
      ...validateProjected(projected, path),
    ],
  ],
  ['scaleIO', () => []],
  ['csi', ({ csi }, path) => required(csi?.driver, `${path}.driver`)],
  [
    'ephemeral',
    ({ ephemeral }, path) =>
      ephemeral?.volumeClaimTemplate
        ? validateClaimSpec(ephemeral.volumeClaimTemplate.spec, `${path}.volumeClaimTemplate.spec`)
        : [FieldError.required(`${path}.volumeClaimTemplate`)],
  ],
  [
    'image',
    ({ image }, path) => [
      ...required(image?.reference, `${path}.reference`),
      ...optionalOneOf(image?.pullPolicy, ['Always', 'IfNotPresent', 'Never'], `${path}.pullPolicy`),
    ],
  ],
];

function validateVolumeSource(volume: Volume, path: string): Errors {
  const errors: Errors = [];
  let count = 0;
  for (const [source, rules] of RULES) {
    if (!volume[source]) continue;
    if (count++ > 0) errors.push(FieldError.forbidden(`${path}.${source}`, 'may not specify more than 1 volume type'));
    else errors.push(...rules(volume, `${path}.${source}`));
  }
  if (count === 0) errors.push(FieldError.required(path, 'must specify a volume type'));
  return errors;
}

function validateMode(mode: number | undefined, path: string): Errors {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [FieldError.invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

function validateItems(items: readonly KeyToPath[] | undefined, path: string): Errors {
  return (items ?? []).flatMap((item, i) => validateItem(item, `${path}[${i}]`));
}

function validateItem(item: KeyToPath, path: string): Errors {
  return [
    ...required(item.key, `${path}.key`),
    ...required(item.path, `${path}.path`),
    ...localPath(item.path, `${path}.path`),
    ...validateMode(item.mode, `${path}.mode`),
  ];
}

function validateDownwardFile(file: DownwardAPIVolumeFile, path: string): Errors {
  const errors = [...required(file.path, `${path}.path`), ...localPath(file.path, `${path}.path`)];
  if (file.fieldRef) {
    errors.push(...validateFieldRef(file.fieldRef, `${path}.fieldRef`));
    if (file.resourceFieldRef) {
      errors.push(
        FieldError.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'),
      );
    }
  } else if (file.resourceFieldRef) {
    errors.push(...validateResourceFieldRef(file.resourceFieldRef, `${path}.resourceFieldRef`, true));
  } else errors.push(FieldError.required(path, 'one of fieldRef and resourceFieldRef is required'));
  return [...errors, ...validateMode(file.mode, `${path}.mode`)];
}

function validateProjected(projected: ProjectedVolumeSource | undefined, path: string): Errors {
  const errors: Errors = [];
  const paths = new Set<string>();
  const once = (file: string, shown: string) => {
    if (!file) return;
    if (paths.has(file)) errors.push(FieldError.invalid(path, shown, 'conflicting duplicate paths'));
    paths.add(file);
  };
  for (const [i, source] of (projected?.sources ?? []).entries()) {
    const at = `${path}.sources[${i}]`;
    for (const kind of ['secret', 'configMap'] as const) {
      const given = source[kind];
      if (!given) continue;
      errors.push(...required(given.name, `${at}.${kind}.name`));
      for (const [j, item] of (given.items ?? []).entries()) {
        errors.push(...validateItem(item, `${at}.${kind}.items[${j}]`));
        once(item.path, given.name ?? '');
      }
    }
    for (const file of source.downwardAPI?.items ?? []) {
      errors.push(...validateDownwardFile(file, `${at}.downwardAPI`));
      once(file.path, file.path);
    }
    const token = source.serviceAccountToken;
    if (token) {
      const seconds = token.expirationSeconds ?? 0;
      const expiration = `${at}.serviceAccountToken.expirationSeconds`;
      if (seconds < 600)
        errors.push(FieldError.invalid(expiration, seconds, 'may not specify a duration less than 10 minutes'));
      if (seconds > 2 ** 32)
        errors.push(FieldError.invalid(expiration, seconds, 'may not specify a duration larger than 2^32 seconds'));
      errors.push(...(token.path ? localPath(token.path, `${path}.path`) : required(token.path, `${path}.path`)));
    }
    const kinds = Object.values(source).filter((given) => given !== undefined).length;
    if (kinds > 1) errors.push(FieldError.forbidden(at, 'may not specify more than 1 volume type per source'));
  }
  return errors;
}

/** A path below a directory, without going up. */
export function descendingPath(value: string | undefined, path: string): Errors {
  const errors: Errors = [];
  if (value?.startsWith('/')) errors.push(FieldError.invalid(path, value, 'must be a relative path'));
  return [...errors, ...noBacksteps(value, path)];
}

export function noBacksteps(value: string | undefined, path: string): Errors {
  return value?.split('/').includes('..') ? [FieldError.invalid(path, value, "must not contain '..'")] : [];
}

function localPath(value: string | undefined, path: string): Errors {
  const errors = descendingPath(value, path);
  if (value?.startsWith('..') && !value.startsWith('../'))
    errors.push(FieldError.invalid(path, value, "must not start with '..'"));
  return errors;
}

import { at } from '../../object.ts';
import { BASELINE, badContainers, type Check, type Violation } from './baseline.ts';
import { containersOf, containersText, plural, quoted, records, settersText, strings } from './containers.ts';

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

function isWindows(spec: unknown): boolean {
  return at(spec, 'os', 'name') === 'windows';
}

function allowPrivilegeEscalation(_: unknown, spec: unknown): Violation | undefined {
  if (isWindows(spec)) return undefined;
  const names = badContainers(spec, (context) => at(context, 'allowPrivilegeEscalation') !== false);
  if (names.length === 0) return undefined;
  const detail = `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`;
  return { reason: 'allowPrivilegeEscalation != false', detail };
}

function capabilities(_: unknown, spec: unknown): Violation | undefined {
  if (isWindows(spec)) return undefined;
  const keep = badContainers(spec, (context) => !strings(at(context, 'capabilities', 'drop')).includes('ALL'));
  const adding: string[] = [];
  const forbidden = new Set<string>();
  for (const { name, fields } of containersOf(spec)) {
    const added = strings(at(fields, 'securityContext', 'capabilities', 'add')).filter(
      (one) => one !== 'NET_BIND_SERVICE',
    );
    if (added.length > 0) adding.push(name);
    for (const one of added) forbidden.add(one);
  }
  const parts: string[] = [];
  if (keep.length > 0) parts.push(`${containersText(keep)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const list = quoted([...forbidden].sort());
    parts.push(`${containersText(adding)} must not include ${list} in securityContext.capabilities.add`);
  }
  return parts.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: parts.join('; ') };
}

function volumes(_: unknown, spec: unknown): Violation | undefined {
  const names: string[] = [];
  const types = new Set<string>();
  for (const volume of records(at(spec, 'volumes'))) {
    const type = Object.keys(volume).find((key) => key !== 'name' && volume[key] !== undefined) ?? 'unknown';
    if (VOLUMES.has(type)) continue;
    names.push(String(volume['name']));
    types.add(type);
  }
  if (names.length === 0) return undefined;
  const use = `${plural('volume', 'volumes', names.length)} ${quoted(names)} ${plural('uses', 'use', names.length)}`;
  const detail = `${use} restricted volume ${plural('type', 'types', types.size)} ${quoted([...types].sort())}`;
  return { reason: 'restricted volume types', detail };
}

function runAsNonRoot(_: unknown, spec: unknown): Violation | undefined {
  const own = at(spec, 'securityContext', 'runAsNonRoot');
  const reason = 'runAsNonRoot != true';
  const refusing = badContainers(spec, (context) => at(context, 'runAsNonRoot') === false);
  const silent = badContainers(spec, (context) => at(context, 'runAsNonRoot') === undefined);
  if (refusing.length > 0) {
    return {
      reason,
      detail: `${settersText(own === false, refusing)} must not set securityContext.runAsNonRoot=false`,
    };
  }
  if (silent.length === 0 || own === true) return undefined;
  if (own === false) return { reason, detail: 'pod must not set securityContext.runAsNonRoot=false' };
  return { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` };
}

function runAsUser(_: unknown, spec: unknown): Violation | undefined {
  const pod = at(spec, 'securityContext', 'runAsUser') === 0;
  const names = badContainers(spec, (context) => at(context, 'runAsUser') === 0);
  if (!pod && names.length === 0) return undefined;
  return { reason: 'runAsUser=0', detail: `${settersText(pod, names)} must not set runAsUser=0` };
}

function seccomp(_: unknown, spec: unknown): Violation | undefined {
  if (isWindows(spec)) return undefined;
  const allowed = (type: unknown) => type === 'RuntimeDefault' || type === 'Localhost';
  const typeOf = (context: unknown) => at(context, 'seccompProfile', 'type');
  const own = typeOf(at(spec, 'securityContext'));
  const reason = 'seccompProfile';
  const wrong = badContainers(spec, (context) => typeOf(context) !== undefined && !allowed(typeOf(context)));
  const podWrong = own !== undefined && !allowed(own);
  if (wrong.length > 0 || podWrong) {
    const set = [own, ...containersOf(spec).map(({ fields }) => typeOf(fields['securityContext']))];
    const types = [...new Set(set.filter((type): type is string => typeof type === 'string' && !allowed(type)))].sort();
    return {
      reason,
      detail: `${settersText(podWrong, wrong)} must not set securityContext.seccompProfile.type to ${quoted(types)}`,
    };
  }
  const silent = badContainers(spec, (context) => typeOf(context) === undefined);
  if (own !== undefined || silent.length === 0) return undefined;
  const must = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return { reason, detail: `pod or ${containersText(silent)} ${must}` };
}

/** Baseline's checks that a stricter one takes the place of. */
const REPLACED = new Set(['capabilities_baseline', 'hostPathVolumes', 'seccompProfile_baseline']);

export const RESTRICTED: readonly Check[] = [
  ...BASELINE.filter(({ id }) => !REPLACED.has(id)),
  { id: 'allowPrivilegeEscalation', test: allowPrivilegeEscalation },
  { id: 'capabilities_restricted', test: capabilities },
  { id: 'restrictedVolumes', test: volumes },
  { id: 'runAsNonRoot', test: runAsNonRoot },
  { id: 'runAsUser', test: runAsUser },
  { id: 'seccompProfile_restricted', test: seccomp },
];

import { at } from '../../object.ts';
import { containersOf, containersText, plural, quoted, records, settersText, strings } from './containers.ts';

/** Why a Pod is not allowed: `privileged`, and what exactly is wrong. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** A rule of the Pod Security Standards. It gets the Pod's metadata and spec. */
export interface Check {
  readonly id: string;
  readonly test: (metadata: unknown, spec: unknown) => Violation | undefined;
}

const CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** Names of the containers whose securityContext is wrong. */
export function badContainers(spec: unknown, bad: (securityContext: unknown) => boolean): string[] {
  return containersOf(spec)
    .filter(({ fields }) => bad(fields['securityContext']))
    .map(({ name }) => name);
}

function appArmor(metadata: unknown, spec: unknown): Violation | undefined {
  const unconfined = (context: unknown) => at(context, 'appArmorProfile', 'type') === 'Unconfined';
  const pod = unconfined(at(spec, 'securityContext'));
  const names = badContainers(spec, unconfined);
  const wrong: string[] = [];
  for (const [key, value] of Object.entries((at(metadata, 'annotations') ?? {}) as object).sort()) {
    const allowed = value === '' || value === 'runtime/default' || String(value).startsWith('localhost/');
    if (key.startsWith(APPARMOR) && !allowed) wrong.push(`${key}="${value}"`);
  }
  if (!pod && names.length === 0 && wrong.length === 0) return undefined;
  const parts =
    pod || names.length > 0 ? [`${settersText(pod, names)} must not set AppArmor profile type to "Unconfined"`] : [];
  if (wrong.length > 0) {
    parts.push(`${plural('annotation', 'annotations', wrong.length)} ${wrong.join(', ')}`);
  }
  const count = wrong.length + names.length + (pod ? 1 : 0);
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', count),
    detail: parts.join(' and '),
  };
}

function capabilities(_: unknown, spec: unknown): Violation | undefined {
  const names: string[] = [];
  const forbidden = new Set<string>();
  for (const { name, fields } of containersOf(spec)) {
    const added = strings(at(fields, 'securityContext', 'capabilities', 'add')).filter((one) => !CAPABILITIES.has(one));
    if (added.length === 0) continue;
    names.push(name);
    for (const one of added) forbidden.add(one);
  }
  if (names.length === 0) return undefined;
  const detail = `${containersText(names)} must not include ${quoted([...forbidden].sort())} in securityContext.capabilities.add`;
  return { reason: 'non-default capabilities', detail };
}

function hostNamespaces(_: unknown, spec: unknown): Violation | undefined {
  const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => at(spec, field) === true);
  if (set.length === 0) return undefined;
  return { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') };
}

function hostPath(_: unknown, spec: unknown): Violation | undefined {
  const names = records(at(spec, 'volumes'))
    .filter((volume) => volume['hostPath'])
    .map((volume) => String(volume['name']));
  if (names.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}` };
}

function hostPorts(_: unknown, spec: unknown): Violation | undefined {
  const names: string[] = [];
  const ports = new Set<string>();
  for (const { name, fields } of containersOf(spec)) {
    const used = records(fields['ports']).filter((port) => Number(port['hostPort'] ?? 0) !== 0);
    if (used.length === 0) continue;
    names.push(name);
    for (const port of used) ports.add(String(port['hostPort']));
  }
  if (names.length === 0) return undefined;
  const uses = plural('uses', 'use', names.length);
  const list = [...ports].sort();
  return {
    reason: 'hostPort',
    detail: `${containersText(names)} ${uses} ${plural('hostPort', 'hostPorts', list.length)} ${list.join(', ')}`,
  };
}

const HANDLERS = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
] as const;

function hostProbes(_: unknown, spec: unknown): Violation | undefined {
  const names: string[] = [];
  const hosts = new Set<string>();
  for (const { name, fields } of containersOf(spec)) {
    const found = HANDLERS.flatMap((path) =>
      ['httpGet', 'tcpSocket'].map((kind) => at(fields, ...path, kind, 'host')),
    ).filter(
      (host): host is string => typeof host === 'string' && host !== '' && host !== '127.0.0.1' && host !== '::1',
    );
    if (found.length === 0) continue;
    names.push(name);
    for (const host of found) hosts.add(host);
  }
  if (names.length === 0) return undefined;
  const list = [...hosts].sort();
  const uses = plural('uses', 'use', names.length);
  const detail = `${containersText(names)} ${uses} probe or lifecycle ${plural('host', 'hosts', list.length)} ${quoted(list)}`;
  return { reason: 'probe or lifecycle host', detail };
}

function privileged(_: unknown, spec: unknown): Violation | undefined {
  const names = badContainers(spec, (context) => at(context, 'privileged') === true);
  if (names.length === 0) return undefined;
  return { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` };
}

function procMount(_: unknown, spec: unknown): Violation | undefined {
  if (at(spec, 'hostUsers') === false) return undefined;
  const names = badContainers(spec, (context) => (at(context, 'procMount') ?? 'Default') !== 'Default');
  if (names.length === 0) return undefined;
  const types = containersOf(spec)
    .map(({ fields }) => at(fields, 'securityContext', 'procMount'))
    .filter((type): type is string => typeof type === 'string' && type !== 'Default');
  const detail = `${containersText(names)} must not set securityContext.procMount to ${quoted([...new Set(types)].sort())}`;
  return { reason: 'procMount', detail };
}

function seLinux(_: unknown, spec: unknown): Violation | undefined {
  const types = new Set<string>();
  let user = false;
  let role = false;
  const wrong = (context: unknown): boolean => {
    const options = at(context, 'seLinuxOptions');
    const type = String(at(options, 'type') ?? '');
    const badType = !SELINUX_TYPES.has(type);
    if (badType) types.add(type);
    const hasUser = Boolean(at(options, 'user'));
    const hasRole = Boolean(at(options, 'role'));
    user ||= hasUser;
    role ||= hasRole;
    return badType || hasUser || hasRole;
  };
  const pod = wrong(at(spec, 'securityContext'));
  const names = badContainers(spec, wrong);
  if (!pod && names.length === 0) return undefined;
  const parts: string[] = [];
  if (types.size > 0) parts.push(`${plural('type', 'types', types.size)} ${quoted([...types].sort())}`);
  if (user) parts.push('user may not be set');
  if (role) parts.push('role may not be set');
  const set = plural('sets', 'set', names.length + (pod ? 1 : 0));
  return {
    reason: 'seLinuxOptions',
    detail: `${settersText(pod, names)} ${set} forbidden securityContext.seLinuxOptions: ${parts.join('; ')}`,
  };
}

function seccomp(_: unknown, spec: unknown): Violation | undefined {
  const unconfined = (context: unknown) => at(context, 'seccompProfile', 'type') === 'Unconfined';
  const pod = unconfined(at(spec, 'securityContext'));
  const names = badContainers(spec, unconfined);
  if (!pod && names.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `${settersText(pod, names)} must not set securityContext.seccompProfile.type to "Unconfined"`,
  };
}

function sysctls(_: unknown, spec: unknown): Violation | undefined {
  const names = records(at(spec, 'securityContext', 'sysctls'))
    .map((sysctl) => String(sysctl['name']))
    .filter((name) => !SYSCTLS.has(name));
  return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') };
}

function hostProcess(_: unknown, spec: unknown): Violation | undefined {
  const set = (context: unknown) => at(context, 'windowsOptions', 'hostProcess') === true;
  const pod = set(at(spec, 'securityContext'));
  const names = badContainers(spec, set);
  if (!pod && names.length === 0) return undefined;
  return {
    reason: 'hostProcess',
    detail: `${settersText(pod, names)} must not set securityContext.windowsOptions.hostProcess=true`,
  };
}

/** In the order in which they are told. kubernetes: pod-security-admission/policy/registry.go */
export const BASELINE: readonly Check[] = [
  { id: 'appArmorProfile', test: appArmor },
  { id: 'capabilities_baseline', test: capabilities },
  { id: 'hostNamespaces', test: hostNamespaces },
  { id: 'hostPathVolumes', test: hostPath },
  { id: 'hostPorts', test: hostPorts },
  { id: 'hostProbesAndHostLifecycle', test: hostProbes },
  { id: 'privileged', test: privileged },
  { id: 'procMount', test: procMount },
  { id: 'seLinuxOptions', test: seLinux },
  { id: 'seccompProfile_baseline', test: seccomp },
  { id: 'sysctls', test: sysctls },
  { id: 'windowsHostProcess', test: hostProcess },
];

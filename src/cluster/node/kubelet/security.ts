import { DEFAULT_CAPABILITIES } from '../../../world/files/capabilities.ts';
import type { Credentials } from '../../../world/process.ts';
import type { Stored } from '../../api/object.ts';
import type { Container, Pod } from '../../api/types.generated.ts';
import type { Image } from '../images/catalog.ts';
import { ConfigError } from './environment.ts';

/** containerd: oci.WithDefaultUnixDevices' set of capabilities; CRI-O leaves some of them out. */
export const RUNTIME_CAPABILITIES: readonly string[] =
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'.split(
    ' ',
  );

/** Who the processes of a container are. Raises ConfigError. kubernetes: kuberuntime/security_context.go */
export function credentialsOf(
  pod: Stored<Pod>,
  spec: Container,
  image: Image,
  runtimeCapabilities: readonly string[] = RUNTIME_CAPABILITIES,
): Credentials {
  const own = spec.securityContext;
  const shared = pod.spec?.securityContext;
  const imageUser = /^\d+$/.test(image.config.user ?? '') ? Number(image.config.user) : undefined;
  const uid = own?.runAsUser ?? shared?.runAsUser ?? imageUser ?? 0;
  const gid = own?.runAsGroup ?? shared?.runAsGroup ?? 0;
  if (own?.runAsNonRoot ?? shared?.runAsNonRoot) mustNotBeRoot(pod, spec, image, uid, imageUser);
  const extra = [...(shared?.supplementalGroups ?? []), ...(shared?.fsGroup === undefined ? [] : [shared.fsGroup])];
  const noNewPrivileges = own?.allowPrivilegeEscalation === false;
  return {
    uid,
    gid,
    groups: [...new Set([gid, ...extra])].sort((a, b) => a - b),
    capabilities: capabilitiesOf(spec, runtimeCapabilities),
    ...(noNewPrivileges ? { noNewPrivileges } : {}),
    ...(isFiltered(pod, spec) ? { seccomp: true } : {}),
  };
}

/** kubernetes: pkg/kubelet/kuberuntime/helpers.go getSeccompProfile; a privileged container has no filter */
function seccompOf(pod: Stored<Pod>, { securityContext }: Container) {
  if (securityContext?.privileged) return undefined;
  return securityContext?.seccompProfile ?? pod.spec?.securityContext?.seccompProfile;
}

function isFiltered(pod: Stored<Pod>, spec: Container): boolean {
  const type = seccompOf(pod, spec)?.type;
  return type === 'RuntimeDefault' || type === 'Localhost';
}

/** Where kubelets look for the profiles that Pods name. */
const SECCOMP_ROOT = '/var/lib/kubelet/seccomp';

/** The profile of its own that a container names has to lie on the node. Raises ConfigError. */
export function mustHaveProfile(pod: Stored<Pod>, spec: Container, exists: (path: string) => boolean): void {
  const profile = seccompOf(pod, spec);
  if (profile?.type !== 'Localhost') return;
  const path = `${SECCOMP_ROOT}/${profile.localhostProfile ?? ''}`;
  if (exists(path)) return;
  const why = `cannot load seccomp profile ${JSON.stringify(path)}: open ${path}: no such file or directory`;
  throw new ConfigError(`failed to create containerd container: ${why}`, 'CreateContainerError');
}

/** containerd: internal/cri/server/container_create_linux.go setOCICapabilities */
function capabilitiesOf(spec: Container, runtimeCapabilities: readonly string[]): ReadonlySet<string> {
  if (spec.securityContext?.privileged) return DEFAULT_CAPABILITIES;
  const { add = [], drop = [] } = spec.securityContext?.capabilities ?? {};
  const upper = (names: readonly string[]) => names.map((name) => name.toUpperCase().replace(/^CAP_/, ''));
  const added = upper(add);
  const dropped = upper(drop);
  const result = new Set(added.includes('ALL') ? DEFAULT_CAPABILITIES : runtimeCapabilities);
  if (dropped.includes('ALL')) result.clear();
  for (const name of added) if (name !== 'ALL') result.add(name);
  for (const name of dropped) result.delete(name);
  return result;
}

function mustNotBeRoot(
  pod: Stored<Pod>,
  spec: Container,
  image: Image,
  uid: number,
  imageUser: number | undefined,
): void {
  if (uid !== 0) return;
  const own = spec.securityContext?.runAsUser;
  const shared = pod.spec?.securityContext?.runAsUser;
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${spec.name})`;
  if (image.config.user && imageUser === undefined && own === undefined && shared === undefined) {
    throw new ConfigError(
      `container has runAsNonRoot and image has non-numeric user (${image.config.user}), cannot verify user is non-root ${where}`,
    );
  }
  if (own === 0 || shared === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${where}`);
  throw new ConfigError(`container has runAsNonRoot and image will run as root ${where}`);
}

/** Groups that a container's processes are in beside their own, as the status says them. */
export function groupsOf(pod: Stored<Pod>, gid: number): number[] {
  const shared = pod.spec?.securityContext;
  const all = [gid, ...(shared?.supplementalGroups ?? []), ...(shared?.fsGroup === undefined ? [] : [shared.fsGroup])];
  return [...new Set(all)].sort((a, b) => a - b);
}

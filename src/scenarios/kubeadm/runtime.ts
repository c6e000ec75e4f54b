import { RUNTIME_CAPABILITIES } from '../../cluster/node/kubelet/security.ts';
import type { Machine } from '../../world/machine.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { untilStopped } from '../control-plane.ts';

/** The container runtime of a node. */
export interface RuntimeChoice {
  /** Its unit, without `.service`. */
  readonly unit: 'containerd' | 'crio' | 'docker';
  readonly socket: string;
  readonly version: string;
  /** What it lets root of a container do, as read when it started. */
  capabilities: readonly string[];
}

/** `containerd://2.1.4`, `cri-o://1.36.0`, `docker://28.4.0`. */
export function runtimeOf(text: string): RuntimeChoice {
  const [name = '', version = ''] = text.split('://');
  if (name === 'docker')
    return { unit: 'docker', socket: '/var/run/cri-dockerd.sock', version, capabilities: RUNTIME_CAPABILITIES };
  return name === 'cri-o'
    ? { unit: 'crio', socket: '/var/run/crio/crio.sock', version, capabilities: CRIO_CAPABILITIES }
    : { unit: 'containerd', socket: '/run/containerd/containerd.sock', version, capabilities: RUNTIME_CAPABILITIES };
}

/** cri-o: internal/config/capabilities/capabilities_linux.go; NET_RAW is not among them. */
const CRIO_CAPABILITIES = 'CHOWN DAC_OVERRIDE FSETID FOWNER SETGID SETUID SETPCAP NET_BIND_SERVICE KILL'.split(' ');

/** Why nobody can connect to the socket of the runtime; undefined when one can. */
export function socketProblem(machine: Machine, unit: string): string | undefined {
  const service = machine.units.find(unit);
  if (service?.state === 'active') return undefined;
  // Its socket goes with a runtime that ends in order, and stays when it was killed.
  return service?.lastStatus?.kind === 'killed' ? 'connection refused' : 'no such file or directory';
}

/** What gRPC says of a call to the runtime. */
export function runtimeError(machine: Machine, { unit, socket }: RuntimeChoice): string | undefined {
  const problem = socketProblem(machine, unit);
  return (
    problem &&
    `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${socket}: connect: ${problem}"`
  );
}

/** What a call to an endpoint fails with that somebody has written down: the runtime's own, or one that is not there. */
export function endpointError(machine: Machine, runtime: RuntimeChoice, endpoint: string): string | undefined {
  const path = endpoint.replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/');
  if (path === runtime.socket.replace(/^\/var\/run\//, '/run/')) return runtimeError(machine, runtime);
  return `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${endpoint.replace(/^unix:\/\//, '')}: connect: no such file or directory"`;
}

const CRIO_CONF = `# The CRI-O configuration file specifies all of the available configuration
# options and command-line flags for the crio(8) OCI Kubernetes Container Runtime
# daemon, but in a TOML format that can be more easily modified and versioned.

[crio]

[crio.api]
listen = "/var/run/crio/crio.sock"

[crio.runtime]
conmon_cgroup = "pod"
cgroup_manager = "systemd"

# List of default capabilities for containers. If it is empty or commented out,
# only the capabilities defined in the containers json file by the user/kube
# will be added.
default_capabilities = [
${CRIO_CAPABILITIES.map((name) => `\t"${name}",\n`).join('')}]

# List of default sysctls.
default_sysctls = [
]

[crio.image]
pause_image = "registry.k8s.io/pause:3.10.2"

[crio.network]
network_dir = "/etc/cni/net.d/"
plugin_dirs = [
\t"/opt/cni/bin",
]
`;

const TEN_CRIO = `[crio.image]
signature_policy = "/etc/crio/policy.json"

[crio.runtime]
default_runtime = "crun"

[crio.runtime.runtimes.crun]
runtime_path = "/usr/libexec/crio/crun"
monitor_path = "/usr/libexec/crio/conmon"
`;

/** Files and unit of the runtime. */
export function addRuntime(machine: Machine, runtime: RuntimeChoice): void {
  const { files } = machine;
  const endpoint = `unix://${runtime.socket}`;
  files.writeFile(
    '/etc/crictl.yaml',
    `runtime-endpoint: ${endpoint}\nimage-endpoint: ${endpoint}\ntimeout: 2\ndebug: false\n`,
  );
  if (runtime.unit === 'containerd') {
    addUnit(machine, 'containerd', 'containerd container runtime', 'https://containerd.io', untilStopped);
    return;
  }
  if (runtime.unit === 'docker') {
    addUnit(machine, 'docker', 'Docker Application Container Engine', 'https://docs.docker.com', untilStopped);
    return;
  }
  files.makeDirectories('/etc/crio/crio.conf.d');
  files.writeFile('/etc/crio/crio.conf', CRIO_CONF);
  files.writeFile('/etc/crio/crio.conf.d/10-crio.conf', TEN_CRIO);
  files.writeFile('/etc/crio/policy.json', '{ "default": [{ "type": "insecureAcceptAnything" }] }\n');
  const description = 'Container Runtime Interface for OCI (CRI-O)';
  addUnit(machine, 'crio', description, 'https://github.com/cri-o/cri-o', function* (process) {
    const given = configuredCapabilities(machine);
    if (typeof given === 'string') {
      yield* process.printError(`time="${stamp(process.now)}" level=fatal msg="${given}"\n`);
      return 1;
    }
    runtime.capabilities = given;
    yield* process.printError(
      `time="${stamp(process.now)}" level=info msg="Starting CRI-O, version: ${runtime.version}, git: unknown(clean)"\n`,
    );
    return yield* untilStopped(process);
  });
}

const stamp = (now: number) => `${new Date(now).toISOString().slice(0, 19)}Z`;

function addUnit(
  machine: Machine,
  name: string,
  description: string,
  documentation: string,
  main: (process: Process) => Task<number>,
): void {
  const path = `/usr/lib/systemd/system/${name}.service`;
  machine.files.makeDirectories('/usr/lib/systemd/system');
  machine.files.writeFile(
    path,
    `[Unit]\nDescription=${description}\nDocumentation=${documentation}\nAfter=network-online.target\n\n[Service]\nType=notify\nExecStart=/usr/bin/${name}\nRestart=always\nRestartSec=5\nOOMScoreAdjust=-999\n\n[Install]\nWantedBy=multi-user.target\n`,
  );
  machine.units.add({
    name: `${name}.service`,
    description,
    argv: [`/usr/bin/${name}`],
    path,
    documentation,
    restartDelay: 5000,
    main,
  });
}

/** default_capabilities of crio.conf and what lies in crio.conf.d, the last one given; a text says why CRI-O does not start. */
function configuredCapabilities(machine: Machine): readonly string[] | string {
  const { files } = machine;
  const folder = '/etc/crio/crio.conf.d';
  const more =
    files.tryStat(folder)?.kind === 'directory' ? files.readDirectory(folder).map((name) => `${folder}/${name}`) : [];
  let found: readonly string[] = CRIO_CAPABILITIES;
  for (const path of ['/etc/crio/crio.conf', ...more]) {
    if (files.tryStat(path)?.kind !== 'file') continue;
    const text = files.readText(path).replace(/^\s*#.*$/gm, '');
    const begins = /^\s*default_capabilities\s*=\s*\[/m.exec(text);
    if (!begins) continue;
    const list = /^\s*default_capabilities\s*=\s*\[([^\]]*)\]/m.exec(text)?.[1];
    if (list === undefined)
      return `decoding configuration file ${path}: toml: expected a comma or array terminator ']'`;
    const rest = list
      .replace(/"[^"\n]*"/g, '')
      .replace(/#.*$/gm, '')
      .replace(/[\s,]/g, '');
    if (rest !== '')
      return `decoding configuration file ${path}: toml: expected value but found ${JSON.stringify(rest.slice(0, 10))} instead`;
    found = [...list.matchAll(/"([^"\n]*)"/g)].map(([, name = '']) => name.replace(/^CAP_/, ''));
  }
  return found;
}

import type { Task } from '../../world/task.ts';
import { type Context, fill } from './context.ts';
import { value } from './flags.ts';

const VERSION = '28.2.2';
const API_VERSION = '1.50';

/** docker version, as far as this world has something to say. */
export function* version(context: Context): Task<number> {
  const { process, line, engine } = context;
  const common = { Version: VERSION, ApiVersion: API_VERSION, Os: 'linux', Arch: 'amd64' };
  const kernel = engine.machine.facts.get('kernel') ?? '';
  const format = value(line, 'format');
  if (format !== undefined) {
    const data = { Client: common, Server: { ...common, MinAPIVersion: '1.24', KernelVersion: kernel } };
    yield* process.print(format === 'json' ? `${JSON.stringify(data)}\n` : `${fill(context, format, data)}\n`);
    return 0;
  }
  yield* process.print(`Client: Docker Engine - Community
 Version:           ${VERSION}
 API version:       ${API_VERSION}
 Go version:        go1.24.3
 Git commit:        e6534b4
 Built:             Fri May 30 12:07:14 2025
 OS/Arch:           linux/amd64
 Context:           default

Server: Docker Engine - Community
 Engine:
  Version:          ${VERSION}
  API version:      ${API_VERSION} (minimum version 1.24)
  OS/Arch:          linux/amd64
  Experimental:     false
`);
  return 0;
}

/** docker info, as far as this world has something to say. */
export function* info(context: Context): Task<number> {
  const { process, engine, line } = context;
  const { facts, hostname } = engine.machine;
  const running = engine.containers.filter((one) => one.running).length;
  const data = {
    Containers: engine.containers.length,
    ContainersRunning: running,
    ContainersPaused: 0,
    ContainersStopped: engine.containers.length - running,
    Images: engine.images.size,
    ServerVersion: VERSION,
    Driver: 'overlay2',
    LoggingDriver: 'json-file',
    CgroupDriver: 'systemd',
    CgroupVersion: '2',
    KernelVersion: facts.get('kernel') ?? '',
    OperatingSystem: facts.get('os') ?? '',
    OSType: 'linux',
    Architecture: 'x86_64',
    Name: hostname,
    DockerRootDir: '/var/lib/docker',
  };
  const format = value(line, 'format');
  if (format !== undefined) {
    yield* process.print(format === 'json' ? `${JSON.stringify(data)}\n` : `${fill(context, format, data)}\n`);
    return 0;
  }
  yield* process.print(`Client: Docker Engine - Community
 Version:    ${VERSION}
 Context:    default
 Debug Mode: false

Server:
 Containers: ${data.Containers}
  Running: ${running}
  Paused: 0
  Stopped: ${data.ContainersStopped}
 Images: ${data.Images}
 Server Version: ${VERSION}
 Storage Driver: ${data.Driver}
 Logging Driver: ${data.LoggingDriver}
 Cgroup Driver: ${data.CgroupDriver}
 Cgroup Version: ${data.CgroupVersion}
 Plugins:
  Network: bridge host null
 Kernel Version: ${data.KernelVersion}
 Operating System: ${data.OperatingSystem}
 OSType: ${data.OSType}
 Architecture: ${data.Architecture}
 Name: ${hostname}
 Docker Root Dir: ${data.DockerRootDir}
`);
  return 0;
}

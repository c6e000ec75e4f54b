import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Image } from '../../cluster/node/images/catalog.ts';
import type { ContainerRecord } from './container-record.ts';
import { goTime } from './context.ts';
import type { DockerEngine } from './engine.ts';
import type { Attachment, DockerNetwork } from './network.ts';

// What `docker inspect` shows. moby: api/types/container, api/types/network

const endpointId = (engine: DockerEngine, record: ContainerRecord, network: DockerNetwork) =>
  engine.machine.world.random.fork(`endpoint/${record.id}/${network.id}`).hex(64);

export function inspectContainer(engine: DockerEngine, record: ContainerRecord): JsonObject {
  const { plan, run } = record;
  const [path = '', ...args] = record.argv;
  const folder = `/var/lib/docker/containers/${record.id}`;
  return {
    Id: record.id,
    Created: goTime(record.created),
    Path: path,
    Args: args,
    State: {
      Status: record.state,
      Running: record.running,
      Paused: false,
      Restarting: false,
      OOMKilled: run?.outOfMemory === true,
      Dead: false,
      ExitCode: record.exitCode,
      Error: record.error,
      StartedAt: goTime(run?.startedAt ?? 0),
      FinishedAt: goTime(run?.finishedAt ?? 0),
    },
    Image: plan.image.digest,
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: `${folder}/${record.id}-json.log`,
    Name: `/${record.name}`,
    RestartCount: 0,
    Driver: 'overlay2',
    Platform: 'linux',
    HostConfig: hostConfig(record),
    Mounts: plan.mounts.map((mount) => ({
      Type: mount.from.startsWith('/var/lib/docker/volumes/') ? 'volume' : 'bind',
      Source: mount.from,
      Destination: mount.path,
      Mode: mount.readOnly ? 'ro' : '',
      RW: !mount.readOnly,
    })),
    Config: {
      Hostname: engine.hostnameOf(record),
      User: plan.user === 0 ? '' : String(plan.user),
      AttachStdin: plan.stdin,
      Tty: plan.tty,
      OpenStdin: plan.stdin,
      StdinOnce: plan.stdin,
      Env: [...plan.env, ...Object.entries(plan.image.config.env ?? {}).map((pair) => pair.join('='))],
      Cmd: plan.command.length > 0 ? [...plan.command] : [...(plan.image.config.command ?? [])],
      Image: plan.imageName,
      WorkingDir: plan.workingDirectory ?? plan.image.config.workingDirectory ?? '',
      Entrypoint:
        plan.entrypoint || plan.image.config.entrypoint
          ? [...(plan.entrypoint ?? plan.image.config.entrypoint ?? [])]
          : null,
      Labels: {},
    },
    NetworkSettings: networkSettings(engine, record),
  };
}

function hostConfig({ plan }: ContainerRecord): JsonObject {
  const bindings: JsonObject = {};
  for (const { port, protocol, hostAddress, hostPort } of plan.ports)
    bindings[`${port}/${protocol}`] = [
      { HostIp: hostAddress === '0.0.0.0' ? '' : hostAddress, HostPort: hostPort === 0 ? '' : String(hostPort) },
    ];
  return {
    Binds: plan.binds.length > 0 ? [...plan.binds] : null,
    NetworkMode: plan.networkMode === 'default' ? 'bridge' : plan.networkMode,
    PortBindings: bindings,
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    AutoRemove: plan.autoRemove,
    Privileged: plan.privileged,
  };
}

function networkSettings(engine: DockerEngine, record: ContainerRecord): JsonObject {
  const ports: JsonObject = {};
  for (const { port, protocol, hostAddress, hostPort } of record.published)
    ports[`${port}/${protocol}`] = [{ HostIp: hostAddress, HostPort: String(hostPort) }];
  const networks: JsonObject = {};
  for (const [name, attachment] of record.networks)
    networks[name] = endpoint(engine, record, engine.network(name), attachment);
  const bridge = record.networks.get('bridge');
  const legacy = bridge ? endpoint(engine, record, engine.network('bridge'), bridge) : undefined;
  return {
    SandboxID: record.sandbox ? engine.machine.world.random.fork(`sandbox/${record.id}`).hex(64) : '',
    Ports: ports,
    Gateway: legacy?.['Gateway'] ?? '',
    IPAddress: legacy?.['IPAddress'] ?? '',
    IPPrefixLen: legacy?.['IPPrefixLen'] ?? 0,
    MacAddress: legacy?.['MacAddress'] ?? '',
    Networks: networks,
  };
}

function endpoint(
  engine: DockerEngine,
  record: ContainerRecord,
  network: DockerNetwork,
  attachment: Attachment | undefined,
): JsonObject {
  const live = attachment !== undefined || (record.running && network.driver !== 'bridge');
  return {
    Aliases: record.plan.aliases.length > 0 ? [...record.plan.aliases] : null,
    MacAddress: attachment?.mac ?? '',
    NetworkID: network.id,
    EndpointID: live ? endpointId(engine, record, network) : '',
    Gateway: attachment ? network.gateway : '',
    IPAddress: attachment?.address ?? '',
    IPPrefixLen: attachment ? (network.range?.prefix ?? 0) : 0,
    DNSNames: network.resolvesNames ? [record.name, ...record.plan.aliases, record.shortId] : null,
  };
}

export function inspectNetwork(engine: DockerEngine, network: DockerNetwork): JsonObject {
  const containers: JsonObject = {};
  for (const record of engine.containers) {
    const attachment = record.networks.get(network.name);
    if (!record.running || !record.networks.has(network.name)) continue;
    containers[record.id] = {
      Name: record.name,
      EndpointID: endpointId(engine, record, network),
      MacAddress: attachment?.mac ?? '',
      IPv4Address: attachment ? `${attachment.address}/${network.range?.prefix}` : '',
      IPv6Address: '',
    };
  }
  return {
    Name: network.name,
    Id: network.id,
    Created: goTime(network.created),
    Scope: 'local',
    Driver: network.driver,
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: {
      Driver: 'default',
      Options: network.driver === 'bridge' && network.name !== 'bridge' ? {} : null,
      Config: network.range ? [{ Subnet: network.subnet, Gateway: network.gateway }] : null,
    },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: containers,
    Options: { ...network.options },
    Labels: {},
  };
}

export function inspectImage(full: string, image: Image): JsonObject {
  const { entrypoint, command, env, workingDirectory, user } = image.config;
  return {
    Id: image.digest,
    RepoTags: [full],
    RepoDigests: [`${full.replace(/:[^:/]+$/, '')}@${image.digest}`],
    Config: {
      User: user ?? '',
      Env: Object.entries(env ?? {}).map((pair) => pair.join('=')),
      Cmd: command ? [...command] : null,
      WorkingDir: workingDirectory ?? '',
      Entrypoint: entrypoint ? [...entrypoint] : null,
    },
    Architecture: 'amd64',
    Os: 'linux',
    Size: image.size,
  };
}

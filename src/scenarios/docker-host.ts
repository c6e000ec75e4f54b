import type { ImageCatalog } from '../cluster/node/images/catalog.ts';
import { compileTemplate } from '../kubectl/printers/go-template/index.ts';
import { dockerProgram } from '../programs/docker/docker.ts';
import { DockerEngine } from '../programs/docker/engine.ts';
import { sshdUnit } from '../programs/ssh/sshd.ts';
import type { Machine } from '../world/machine.ts';
import { ProgramTable } from '../world/program.ts';
import type { World } from '../world/world.ts';
import { untilStopped } from './control-plane.ts';
import { linuxLayer } from './linux-layer.ts';

export interface DockerHostOptions {
  readonly name: string;
  readonly address: string;
  /** Its way out. */
  readonly gateway: string;
  /** /etc/hosts beside localhost. */
  readonly hosts: string;
  readonly catalog: ImageCatalog;
  /** What runs in containers. */
  readonly programs: ProgramTable;
}

/** What docker's templates have beside Go's own functions. cli: templates/templates.go */
const TEMPLATE_FUNCTIONS = {
  json: ([value]: readonly unknown[]) => JSON.stringify(value ?? null),
  join: ([list, separator]: readonly unknown[]) =>
    Array.isArray(list) ? list.map(String).join(String(separator)) : '',
  lower: ([text]: readonly unknown[]) => String(text).toLowerCase(),
  upper: ([text]: readonly unknown[]) => String(text).toUpperCase(),
  split: ([text, separator]: readonly unknown[]) => String(text).split(String(separator)),
};

export const compileDockerTemplate = (name: string, text: string) => compileTemplate(name, text, TEMPLATE_FUNCTIONS);

/** A plain Docker host in the network of the data centre: no cluster knows of it. */
export function addDockerHost(world: World, options: DockerHostOptions): Machine {
  const programs = new ProgramTable(world.programs);
  programs.add(dockerProgram((asking) => (asking === machine ? engine : undefined), compileDockerTemplate));
  const machine: Machine = world.addMachine({
    hostname: options.name,
    protectsInit: true,
    image: linuxLayer(
      programs.names().filter((name) => name !== 'kubectl'),
      world.now,
    ),
    programs,
    facts: { os: 'Ubuntu 24.04.2 LTS', kernel: '6.8.0-71-generic', arch: 'x86_64' },
  });
  const engine = new DockerEngine(machine, options);
  world.network.attach(options.address, machine.network);
  const link = machine.network.link('eth0');
  if (link) machine.network.routes.add({ network: 0, prefix: 0, via: options.gateway, link });
  const { files } = machine;
  files.settings = true;
  files.writeFile('/etc/hostname', `${options.name}\n`);
  files.writeFile('/etc/hosts', `127.0.0.1 localhost\n${options.hosts}`);
  files.writeFile('/etc/resolv.conf', `nameserver ${options.gateway}\n`);
  const path = '/usr/lib/systemd/system/docker.service';
  files.makeDirectories('/usr/lib/systemd/system');
  files.writeFile(
    path,
    '[Unit]\nDescription=Docker Application Container Engine\nDocumentation=https://docs.docker.com\nAfter=network-online.target\n\n[Service]\nType=notify\nExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock\nRestart=always\nRestartSec=2\n\n[Install]\nWantedBy=multi-user.target\n',
  );
  machine.units.add({
    name: 'docker.service',
    description: 'Docker Application Container Engine',
    argv: ['/usr/bin/dockerd', '-H', 'fd://', '--containerd=/run/containerd/containerd.sock'],
    path,
    documentation: 'https://docs.docker.com',
    restartDelay: 2_000,
    *main(process) {
      engine.start();
      try {
        return yield* untilStopped(process);
      } finally {
        engine.stop();
      }
    },
  });
  machine.spawn({ argv: ['/sbin/init'], main: (init) => untilStopped(init), session: { tty: undefined } });
  machine.skipPids(640);
  machine.units.add(sshdUnit).start();
  machine.units.find('docker')?.start();
  return machine;
}

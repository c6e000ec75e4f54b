import { ImageCatalog } from '../../cluster/node/images/catalog.ts';
import { dockerProgram } from '../../programs/docker/docker.ts';
import { DockerEngine } from '../../programs/docker/engine.ts';
import type { PrivateRegistry } from '../../programs/docker/registry.ts';
import type { Machine } from '../../world/machine.ts';
import type { World } from '../../world/world.ts';
import { compileDockerTemplate } from '../docker-host.ts';
import { install } from '../images/base.ts';
import { imageDefinitions } from '../images/images.ts';

export const DOCKER_GROUP = 988;

/** Docker on the workstation, for members of its group. Its daemon is there from the first call on, as with docker.socket. */
export function addDocker(world: World, machine: Machine, registry: PrivateRegistry): void {
  let engine: DockerEngine | undefined;
  const find = (asking: Machine) => {
    if (asking !== machine) return undefined;
    if (!engine) {
      const { programs } = world;
      const catalog = new ImageCatalog(imageDefinitions(programs.names()), world.now);
      engine = new DockerEngine(machine, { catalog, programs, registry, group: DOCKER_GROUP });
      engine.start();
    }
    return engine;
  };
  world.programs.add(dockerProgram(find, compileDockerTemplate));
  install(machine.files, '/usr/bin/docker', 'docker', 38_000_000);
}

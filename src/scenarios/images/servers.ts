import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { addBusybox, addSkeleton, install } from './base.ts';

/** Images of servers: each a small program of the world with real ports, logs and files. */
export function serverImages(programs: readonly string[]): ImageDefinition[] {
  return [
    {
      name: 'docker.io/library/nginx',
      tags: ['latest', '1.25', '1.26', '1.27', '1.27-alpine', '1.28', '1.29', '1.29-alpine', 'alpine', 'stable'],
      size: 72_950_530,
      config: { command: ['nginx', '-g', 'daemon off;'] },
      build(files) {
        addSkeleton(files);
        addBusybox(files, programs);
        install(files, '/usr/sbin/nginx', 'nginx');
        install(files, '/usr/bin/curl', 'curl');
      },
    },
  ];
}

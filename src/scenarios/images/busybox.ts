import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { addBusybox, addSkeleton, install } from './base.ts';

/** busybox and alpine. */
export function busyboxImages(programs: readonly string[]): ImageDefinition[] {
  return [
    {
      name: 'docker.io/library/busybox',
      tags: ['latest', '1.28', '1.28.4', '1.35', '1.36', '1.36.1', '1.37', '1.37.0', 'stable', 'musl', 'glibc'],
      size: 2_156_518,
      config: { command: ['sh'] },
      build(files) {
        addSkeleton(files);
        addBusybox(files, programs);
      },
    },
    {
      name: 'docker.io/library/alpine',
      tags: ['latest', '3', '3.18', '3.19', '3.20', '3.21', '3.22'],
      size: 3_640_000,
      config: { command: ['/bin/sh'] },
      build(files) {
        addSkeleton(files);
        addBusybox(files, programs);
        install(files, '/usr/bin/curl', 'curl');
        install(files, '/bin/bash', 'bash');
        files.writeFile('/etc/alpine-release', '3.22.1\n');
        files.writeFile(
          '/etc/os-release',
          'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n',
        );
      },
    },
  ];
}

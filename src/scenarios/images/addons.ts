import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { LOCAL_PATH_VERSION, METRICS_SERVER_VERSION } from '../addons/manifests.ts';
import { addBusybox, addSkeleton, install } from './base.ts';

/** Images of what a cluster gets beside Kubernetes itself. */
export function addonImages(programs: readonly string[]): ImageDefinition[] {
  return [
    {
      name: 'registry.k8s.io/metrics-server/metrics-server',
      tags: [METRICS_SERVER_VERSION, 'v0.7.2', 'v0.7.1'],
      size: 22_500_000,
      config: { entrypoint: ['/metrics-server'], user: '65534' },
      build(files) {
        addSkeleton(files);
        install(files, '/metrics-server', 'images/metrics-server', 60_000_000);
      },
    },
    {
      name: 'docker.io/rancher/local-path-provisioner',
      tags: [LOCAL_PATH_VERSION, 'v0.0.31', 'v0.0.30'],
      size: 22_000_000,
      config: { entrypoint: ['local-path-provisioner'] },
      build(files) {
        addSkeleton(files);
        addBusybox(files, programs);
        install(files, '/usr/bin/local-path-provisioner', 'images/local-path-provisioner', 40_000_000);
      },
    },
    ...['docker.io/docker/desktop-storage-provisioner:v3.0', 'gcr.io/k8s-minikube/storage-provisioner:v5'].map(
      (image): ImageDefinition => {
        const [name = '', tag = ''] = image.split(':');
        return {
          name,
          tags: [tag],
          size: 13_500_000,
          config: { entrypoint: ['/storage-provisioner'] },
          build(files) {
            addSkeleton(files);
            install(files, '/storage-provisioner', 'images/storage-provisioner', 40_000_000);
          },
        };
      },
    ),
  ];
}

import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { CERTGEN_VERSION, INGRESS_NGINX_VERSIONS } from '../internet/files/ingress-nginx.ts';
import { TRAEFIK_VERSIONS } from '../internet/files/traefik.ts';
import { addBusybox, addSkeleton, install } from './base.ts';

/** Images of ingress controllers and what belongs to them. */
export function ingressImages(programs: readonly string[]): ImageDefinition[] {
  return [
    {
      name: 'registry.k8s.io/ingress-nginx/controller',
      tags: INGRESS_NGINX_VERSIONS.map((version) => `v${version}`),
      size: 112_000_000,
      config: { entrypoint: ['/usr/bin/dumb-init', '--'], command: ['/nginx-ingress-controller'], user: '101' },
      build(files, tag) {
        addSkeleton(files);
        addBusybox(files, programs);
        install(files, '/usr/bin/dumb-init', 'images/dumb-init');
        install(files, '/usr/bin/curl', 'curl');
        install(files, '/nginx-ingress-controller', 'images/nginx-ingress-controller', 60_000_000);
        install(files, '/wait-shutdown', 'images/wait-shutdown');
        files.makeDirectories('/etc/nginx');
        files.chown('/etc/nginx', 101, 82);
        files.makeDirectories('/etc/ingress-controller');
        files.writeFile('/etc/ingress-controller/release', tag);
      },
    },
    {
      name: 'docker.io/library/traefik',
      tags: ['latest', ...TRAEFIK_VERSIONS],
      size: 52_000_000,
      config: { entrypoint: ['/entrypoint.sh'], command: ['traefik'] },
      build(files, tag) {
        addSkeleton(files);
        addBusybox(files, programs);
        for (const path of ['/entrypoint.sh', '/usr/local/bin/traefik'])
          install(files, path, 'images/traefik', 180_000_000);
        files.makeDirectories('/etc/traefik');
        files.writeFile(
          '/etc/traefik/release',
          tag.includes('.') && tag.split('.').length > 2 ? tag : (TRAEFIK_VERSIONS[0] ?? tag),
        );
      },
    },
    {
      name: 'registry.k8s.io/ingress-nginx/kube-webhook-certgen',
      tags: [CERTGEN_VERSION],
      size: 24_000_000,
      config: { entrypoint: ['/kube-webhook-certgen'], user: '65532' },
      build(files) {
        addSkeleton(files);
        install(files, '/kube-webhook-certgen', 'images/kube-webhook-certgen', 24_000_000);
      },
    },
  ];
}

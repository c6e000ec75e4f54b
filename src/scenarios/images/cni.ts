import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { CALICO_VERSIONS } from '../internet/files/calico.ts';
import { FLANNEL_PLUGIN_VERSIONS, FLANNEL_VERSIONS } from '../internet/files/flannel.ts';
import { addBusybox, addSkeleton, install } from './base.ts';

/** Images of CNI plugins. */
export function cniImages(programs: readonly string[]): ImageDefinition[] {
  const calico = (
    name: string,
    size: number,
    user: string,
    files: Readonly<Record<string, string>>,
    entrypoint?: readonly string[],
  ): ImageDefinition[] =>
    ['docker.io', 'quay.io'].map((registry) => ({
      name: `${registry}/calico/${name}`,
      tags: CALICO_VERSIONS.map((version) => `v${version}`),
      size,
      config: { ...(entrypoint ? { entrypoint } : {}), ...(user === '' ? {} : { user }) },
      build(tree) {
        addSkeleton(tree);
        for (const [path, program] of Object.entries(files)) install(tree, path, program, 40_000_000);
      },
    }));
  const ghcr = (
    name: string,
    tags: readonly string[],
    size: number,
    path: string,
    program: string | undefined,
  ): ImageDefinition => ({
    name: `ghcr.io/flannel-io/${name}`,
    tags,
    size,
    config: program ? { entrypoint: [path] } : {},
    build(tree) {
      addSkeleton(tree);
      addBusybox(tree, programs);
      if (program) install(tree, path, program, 30_000_000);
      else tree.writeFile(path, '', undefined, 0o755);
    },
  });
  return [
    ...calico('cni', 72_000_000, '', {
      '/opt/cni/bin/install': 'images/calico-cni-install',
      '/opt/cni/bin/calico-ipam': 'images/calico-ipam',
    }),
    ...calico(
      'node',
      158_000_000,
      '',
      {
        '/usr/local/bin/start_runit': 'images/calico-node',
        '/bin/calico-node': 'images/calico-node',
        '/usr/bin/calico-node': 'images/calico-node',
      },
      ['/usr/local/bin/start_runit'],
    ),
    ...calico(
      'kube-controllers',
      53_000_000,
      '999',
      {
        '/usr/bin/kube-controllers': 'images/calico-kube-controllers',
        '/usr/bin/check-status': 'images/calico-check-status',
      },
      ['/usr/bin/kube-controllers'],
    ),
    ghcr('flannel', FLANNEL_VERSIONS, 33_000_000, '/opt/bin/flanneld', 'images/flanneld'),
    ghcr('flannel-cni-plugin', FLANNEL_PLUGIN_VERSIONS, 4_900_000, '/flannel', undefined),
  ];
}

import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { addSkeleton, install } from './base.ts';

function component(name: string, tag: string, size: number, entrypoint?: readonly string[]): ImageDefinition {
  const program = name.split('/').at(-1) ?? name;
  return {
    name: `registry.k8s.io/${name}`,
    tags: [tag],
    size,
    config: entrypoint ? { entrypoint } : {},
    build(files) {
      addSkeleton(files);
      install(files, entrypoint?.[0] ?? `/usr/local/bin/${program}`, program, 60_000_000);
      if (name === 'etcd')
        for (const tool of ['etcdctl', 'etcdutl']) install(files, `/usr/local/bin/${tool}`, tool, 20_000_000);
    },
  };
}

/** What kubeadm's static Pods and addons run. */
export const controlPlaneImages: readonly ImageDefinition[] = [
  component('kube-apiserver', 'v1.36.4', 45_098_354),
  component('kube-controller-manager', 'v1.36.4', 45_098_373),
  component('kube-scheduler', 'v1.36.4', 45_098_350),
  component('etcd', '3.6.8-0', 45_098_348),
  component('kube-proxy', 'v1.36.4', 37_686_870),
  component('coredns/coredns', 'v1.14.2', 25_183_747, ['/coredns']),
];

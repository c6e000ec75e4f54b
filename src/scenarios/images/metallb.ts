import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { METALLB_VERSIONS } from '../internet/files/metallb.ts';
import { addSkeleton, install } from './base.ts';

function image(name: string, size: number): ImageDefinition {
  return {
    name: `quay.io/metallb/${name}`,
    tags: METALLB_VERSIONS,
    size,
    config: { entrypoint: [`/${name}`] },
    build(tree) {
      addSkeleton(tree);
      install(tree, `/${name}`, `images/metallb-${name}`, 60_000_000);
    },
  };
}

export const metallbImages: readonly ImageDefinition[] = [
  image('controller', 28_000_000),
  image('speaker', 50_000_000),
];

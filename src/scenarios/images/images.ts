import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { memoizeBy } from '../../world/memoize.ts';
import { addonImages } from './addons.ts';
import { applicationImages } from './applications.ts';
import { busyboxImages } from './busybox.ts';
import { cniImages } from './cni.ts';
import { controlPlaneImages } from './control-plane.ts';
import { ingressImages } from './ingress.ts';
import { metallbImages } from './metallb.ts';
import { serverImages } from './servers.ts';

/** Every image that registries of the world hold. `programs`: the names of all programs of the world. */
export const imageDefinitions = memoizeBy(
  4,
  (programs) => programs.join(' '),
  (programs: readonly string[]): readonly ImageDefinition[] => [
    ...busyboxImages(programs),
    ...controlPlaneImages,
    ...addonImages(programs),
    ...serverImages(programs),
    ...applicationImages(programs),
    ...ingressImages(programs),
    ...cniImages(programs),
    ...metallbImages,
  ],
);

import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import { addonImages } from './addons.ts';
import { applicationImages } from './applications.ts';
import { busyboxImages } from './busybox.ts';
import { cniImages } from './cni.ts';
import { controlPlaneImages } from './control-plane.ts';
import { ingressImages } from './ingress.ts';
import { metallbImages } from './metallb.ts';
import { serverImages } from './servers.ts';

/** Every image that registries of the world hold. `programs`: the names of all programs of the world. */
export function imageDefinitions(programs: readonly string[]): ImageDefinition[] {
  return [
    ...busyboxImages(programs),
    ...controlPlaneImages,
    ...addonImages(programs),
    ...serverImages(programs),
    ...applicationImages(programs),
    ...ingressImages(programs),
    ...cniImages(programs),
    ...metallbImages,
  ];
}

import type { EksPlane, PlaneOptions } from './control-plane.ts';

export function startEbsProvisioner(_options: PlaneOptions, _plane: EksPlane): () => void {
  return () => {};
}

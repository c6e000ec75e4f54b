import type { Conversion } from '../api/resource.ts';
import { eventConversion } from './conversion/event.ts';
import { hpaV1Conversion } from './conversion/horizontal-pod-autoscaler.ts';

const conversions: Readonly<Record<string, Conversion>> = {
  'autoscaling/v1/horizontalpodautoscalers': hpaV1Conversion,
  'events.k8s.io/v1/events': eventConversion,
};

/** How a kind of a version that is not the stored one is kept. */
export function conversionOf(apiVersion: string, plural: string): Conversion | undefined {
  return conversions[`${apiVersion}/${plural}`];
}

import { humanDuration } from '../../../cluster/apimachinery/duration.ts';

/** `5m`, or `<unknown>`. */
export function ageText(timestamp: string, now: number): string {
  const time = Date.parse(timestamp);
  return Number.isNaN(time) ? '<unknown>' : humanDuration(now - time);
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../errors.ts';
import { objectOf, required, textOf, textsOf } from '../params.ts';
import type { Service } from './call.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** `2026-09-01`, or with an hour: ms since 1970. Raises ValidationException. */
function timeOf(text: string): number {
  const time = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(time)) throw new AwsError('ValidationException', 'Start time or End time is in wrong format.');
  return time;
}

/** Cost Explorer: the real one is a day late; ours knows at once. */
export const ce: Service = {
  GetCostAndUsage: ({ account, params }) => {
    const period = objectOf(params, 'TimePeriod');
    const start = timeOf(required(period, 'Start'));
    const end = timeOf(required(period, 'End'));
    if (start >= end)
      throw new AwsError('ValidationException', 'Start date (and hour) should be before end date (and hour)');
    const granularity = textOf(params, 'Granularity') ?? 'MONTHLY';
    const step = granularity === 'HOURLY' ? HOUR : granularity === 'DAILY' ? DAY : end - start;
    const metrics = textsOf(params, 'Metrics');
    const grouped = Array.isArray(params['GroupBy']) && params['GroupBy'].length > 0;
    const amount = (dollars: number): JsonObject =>
      Object.fromEntries(metrics.map((metric) => [metric, { Amount: dollars.toFixed(10), Unit: 'USD' }]));
    const results: JsonObject[] = [];
    for (let from = start; from < end; from += step) {
      const to = Math.min(from + step, end);
      const sums = account.costs.byService(from, Math.min(to, account.now));
      const total = [...sums.values()].reduce((sum, one) => sum + one, 0);
      const day = (time: number) => new Date(time).toISOString().slice(0, granularity === 'HOURLY' ? 19 : 10);
      results.push({
        TimePeriod: { Start: day(from), End: day(to) },
        Total: grouped ? {} : amount(total),
        Groups: grouped ? [...sums].map(([service, dollars]) => ({ Keys: [service], Metrics: amount(dollars) })) : [],
        Estimated: true,
      });
    }
    return { ResultsByTime: results, DimensionValueAttributes: [] };
  },
};

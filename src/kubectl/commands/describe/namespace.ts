import { type JsonObject, sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import type { Describer } from './describer.ts';
import { writeLabelsAndAnnotations } from './metadata.ts';
import type { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/describe describeNamespace */
export const describeNamespace: Describer = {
  events: false,
  *write({ out, object, client }) {
    const name = textAt(object, 'metadata', 'name');
    const quotas = yield* client.get(`/api/v1/namespaces/${name}/resourcequotas`, [['limit', '500']]);
    const ranges = yield* client.get(`/api/v1/namespaces/${name}/limitranges`, [['limit', '500']]);
    out.line(0, `Name:\t${name}`);
    writeLabelsAndAnnotations(out, object);
    out.line(0, `Status:\t${textAt(object, 'status', 'phase')}`);
    const conditions = listAt(object, 'status', 'conditions');
    if (conditions.length > 0) {
      out.write(0, 'Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n');
      out.line(1, '----\t------\t------------------\t------\t-------');
      for (const one of conditions)
        out.line(
          1,
          `${textAt(one, 'type')}\t${textAt(one, 'status')}\t${textAt(one, 'lastTransitionTime')}\t${textAt(one, 'reason')}\t${textAt(one, 'message')}`,
        );
    }
    writeQuotas(out, listAt(quotas, 'items'));
    writeLimits(out, listAt(ranges, 'items'));
  },
};

function writeQuotas(out: DescribeWriter, quotas: readonly JsonObject[]): void {
  if (quotas.length === 0) {
    out.write(0, '\nNo resource quota.\n');
    return;
  }
  out.write(0, '\nResource Quotas\n');
  for (const quota of quotas) {
    out.line(1, `Name:\t${textAt(quota, 'metadata', 'name')}`);
    out.line(1, 'Resource\tUsed\tHard');
    out.line(1, '--------\t---\t---');
    const hard = objectAt(quota, 'status', 'hard');
    for (const name of sortedKeys(hard))
      out.line(1, `${name}\t${String(objectAt(quota, 'status', 'used')[name] ?? '0')}\t${String(hard[name])}`);
  }
}

function writeLimits(out: DescribeWriter, ranges: readonly JsonObject[]): void {
  if (ranges.length === 0) {
    out.write(0, '\nNo LimitRange resource.\n');
    return;
  }
  out.write(
    0,
    '\nResource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n',
  );
  out.write(0, ' ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n');
  for (const range of ranges)
    for (const limit of listAt(range, 'spec', 'limits')) {
      const fields = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'];
      const names = new Set(fields.flatMap((field) => Object.keys(objectAt(limit, field))));
      for (const name of [...names].sort())
        out.write(
          0,
          ` ${textAt(limit, 'type')}\t${name}\t${fields.map((field) => String(objectAt(limit, field)[name] ?? '-')).join('\t')}\n`,
        );
    }
}

import { listAt, textAt } from '../../json.ts';
import type { Describer } from './describer.ts';
import { writeLabelsAndAnnotations } from './metadata.ts';
import { writeLimits, writeQuotas } from './quotas.ts';

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

import { type JsonObject, sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';
import { plain } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

/** What the scopes of a quota mean. kubernetes: kubectl/pkg/describe helpTextForResourceQuotaScope */
const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

/** kubernetes: kubectl/pkg/describe describeQuota */
export const describeQuota = plain((out, object) => {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  out.line(0, `Namespace:\t${textAt(object, 'metadata', 'namespace')}`);
  writeQuota(out, object, 0);
}, false);

/** The quotas of a namespace. kubernetes: kubectl/pkg/describe DescribeResourceQuotas */
export function writeQuotas(out: DescribeWriter, quotas: readonly JsonObject[]): void {
  if (quotas.length === 0) {
    out.write(0, '\nNo resource quota.\n');
    return;
  }
  out.write(0, '\nResource Quotas\n');
  for (const quota of quotas) {
    out.line(1, `Name:\t${textAt(quota, 'metadata', 'name')}`);
    writeQuota(out, quota, 1);
  }
}

function writeQuota(out: DescribeWriter, quota: JsonObject, level: 0 | 1): void {
  const scopes = [...textsAt(quota, 'spec', 'scopes')].sort();
  if (scopes.length > 0) {
    out.line(level, `Scopes:\t${scopes.join(', ')}`);
    for (const scope of scopes) if (SCOPES[scope]) out.line(level, `${level === 0 ? ' ' : ''}* ${SCOPES[scope]}`);
  }
  const rule = level === 0 ? '----' : '---';
  out.line(level, 'Resource\tUsed\tHard');
  out.line(level, `--------\t${rule}\t${rule}`);
  const hard = objectAt(quota, 'status', 'hard');
  const used = objectAt(quota, 'status', 'used');
  for (const name of sortedKeys(hard)) out.line(level, `${name}\t${String(used[name] ?? '0')}\t${String(hard[name])}`);
}

const LIMIT_HEAD = [
  'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio',
  '----\t--------\t---\t---\t---------------\t-------------\t-----------------------',
];
const LIMIT_FIELDS = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'];

/** kubernetes: kubectl/pkg/describe describeLimitRange */
export const describeLimitRange = plain((out, object) => {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  out.line(0, `Namespace:\t${textAt(object, 'metadata', 'namespace')}`);
  for (const line of LIMIT_HEAD) out.line(0, line);
  writeRanges(out, object, '');
}, false);

/** The limit ranges of a namespace. kubernetes: kubectl/pkg/describe DescribeLimitRanges */
export function writeLimits(out: DescribeWriter, ranges: readonly JsonObject[]): void {
  if (ranges.length === 0) {
    out.write(0, '\nNo LimitRange resource.\n');
    return;
  }
  out.write(0, '\nResource Limits\n');
  for (const line of LIMIT_HEAD) out.line(0, ` ${line}`);
  for (const range of ranges) writeRanges(out, range, ' ');
}

function writeRanges(out: DescribeWriter, range: JsonObject, indent: string): void {
  for (const limit of listAt(range, 'spec', 'limits')) {
    // Go's order is that of a map: any.
    const names = new Set(LIMIT_FIELDS.flatMap((field) => Object.keys(objectAt(limit, field))));
    for (const name of [...names].sort()) {
      const values = LIMIT_FIELDS.map((field) => String(objectAt(limit, field)[name] ?? '-'));
      out.line(0, `${indent}${textAt(limit, 'type')}\t${name}\t${values.join('\t')}`);
    }
  }
}

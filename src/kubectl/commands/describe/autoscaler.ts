import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { plain } from './describer.ts';
import { numberAt, timeText, writeHead } from './metadata.ts';
import type { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/describe describeHorizontalPodAutoscalerV2 */
export const describeAutoscaler = plain((out, object) => {
  const spec = objectAt(object, 'spec');
  const status = objectAt(object, 'status');
  const kind = textAt(spec, 'scaleTargetRef', 'kind');
  writeHead(out, object);
  out.line(0, `CreationTimestamp:\t${timeText(textAt(object, 'metadata', 'creationTimestamp'))}`);
  out.line(0, `Reference:\t${kind}/${textAt(spec, 'scaleTargetRef', 'name')}`);
  out.line(0, 'Metrics:\t( current / target )');
  const current = listAt(status, 'currentMetrics');
  listAt(spec, 'metrics').forEach((metric, at) => {
    out.line(1, metricText(metric, current[at] ?? {}));
  });
  out.line(0, `Min replicas:\t${String(spec['minReplicas'] ?? '<unset>')}`);
  out.line(0, `Max replicas:\t${numberAt(spec, 'maxReplicas')}`);
  if (isObject(spec['behavior'])) {
    out.line(0, 'Behavior:');
    writeDirection(out, 'Scale Up', spec['behavior']['scaleUp']);
    writeDirection(out, 'Scale Down', spec['behavior']['scaleDown']);
  }
  out.line(
    0,
    `${kind} pods:\t${numberAt(status, 'currentReplicas')} current / ${numberAt(status, 'desiredReplicas')} desired`,
  );
  const conditions = listAt(status, 'conditions');
  if (conditions.length === 0) return;
  out.line(0, 'Conditions:');
  out.line(1, 'Type\tStatus\tReason\tMessage');
  out.line(1, '----\t------\t------\t-------');
  for (const one of conditions)
    out.line(1, ['type', 'status', 'reason', 'message'].map((field) => textAt(one, field)).join('\t'));
});

/** What is measured, what it is now and what it should be. */
function metricText(metric: JsonObject, now: JsonObject): string {
  const type = textAt(metric, 'type');
  const field = type.charAt(0).toLowerCase() + type.slice(1);
  const source = objectAt(metric, field);
  const target = objectAt(source, 'target');
  const current = objectAt(now, field, 'current');
  const name = JSON.stringify(textAt(source, 'metric', 'name'));
  const of = (key: string) => `${String(current[key] ?? '<unknown>')} / ${String(target[key])}`;
  switch (type) {
    case 'External':
      return target['averageValue'] === undefined
        ? `${name} (target value):\t${of('value')}`
        : `${name} (target average value):\t${of('averageValue')}`;
    case 'Pods':
      return `${name} on pods:\t${of('averageValue')}`;
    case 'Object': {
      const about = `${textAt(source, 'describedObject', 'kind')}/${textAt(source, 'describedObject', 'name')}`;
      return textAt(target, 'type') === 'AverageValue'
        ? `${name} on ${about} (target average value):\t${of('averageValue')}`
        : `${name} on ${about} (target value):\t${of('value')}`;
    }
    case 'Resource':
    case 'ContainerResource': {
      const container = type === 'Resource' ? '' : ` of container "${textAt(source, 'container')}"`;
      const head = `resource ${textAt(source, 'name')}${container} on pods`;
      if (target['averageValue'] !== undefined) return `${head}:\t${of('averageValue')}`;
      const used = current['averageUtilization'];
      const shown = used === undefined ? '<unknown>' : `${String(used)}% (${String(current['averageValue'])})`;
      const wanted = target['averageUtilization'];
      return `${head}  (as a percentage of request):\t${shown} / ${wanted === undefined ? '<auto>' : `${String(wanted)}%`}`;
    }
    default:
      return `<unknown metric type ${JSON.stringify(type)}>`;
  }
}

function writeDirection(out: DescribeWriter, title: string, rules: unknown): void {
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) return;
  const given: JsonObject = { ...rules };
  out.line(1, `${title}:`);
  const window = given['stabilizationWindowSeconds'];
  if (window !== undefined) out.line(2, `Stabilization Window: ${String(window)} seconds`);
  const policies = listAt(given, 'policies');
  if (policies.length === 0) return;
  out.line(2, `Select Policy: ${textAt(given, 'selectPolicy') || 'Max'}`);
  out.line(2, 'Policies:');
  for (const one of policies)
    out.line(
      3,
      `- Type: ${textAt(one, 'type')}\tValue: ${numberAt(one, 'value')}\tPeriod: ${numberAt(one, 'periodSeconds')} seconds`,
    );
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { formatLabelSelector } from '../../../cluster/apimachinery/labels.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { writeContainers } from './container.ts';
import { writeAnnotations, writeLabels } from './metadata.ts';
import { writeVolumes } from './volumes.ts';
import type { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/describe DescribePodTemplate */
export function writePodTemplate(out: DescribeWriter, template: JsonObject): void {
  out.line(0, 'Pod Template:');
  const spec = objectAt(template, 'spec');
  const annotations = objectAt(template, 'metadata', 'annotations');
  writeLabels(out, '  Labels', objectAt(template, 'metadata', 'labels'));
  if (Object.keys(annotations).length > 0) writeAnnotations(out, '  Annotations', annotations);
  if (textAt(spec, 'serviceAccountName') !== '') out.line(1, `Service Account:\t${textAt(spec, 'serviceAccountName')}`);
  const init = listAt(spec, 'initContainers');
  if (init.length > 0) writeContainers(out, 'Init Containers', init, [], '  ');
  writeContainers(out, 'Containers', listAt(spec, 'containers'), [], '  ');
  writeVolumes(out, listAt(spec, 'volumes'), '  ');
  writeTopologySpread(out, listAt(spec, 'topologySpreadConstraints'), '  ');
  if (textAt(spec, 'priorityClassName') !== '')
    out.line(1, `Priority Class Name:\t${textAt(spec, 'priorityClassName')}`);
  writeLabels(out, '  Node-Selectors', objectAt(spec, 'nodeSelector'));
  writeTolerations(out, '  Tolerations', listAt(spec, 'tolerations'));
}

export function writeTopologySpread(out: DescribeWriter, constraints: readonly JsonObject[], space: string): void {
  if (constraints.length === 0) return;
  const sorted = [...constraints].sort((a, b) => (textAt(a, 'topologyKey') < textAt(b, 'topologyKey') ? -1 : 1));
  sorted.forEach((one, at) => {
    const selector = one['labelSelector'] ? ` for selector ${formatLabelSelector(one['labelSelector'])}` : '';
    const text = `${textAt(one, 'topologyKey')}:${textAt(one, 'whenUnsatisfiable')} when max skew ${String(one['maxSkew'])} is exceeded${selector}`;
    out.line(0, `${at === 0 ? `${space}Topology Spread Constraints:` : space}\t${text}`);
  });
}

export function writeTolerations(out: DescribeWriter, title: string, tolerations: readonly JsonObject[]): void {
  if (tolerations.length === 0) out.line(0, `${title}:\t<none>`);
  const sorted = [...tolerations].sort((a, b) => {
    const [x, y] = [textAt(a, 'key'), textAt(b, 'key')];
    return x < y ? -1 : x > y ? 1 : 0;
  });
  sorted.forEach((one, at) => {
    out.line(0, `${at === 0 ? `${title}:` : title.startsWith('  ') ? '  ' : ''}\t${tolerationText(one)}`);
  });
}

function tolerationText(one: JsonObject): string {
  const [key, value, effect] = [textAt(one, 'key'), textAt(one, 'value'), textAt(one, 'effect')];
  let text = `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
  if (textAt(one, 'operator') === 'Exists' && value === '') text += text === '' ? 'op=Exists' : ' op=Exists';
  const seconds = one['tolerationSeconds'];
  return typeof seconds === 'number' ? `${text} for ${seconds}s` : text;
}

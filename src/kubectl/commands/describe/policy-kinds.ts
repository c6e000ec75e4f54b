import { type JsonObject, sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { formatLabelSelector } from '../../../cluster/apimachinery/labels.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { plain } from './describer.ts';
import { numberAt, timeText, writeHead } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';

/** kubernetes: kubectl/pkg/describe describeCronJob */
export const describeCronJob = plain((out, object) => {
  const spec = objectAt(object, 'spec');
  writeHead(out, object);
  out.line(0, `Schedule:\t${textAt(spec, 'schedule')}`);
  out.line(0, `Concurrency Policy:\t${textAt(spec, 'concurrencyPolicy')}`);
  out.line(0, `Suspend:\t${spec['suspend'] === true ? 'True' : 'False'}`);
  out.line(0, `Time Zone:\t${textAt(spec, 'timeZone') || '<unset>'}`);
  const given = (source: JsonObject, field: string, unit = '') =>
    source[field] === undefined ? '<unset>' : `${String(source[field])}${unit}`;
  out.line(0, `Successful Job History Limit:\t${given(spec, 'successfulJobsHistoryLimit')}`);
  out.line(0, `Failed Job History Limit:\t${given(spec, 'failedJobsHistoryLimit')}`);
  out.line(0, `Starting Deadline Seconds:\t${given(spec, 'startingDeadlineSeconds', 's')}`);
  const job = objectAt(spec, 'jobTemplate', 'spec');
  out.line(0, `Selector:\t${job['selector'] ? formatLabelSelector(job['selector']) : '<unset>'}`);
  out.line(0, `Parallelism:\t${given(job, 'parallelism')}`);
  out.line(0, `Completions:\t${given(job, 'completions')}`);
  if (job['activeDeadlineSeconds'] !== undefined)
    out.line(0, `Active Deadline Seconds:\t${String(job['activeDeadlineSeconds'])}s`);
  writePodTemplate(out, objectAt(job, 'template'));
  const last = textAt(object, 'status', 'lastScheduleTime');
  out.line(0, `Last Schedule Time:\t${last === '' ? '<unset>' : timeText(last)}`);
  const active = listAt(object, 'status', 'active').map((one) => textAt(one, 'name'));
  out.line(0, `Active Jobs:\t${active.join(', ') || '<none>'}`);
});

/** kubernetes: kubectl/pkg/describe describePodDisruptionBudget */
export const describeDisruptionBudget = plain((out, object) => {
  const spec = objectAt(object, 'spec');
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  out.line(0, `Namespace:\t${textAt(object, 'metadata', 'namespace')}`);
  if (spec['minAvailable'] !== undefined) out.line(0, `Min available:\t${String(spec['minAvailable'])}`);
  else if (spec['maxUnavailable'] !== undefined) out.line(0, `Max unavailable:\t${String(spec['maxUnavailable'])}`);
  out.line(0, `Selector:\t${spec['selector'] ? formatLabelSelector(spec['selector']) : '<unset>'}`);
  out.line(0, 'Status:');
  for (const [title, field] of [
    ['Allowed disruptions', 'disruptionsAllowed'],
    ['Current', 'currentHealthy'],
    ['Desired', 'desiredHealthy'],
    ['Total', 'expectedPods'],
  ] as const)
    out.line(2, `${title}:\t${numberAt(object, 'status', field)}`);
});

/** kubernetes: kubectl/pkg/describe describeIngressClass */
export const describeIngressClass = plain((out, object) => {
  writeHead(out, object, false);
  out.line(0, `Controller:\t${textAt(object, 'spec', 'controller')}`);
  const parameters = objectAt(object, 'spec', 'parameters');
  if (textAt(parameters, 'kind') === '') return;
  out.line(0, 'Parameters:');
  if (textAt(parameters, 'apiGroup') !== '') out.line(1, `APIGroup:\t${textAt(parameters, 'apiGroup')}`);
  out.line(1, `Kind:\t${textAt(parameters, 'kind')}`);
  out.line(1, `Name:\t${textAt(parameters, 'name')}`);
});

/** kubernetes: kubectl/pkg/describe describePriorityClass */
export const describePriorityClass = plain((out, object) => {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  out.line(0, `Value:\t${numberAt(object, 'value')}`);
  out.line(0, `GlobalDefault:\t${object['globalDefault'] === true}`);
  out.line(0, `PreemptionPolicy:\t${textAt(object, 'preemptionPolicy')}`);
  out.line(0, `Description:\t${textAt(object, 'description')}`);
  writeAnnotationsOnly(out, object);
});

function writeAnnotationsOnly(out: Parameters<typeof writeHead>[0], object: JsonObject): void {
  const pairs = objectAt(object, 'metadata', 'annotations');
  const text = sortedKeys(pairs).map((key) => `${key}=${String(pairs[key])}`);
  out.line(0, `Annotations:\t${text.join(',') || '<none>'}`);
}

/** kubernetes: kubectl/pkg/describe describeEndpoints */
export const describeEndpoints = plain((out, object) => {
  writeHead(out, object);
  out.line(0, 'Subsets:');
  for (const subset of listAt(object, 'subsets')) {
    const addresses = (field: string) =>
      listAt(subset, field)
        .map((one) => textAt(one, 'ip'))
        .join(',') || '<none>';
    out.line(1, `Addresses:\t${addresses('addresses')}`);
    out.line(1, `NotReadyAddresses:\t${addresses('notReadyAddresses')}`);
    const ports = listAt(subset, 'ports');
    if (ports.length > 0) {
      out.line(1, 'Ports:');
      out.line(2, 'Name\tPort\tProtocol');
      out.line(2, '----\t----\t--------');
      for (const port of ports)
        out.line(2, `${textAt(port, 'name') || '<unset>'}\t${numberAt(port, 'port')}\t${textAt(port, 'protocol')}`);
    }
    out.write(0, '\n');
  }
});

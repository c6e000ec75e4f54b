import { isObject, type JsonObject, sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';
import { resolveField, resolveResource } from './downward.ts';
import { numberAt, timeText } from './metadata.ts';
import { probeText } from './probe.ts';
import type { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/describe describeContainers. `space`: how far a template is indented; `pod` gives values to fields. */
export function writeContainers(
  out: DescribeWriter,
  label: string,
  containers: readonly JsonObject[],
  statuses: readonly JsonObject[],
  space: string,
  pod?: JsonObject,
): void {
  out.line(0, `${space}${label}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) {
    const status = statuses.find((one) => textAt(one, 'name') === textAt(container, 'name'));
    writeBasics(out, container, status, space);
    for (const [title, field] of [
      ['Command', 'command'],
      ['Args', 'args'],
    ] as const)
      writeWords(out, title, textsAt(container, field));
    if (status) writeState(out, status);
    writeResources(out, objectAt(container, 'resources'), 2);
    for (const [title, field] of [
      ['Liveness', 'livenessProbe'],
      ['Readiness', 'readinessProbe'],
      ['Startup', 'startupProbe'],
    ] as const)
      if (isObject(container[field] ?? null)) out.line(2, `${title}:\t${probeText(objectAt(container, field))}`);
    writeEnvFrom(out, listAt(container, 'envFrom'));
    writeEnv(out, listAt(container, 'env'), container, pod);
    writeMounts(out, container);
  }
}

function writeBasics(out: DescribeWriter, container: JsonObject, status: JsonObject | undefined, space: string): void {
  out.line(1, `${space === '' ? '' : ' '}${textAt(container, 'name')}:`);
  if (status) out.line(2, `Container ID:\t${textAt(status, 'containerID')}`);
  out.line(2, `Image:\t${textAt(container, 'image')}`);
  if (status) out.line(2, `Image ID:\t${textAt(status, 'imageID')}`);
  const ports = listAt(container, 'ports');
  writePorts(out, 'Port', ports, 'containerPort');
  writePorts(out, 'Host Port', ports, 'hostPort');
  const seccomp = objectAt(container, 'securityContext', 'seccompProfile');
  if (textAt(seccomp, 'type') !== '') out.line(2, `SeccompProfile:\t${textAt(seccomp, 'type')}`);
  if (textAt(seccomp, 'type') === 'Localhost') out.line(4, `LocalhostProfile:\t${textAt(seccomp, 'localhostProfile')}`);
}

function writePorts(out: DescribeWriter, title: string, ports: readonly JsonObject[], field: string): void {
  const texts = ports.map((port) => {
    const name = textAt(port, 'name');
    return `${numberAt(port, field)}/${textAt(port, 'protocol') || 'TCP'}${name === '' ? '' : ` (${name})`}`;
  });
  out.line(2, `${title}${texts.length > 1 ? 's' : ''}:\t${texts.join(', ') || '<none>'}`);
}

function writeWords(out: DescribeWriter, title: string, words: readonly string[]): void {
  if (words.length === 0) return;
  out.line(2, `${title}:`);
  for (const word of words) for (const line of word.split('\n')) out.line(3, line);
}

function writeState(out: DescribeWriter, status: JsonObject): void {
  writeOneState(out, 'State', objectAt(status, 'state'));
  const last = objectAt(status, 'lastState');
  if (last['terminated']) writeOneState(out, 'Last State', last);
  out.line(2, `Ready:\t${status['ready'] === true ? 'True' : 'False'}`);
  out.line(2, `Restart Count:\t${numberAt(status, 'restartCount')}`);
}

function writeOneState(out: DescribeWriter, title: string, state: JsonObject): void {
  const running = objectAt(state, 'running');
  const terminated = objectAt(state, 'terminated');
  if (state['running']) {
    out.line(2, `${title}:\tRunning`);
    out.line(3, `Started:\t${timeText(textAt(running, 'startedAt'))}`);
  } else if (state['terminated']) {
    out.line(2, `${title}:\tTerminated`);
    if (textAt(terminated, 'reason') !== '') out.line(3, `Reason:\t${textAt(terminated, 'reason')}`);
    if (textAt(terminated, 'message') !== '') out.line(3, `Message:\t${textAt(terminated, 'message')}`);
    out.line(3, `Exit Code:\t${numberAt(terminated, 'exitCode')}`);
    if (numberAt(terminated, 'signal') > 0) out.line(3, `Signal:\t${numberAt(terminated, 'signal')}`);
    out.line(3, `Started:\t${timeText(textAt(terminated, 'startedAt'))}`);
    out.line(3, `Finished:\t${timeText(textAt(terminated, 'finishedAt'))}`);
  } else {
    out.line(2, `${title}:\tWaiting`);
    const reason = textAt(state, 'waiting', 'reason');
    if (reason !== '') out.line(3, `Reason:\t${reason}`);
  }
}

export function writeResources(out: DescribeWriter, resources: JsonObject, level: number): void {
  for (const [title, field] of [
    ['Limits', 'limits'],
    ['Requests', 'requests'],
  ] as const) {
    const values = objectAt(resources, field);
    const names = sortedKeys(values);
    if (names.length > 0) out.line(level, `${title}:`);
    for (const name of names) out.line(level + 1, `${name}:\t${String(values[name])}`);
  }
}

function writeEnvFrom(out: DescribeWriter, sources: readonly JsonObject[]): void {
  if (sources.length === 0) return;
  out.line(2, 'Environment Variables from:');
  for (const source of sources) {
    const isMap = source['configMapRef'] !== undefined;
    const ref = objectAt(source, isMap ? 'configMapRef' : 'secretRef');
    const prefix = textAt(source, 'prefix');
    const from = `${isMap ? 'ConfigMap' : 'Secret'}${prefix === '' ? '' : ` with prefix '${prefix}'`}`;
    out.line(3, `${textAt(ref, 'name')}\t${from}\tOptional: ${ref['optional'] === true}`);
  }
}

function writeEnv(
  out: DescribeWriter,
  variables: readonly JsonObject[],
  container: JsonObject,
  pod: JsonObject | undefined,
): void {
  out.line(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}`);
  for (const variable of variables) {
    const name = textAt(variable, 'name');
    const from = objectAt(variable, 'valueFrom');
    const source = Object.keys(from)[0];
    if (source === undefined) {
      textAt(variable, 'value')
        .split('\n')
        .forEach((line, at) => {
          out.line(3, at === 0 ? `${name}:\t${line}` : `\t${line}`);
        });
      continue;
    }
    const ref = objectAt(from, source);
    const optional = `Optional: ${ref['optional'] === true}`;
    if (source === 'fieldRef') {
      const value = pod ? resolveField(pod, textAt(ref, 'fieldPath')) : '';
      out.line(3, `${name}:\t${value} (${textAt(ref, 'apiVersion')}:${textAt(ref, 'fieldPath')})`);
    } else if (source === 'resourceFieldRef') {
      out.line(3, `${name}:\t${resolveResource(container, ref)} (${textAt(ref, 'resource')})`);
    } else if (source === 'secretKeyRef') {
      out.line(3, `${name}:\t<set to the key '${textAt(ref, 'key')}' in secret '${textAt(ref, 'name')}'>\t${optional}`);
    } else if (source === 'configMapKeyRef') {
      out.line(
        3,
        `${name}:\t<set to the key '${textAt(ref, 'key')}' of config map '${textAt(ref, 'name')}'>\t${optional}`,
      );
    }
  }
}

function writeMounts(out: DescribeWriter, container: JsonObject): void {
  const mounts = [...listAt(container, 'volumeMounts')].sort((a, b) =>
    textAt(a, 'mountPath') < textAt(b, 'mountPath') ? -1 : 1,
  );
  out.line(2, `Mounts:${mounts.length === 0 ? '\t<none>' : ''}`);
  for (const mount of mounts) {
    const words = [mount['readOnly'] === true ? 'ro' : 'rw'];
    if (textAt(mount, 'subPath') !== '') words.push(`path=${JSON.stringify(textAt(mount, 'subPath'))}`);
    out.line(3, `${textAt(mount, 'mountPath')} from ${textAt(mount, 'name')} (${words.join(',')})`);
  }
  const devices = listAt(container, 'volumeDevices');
  if (devices.length > 0) out.line(2, 'Devices:');
  for (const device of devices) out.line(3, `${textAt(device, 'devicePath')} from ${textAt(device, 'name')}`);
}

import { humanDuration } from '../../../cluster/apimachinery/duration.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { writeContainers, writeResources } from './container.ts';
import type { Describer } from './describer.ts';
import { controllerOf, numberAt, timeText, writeLabels, writeLabelsAndAnnotations } from './metadata.ts';
import { writeTolerations, writeTopologySpread } from './pod-template.ts';
import { writeVolumes } from './volumes.ts';

/** kubernetes: kubectl/pkg/describe describePod */
export const describePod: Describer = {
  events: true,
  *write({ out, object: pod, now }) {
    const spec = objectAt(pod, 'spec');
    const status = objectAt(pod, 'status');
    out.line(0, `Name:\t${textAt(pod, 'metadata', 'name')}`);
    out.line(0, `Namespace:\t${textAt(pod, 'metadata', 'namespace')}`);
    if (typeof spec['priority'] === 'number') out.line(0, `Priority:\t${spec['priority']}`);
    const optional = (title: string, value: string) => value !== '' && out.line(0, `${title}:\t${value}`);
    optional('Priority Class Name', textAt(spec, 'priorityClassName'));
    optional('Runtime Class Name', textAt(spec, 'runtimeClassName'));
    optional('Service Account', textAt(spec, 'serviceAccountName'));
    const node = textAt(spec, 'nodeName');
    out.line(0, `Node:\t${node === '' ? '<none>' : `${node}/${textAt(status, 'hostIP')}`}`);
    if (textAt(status, 'startTime') !== '') out.line(0, `Start Time:\t${timeText(textAt(status, 'startTime'))}`);
    writeLabelsAndAnnotations(out, pod);
    const phase = textAt(status, 'phase');
    const deletion = textAt(pod, 'metadata', 'deletionTimestamp');
    if (deletion !== '' && phase !== 'Failed' && phase !== 'Succeeded') {
      out.line(0, `Status:\tTerminating (lasts ${humanDuration(now - Date.parse(deletion))})`);
      out.line(0, `Termination Grace Period:\t${numberAt(pod, 'metadata', 'deletionGracePeriodSeconds')}s`);
    } else out.line(0, `Status:\t${phase}`);
    optional('Reason', textAt(status, 'reason'));
    optional('Message', textAt(status, 'message'));
    const seccomp = objectAt(spec, 'securityContext', 'seccompProfile');
    optional('SeccompProfile', textAt(seccomp, 'type'));
    if (textAt(seccomp, 'type') === 'Localhost')
      out.line(0, `LocalhostProfile:\t${textAt(seccomp, 'localhostProfile')}`);
    out.line(0, `IP:\t${textAt(status, 'podIP')}`);
    const addresses = listAt(status, 'podIPs');
    out.line(0, `IPs:${addresses.length === 0 ? '\t<none>' : ''}`);
    for (const address of addresses) out.line(1, `IP:\t${textAt(address, 'ip')}`);
    optional('Controlled By', controllerOf(pod));
    optional('NominatedNodeName', textAt(status, 'nominatedNodeName'));
    if (spec['resources']) {
      out.line(0, 'Resources:');
      writeResources(out, objectAt(spec, 'resources'), 1);
    }
    for (const [title, field, statuses] of [
      ['Init Containers', 'initContainers', 'initContainerStatuses'],
      ['Containers', 'containers', 'containerStatuses'],
      ['Ephemeral Containers', 'ephemeralContainers', 'ephemeralContainerStatuses'],
    ] as const) {
      const containers = listAt(spec, field);
      if (containers.length > 0 || field === 'containers')
        writeContainers(out, title, containers, listAt(status, statuses), '', pod);
    }
    const conditions = listAt(status, 'conditions');
    const gates = listAt(spec, 'readinessGates');
    if (gates.length > 0) out.write(0, 'Readiness Gates:\n  Type\tStatus\n');
    for (const gate of gates) {
      const type = textAt(gate, 'conditionType');
      const found = conditions.find((one) => one['type'] === type);
      out.line(1, `${type} \t${found ? textAt(found, 'status') : '<none>'} `);
    }
    if (conditions.length > 0) out.write(0, 'Conditions:\n  Type\tStatus\n');
    for (const one of conditions) out.line(1, `${textAt(one, 'type')} \t${textAt(one, 'status')} `);
    writeVolumes(out, listAt(spec, 'volumes'), '');
    out.line(0, `QoS Class:\t${textAt(status, 'qosClass')}`);
    writeLabels(out, 'Node-Selectors', objectAt(spec, 'nodeSelector'));
    writeTolerations(out, 'Tolerations', listAt(spec, 'tolerations'));
    writeTopologySpread(out, listAt(spec, 'topologySpreadConstraints'), '');
  },
};

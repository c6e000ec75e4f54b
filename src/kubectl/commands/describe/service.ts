import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { formatLabels } from '../../../cluster/apimachinery/labels.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';
import type { Describer } from './describer.ts';
import { numberAt, writeHead } from './metadata.ts';

/** Addresses that are shown before `+ N more...`. */
const SHOWN = 3;

/** kubernetes: kubectl/pkg/describe describeService */
export const describeService: Describer = {
  events: true,
  *write({ out, object, client }) {
    const spec = objectAt(object, 'spec');
    writeHead(out, object);
    out.line(0, `Selector:\t${formatLabels(objectAt(spec, 'selector'))}`);
    out.line(0, `Type:\t${textAt(spec, 'type')}`);
    const optional = (title: string, value: string) => value !== '' && out.line(0, `${title}:\t${value}`);
    optional('IP Family Policy', textAt(spec, 'ipFamilyPolicy'));
    out.line(0, `IP Families:\t${textsAt(spec, 'ipFamilies').join(',') || '<none>'}`);
    out.line(0, `IP:\t${textAt(spec, 'clusterIP')}`);
    out.line(0, `IPs:\t${textsAt(spec, 'clusterIPs').join(',') || '<none>'}`);
    optional('External IPs', textsAt(spec, 'externalIPs').join(','));
    optional('Desired LoadBalancer IP', textAt(spec, 'loadBalancerIP'));
    const ingress = listAt(object, 'status', 'loadBalancer', 'ingress').map((one) => {
      const mode = textAt(one, 'ipMode');
      return (textAt(one, 'ip') || textAt(one, 'hostname')) + (mode === '' ? '' : ` (${mode})`);
    });
    optional('LoadBalancer Ingress', ingress.join(', '));
    optional('External Name', textAt(spec, 'externalName'));
    const namespace = textAt(object, 'metadata', 'namespace');
    const list = yield* client.get(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, [
      ['labelSelector', `kubernetes.io/service-name=${textAt(object, 'metadata', 'name')}`],
      ['limit', '500'],
    ]);
    const slices = listAt(list, 'items');
    for (const port of listAt(spec, 'ports')) {
      const name = textAt(port, 'name') || '<unset>';
      const protocol = textAt(port, 'protocol');
      out.line(0, `Port:\t${name}\t${numberAt(port, 'port')}/${protocol}`);
      out.line(0, `TargetPort:\t${String(port['targetPort'] ?? 0)}/${protocol}`);
      if (port['appProtocol'] !== undefined) out.line(0, `AppProtocol:\t${port['appProtocol']}`);
      if (numberAt(port, 'nodePort') !== 0)
        out.line(0, `NodePort:\t${name}\t${numberAt(port, 'nodePort')}/${protocol}`);
      out.line(0, `Endpoints:\t${endpointsText(slices, textAt(port, 'name'))}`);
    }
    out.line(0, `Session Affinity:\t${textAt(spec, 'sessionAffinity')}`);
    optional('External Traffic Policy', textAt(spec, 'externalTrafficPolicy'));
    optional('Internal Traffic Policy', textAt(spec, 'internalTrafficPolicy'));
    optional('Traffic Distribution', textAt(spec, 'trafficDistribution'));
    if (numberAt(spec, 'healthCheckNodePort') !== 0)
      out.line(0, `HealthCheck NodePort:\t${numberAt(spec, 'healthCheckNodePort')}`);
    optional('LoadBalancer Source Ranges', textsAt(spec, 'loadBalancerSourceRanges').join(','));
  },
};

/** kubernetes: kubectl/pkg/describe formatEndpointSlices */
export function endpointsText(slices: readonly JsonObject[], portName: string | undefined): string {
  if (slices.length === 0) return '<none>';
  const all: string[] = [];
  for (const slice of slices) {
    const ports = listAt(slice, 'ports');
    const ready = listAt(slice, 'endpoints').filter((one) => objectAt(one, 'conditions')['ready'] !== false);
    if (ports.length === 0) for (const one of ready) all.push(...textsAt(one, 'addresses'));
    for (const port of ports) {
      if (portName !== undefined && textAt(port, 'name') !== portName) continue;
      for (const one of ready)
        for (const address of textsAt(one, 'addresses'))
          all.push(`${address.includes(':') ? `[${address}]` : address}:${numberAt(port, 'port')}`);
    }
  }
  const shown = all.slice(0, SHOWN).join(',');
  return all.length > SHOWN ? `${shown} + ${all.length - SHOWN} more...` : shown;
}

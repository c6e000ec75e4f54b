import { parseIntOrString } from '../../cluster/apimachinery/int-or-string.ts';
import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { asError, KubectlError } from '../errors.ts';
import { parseAtoi } from '../flags/index.ts';

/** What a Service made from another object is like. */
export interface ServiceOptions {
  readonly name: string;
  readonly labels: JsonObject;
  readonly selector: JsonObject;
  /** Port numbers as text. */
  readonly ports: readonly string[];
  /** `--protocol`; empty takes what the ports say, or TCP. */
  readonly protocol: string;
  readonly protocols: ReadonlyMap<string, readonly string[]>;
  readonly targetPort: string;
  readonly type: string;
  readonly externalIp: string;
  readonly loadBalancerIp: string;
  readonly sessionAffinity: string;
  readonly clusterIp: string;
}

/** Raises KubectlError. kubernetes: kubectl/pkg/cmd/expose createService */
export function serviceObject(options: ServiceOptions): JsonObject {
  const ports = options.ports.flatMap((text, at) => servicePorts(options, text, at));
  if (options.sessionAffinity !== '' && !['None', 'ClientIP'].includes(options.sessionAffinity))
    throw new KubectlError(`unknown session affinity: ${options.sessionAffinity}`);
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: {
      name: options.name,
      ...(Object.keys(options.labels).length > 0 ? { labels: options.labels } : {}),
    },
    spec: {
      ...(ports.length > 0 ? { ports } : {}),
      selector: options.selector,
      ...(options.clusterIp === '' ? {} : { clusterIP: options.clusterIp }),
      ...(options.type === '' ? {} : { type: options.type }),
      ...(options.externalIp === '' ? {} : { externalIPs: [options.externalIp] }),
      ...(options.sessionAffinity === '' ? {} : { sessionAffinity: options.sessionAffinity }),
      ...(options.type === 'LoadBalancer' && options.loadBalancerIp !== ''
        ? { loadBalancerIP: options.loadBalancerIp }
        : {}),
    },
    status: { loadBalancer: {} },
  };
}

function servicePorts(options: ServiceOptions, text: string, at: number): Json[] {
  let port: number;
  try {
    port = parseAtoi(text);
  } catch (error) {
    throw new KubectlError(asError(error).message);
  }
  const targetPort = options.targetPort === '' ? port : parseIntOrString(options.targetPort);
  const several = options.ports.length > 1;
  const found = options.protocol === '' ? (options.protocols.get(text) ?? []) : [];
  if (found.length > 1)
    return found.map((protocol) => ({ name: `port-${at + 1}-${protocol.toLowerCase()}`, protocol, port, targetPort }));
  const protocol = options.protocol || found[0] || 'TCP';
  return [{ ...(several ? { name: `port-${at + 1}` } : {}), protocol, port, targetPort }];
}

/** `a=1,b=2`. Raises KubectlError. kubernetes: kubectl/pkg/generate ParseLabels */
export function parseLabels(text: string): JsonObject {
  const out: JsonObject = {};
  for (const pair of text.split(',')) {
    const parts = pair.split('=');
    const [key = '', value = ''] = parts;
    if (parts.length !== 2) throw new KubectlError(`unexpected label spec: ${pair}`);
    if (key === '') throw new KubectlError('unexpected empty label key');
    out[key] = value;
  }
  return out;
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, textAt } from '../../json.ts';

/** A port here and the one that it leads to. */
export interface ForwardedPort {
  /** 0: any that is free. */
  readonly local: number;
  readonly remote: number;
}

/** The words of the command line with names of ports looked up. Raises KubectlError. kubernetes: kubectl/pkg/cmd/portforward/portforward.go */
export function forwardedPorts(words: readonly string[], object: JsonObject, pod: JsonObject): ForwardedPort[] {
  const service = textAt(object, 'kind') === 'Service';
  checkUdp(words, service ? object : pod, service);
  const numbered = words.map((word) => (service ? throughService(word, object, pod) : inPod(word, pod)));
  return numbered.map(parsePort);
}

function split(word: string): [local: string, remote: string] {
  const parts = word.split(':');
  return parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : [parts[0] ?? '', parts[0] ?? ''];
}

function isNumber(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}

function inPod(word: string, pod: JsonObject): string {
  const [local, remote] = split(word);
  if (remote === '') throw new KubectlError('remote port cannot be empty');
  const number = isNumber(remote) ? remote : String(namedInPod(pod, remote));
  return local === remote ? number : `${local}:${number}`;
}

function throughService(word: string, service: JsonObject, pod: JsonObject): string {
  const [given, remote] = split(word);
  const ports = listAt(service, 'spec', 'ports');
  const named = isNumber(remote) ? undefined : ports.find((port) => textAt(port, 'name') === remote);
  const { name } = named ?? {};
  if (!isNumber(remote) && name === undefined)
    throw new KubectlError(`Service '${textAt(service, 'metadata', 'name')}' does not have a named port '${remote}'`);
  const number = named ? Number(named['port']) : Number(remote);
  const local = named && given === remote ? String(number) : given;
  const target = targetPort(service, pod, number);
  return local === String(target) ? local : `${local}:${target}`;
}

/** kubernetes: kubectl/pkg/util/service_port.go LookupContainerPortNumberByServicePort */
function targetPort(service: JsonObject, pod: JsonObject, port: number): number {
  const found = listAt(service, 'spec', 'ports').find((one) => one['port'] === port);
  if (!found)
    throw new KubectlError(`Service ${textAt(service, 'metadata', 'name')} does not have a service port ${port}`);
  if (textAt(service, 'spec', 'clusterIP') === 'None') return port;
  const target = found['targetPort'];
  if (typeof target === 'number') return target === 0 ? port : target;
  return typeof target === 'string' && target !== '' ? namedInPod(pod, target) : port;
}

function namedInPod(pod: JsonObject, name: string): number {
  for (const field of ['containers', 'initContainers'])
    for (const container of listAt(pod, 'spec', field)) {
      if (field === 'initContainers' && container['restartPolicy'] !== 'Always') continue;
      const port = listAt(container, 'ports').find((one) => textAt(one, 'name') === name);
      if (port) return Number(port['containerPort']);
    }
  throw new KubectlError(`Pod '${textAt(pod, 'metadata', 'name')}' does not have a named port '${name}'`);
}

/** UDP cannot be forwarded. */
function checkUdp(words: readonly string[], object: JsonObject, service: boolean): void {
  const ports = service
    ? listAt(object, 'spec', 'ports')
    : listAt(object, 'spec', 'containers').flatMap((container) => listAt(container, 'ports'));
  const key = service ? 'port' : 'containerPort';
  const of = (protocol: string) =>
    new Set(ports.filter((one) => (one['protocol'] ?? 'TCP') === protocol).map((one) => Number(one[key])));
  const tcp = of('TCP');
  const udp = of('UDP');
  for (const word of words) {
    const [, remote] = split(word);
    const named = ports.find((one) => textAt(one, 'name') === remote);
    const number = isNumber(remote) ? Number(remote) : Number(named?.[key] ?? 0);
    if (udp.has(number) && !tcp.has(number)) throw new KubectlError(`UDP protocol is not supported for ${remote}`);
  }
}

/** client-go: tools/portforward/portforward.go parsePorts */
function parsePort(word: string): ForwardedPort {
  const parts = word.split(':');
  if (parts.length > 2) throw new KubectlError(`invalid port format '${word}'`);
  const localText = parts.length === 1 ? word : parts[0] || '0';
  const remoteText = parts[1] ?? word;
  const local = parseUint16('local', localText);
  const remote = parseUint16('remote', remoteText);
  if (remote === 0) throw new KubectlError('remote port must be > 0');
  return { local, remote };
}

/** Go's strconv.ParseUint(text, 10, 16). */
function parseUint16(which: string, text: string): number {
  const fail = (why: string) =>
    new KubectlError(
      `error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`,
    );
  if (!/^\d+$/.test(text)) throw fail('invalid syntax');
  if (Number(text) > 65535) throw fail('value out of range');
  return Number(text);
}

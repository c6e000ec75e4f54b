import type { DiscoveryV1EndpointPort, EndpointPort } from '../../api/types.generated.ts';

// The order of several ports is that of their hashes, which only who computes them can tell.
// kubernetes: staging/src/k8s.io/endpointslice/util NewPortMapKey, pkg/api/v1/endpoints/util.go portsByHash

const OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const PRIME = 0x0000000001000000000000000000013bn;
const WIDTH = 128;

/** FNV-1a of 128 bits. */
function fnv128a(text: string): bigint {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(WIDTH, (hash ^ BigInt(byte)) * PRIME);
  return hash;
}

const pointer = (type: string, value: unknown) => `(*${type})${value ?? '<nil>'}`;

/** As Go's package spew writes the struct. */
function dumpOfEndpoint({ name, port, protocol, appProtocol }: EndpointPort): string {
  const fields = `Name:(string)${name ?? ''} Port:(int32)${port} Protocol:(v1.Protocol)${protocol ?? ''}`;
  return `(v1.EndpointPort){${fields} AppProtocol:${pointer('string', appProtocol)}}`;
}

function dumpOfSlice({ name, port, protocol, appProtocol }: DiscoveryV1EndpointPort): string {
  const fields = `Name:${pointer('string', name ?? '')} Protocol:${pointer('v1.Protocol', protocol)}`;
  return `(v1.EndpointPort){${fields} Port:${pointer('int32', port)} AppProtocol:${pointer('string', appProtocol)}}`;
}

function byHash<T>(ports: readonly T[], dump: (port: T) => string): T[] {
  if (ports.length < 2) return [...ports];
  const hashed = ports.map((port) => ({ port, hash: fnv128a(dump(port)) }));
  return hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ port }) => port);
}

/** Ports of an Endpoints object in the order that its controller gives them. */
export function sortEndpointPorts(ports: readonly EndpointPort[]): EndpointPort[] {
  return byHash(ports, dumpOfEndpoint);
}

/** Ports of an EndpointSlice in the order that its controller gives them. */
export function sortSlicePorts(ports: readonly DiscoveryV1EndpointPort[]): DiscoveryV1EndpointPort[] {
  return byHash(ports, dumpOfSlice);
}

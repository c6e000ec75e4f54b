import type { ServiceFacts, TraceEnd, TraceHop, TracePlace } from '../../cluster/network/trace/trace.ts';

/** What a trace says in one language. */
export interface TraceMessages {
  readonly usage: string;
  readonly title: (from: string, to: string) => string;
  readonly place: (place: TracePlace) => string;
  /** What happens at a hop, without the place. */
  readonly hop: (hop: TraceHop) => string;
  /** Why it ended, as a sentence. */
  readonly end: (end: TraceEnd) => string;
  readonly unknownPlace: (text: string) => string;
  readonly noCluster: string;
}

function facts({ selector, matching, ready, service, unknownPort }: ServiceFacts): string {
  if (selector === '') return `Service ${service} has no selector, and nobody gave it endpoints`;
  if (matching === 0) return `its selector ${selector} matches no Pod`;
  const found = `its selector ${selector} matches ${matching} Pod${matching === 1 ? '' : 's'}`;
  if (unknownPort !== undefined) return `${found}, but its targetPort ${unknownPort} is the name of no port of theirs`;
  return `${found}, of which ${ready} ready`;
}

function enPlace(place: TracePlace): string {
  if (place.kind === 'pod') return `Pod ${place.namespace}/${place.name}`;
  return place.kind === 'node' ? `node ${place.name}` : place.name;
}

export const traceEn: TraceMessages = {
  usage: `tutor trace FROM TO: the way of one request, and why it ends where it ends
  FROM  [pod] NAME[/NAMESPACE] | [node] NAME | workstation
  TO    service NAME[/NAMESPACE][:PORT] | pod NAME[/NAMESPACE][:PORT]
        | HOST:PORT | URL
`,
  title: (from, to) => `${from} → ${to}`,
  place: enPlace,
  hop(hop) {
    switch (hop.kind) {
      case 'from':
        return `sends it from ${hop.address || 'no address'}`;
      case 'name':
        return `${hop.name} is ${hop.address}`;
      case 'veth':
        return hop.direction === 'out'
          ? `eth0 → ${hop.device}${hop.bridge ? ` → bridge ${hop.bridge}` : ''} of ${hop.node.name}`
          : `${hop.bridge ? `bridge ${hop.bridge} → ` : ''}${hop.device} → eth0 of the Pod`;
      case 'bridge':
        return `eth0 → bridge ${hop.bridge} → eth0 of ${enPlace(hop.to)}`;
      case 'wire':
        return `${hop.device} → ${hop.tunnel ? 'tunnel' : 'wire'} → ${hop.to.name}`;
      case 'route':
        return `route: ${hop.route}`;
      case 'service':
        return `${hop.service ? `Service ${hop.service}` : 'DNAT'}: ${hop.address} → ${hop.endpoint}${hop.pod ? ` (${enPlace(hop.pod)})` : ''}`;
      case 'masquerade':
        return `from here on it comes from ${hop.address} (masquerade)`;
      case 'policy':
        return `${hop.policies} ${hop.allowed ? 'allows' : 'denies'} it (${hop.direction})`;
      case 'process':
        return `${hop.program || 'the kernel'} listens on port ${hop.port}`;
    }
  },
  end(end) {
    return `${enEnd(end)}${enPortless(end)}`;
  },
  unknownPlace: (text) => `tutor: ${text}: there is no such place`,
  noCluster: 'There is no cluster here.',
};

function enPortless({ portless, port }: TraceEnd): string {
  if (!portless) return '';
  const has = portless.ports.length > 0 ? `, only ${portless.ports.join(', ')}` : '';
  return `; Service ${portless.service} has no port ${port}${has}`;
}

function enEnd(end: TraceEnd): string {
  const { place, address, port, service, listening = [] } = end;
  const where = enPlace(place);
  switch (end.reason) {
    case 'listening':
      return `accepted: ${where} answers on port ${port}`;
    case 'no-listener':
      return `connection refused: nothing in ${where} listens on port ${port}${listening.length > 0 ? `; what listens there: ${listening.join(', ')}` : ''}`;
    case 'no-endpoints':
      return `connection refused: ${end.by ?? 'the Service'} has no endpoints${service ? `: ${facts(service)}` : ''}`;
    case 'no-local-endpoints':
      return `timeout: ${end.by ?? 'the Service'} has policy Local, and no endpoint is on ${where}`;
    case 'asymmetric':
      return `timeout: it arrives, but the answer does not come back past ${where}, which changed the destination`;
    case 'no-way-back':
      return `timeout: it arrives, but ${where} has no route for the answer`;
    case 'policy':
      return `${end.result === 'timeout' ? 'timeout' : 'connection refused'}: ${end.by ?? 'a rule'} on ${where} does not let it pass`;
    case 'no-name':
      return `no such name: ${address}`;
    case 'no-dns':
      return `the name cannot be looked up, because the DNS at ${address}:${port} cannot be reached${end.by ? ` (${end.by})` : ''}`;
    case 'no-neighbour':
      return end.result === 'timeout'
        ? `timeout: nobody has the address ${address}`
        : `no route to host: nobody near ${where} has the address ${address}`;
    case 'no-route':
      return `network is unreachable: ${where} has no route to ${address}`;
    case 'route-refuses':
      return `${where} has a route that leads ${address} nowhere`;
    case 'not-forwarding':
      return `timeout: ${where} passes on no packets of others`;
    case 'link-down':
      return `network is unreachable: the interface of ${where} is down`;
    case 'ttl':
      return 'timeout: it was passed round and round';
  }
}

function koFacts({ selector, matching, ready, service, unknownPort }: ServiceFacts): string {
  if (selector === '') return `Service ${service}에는 selector가 없고, 아무도 엔드포인트를 만들어 주지 않았습니다`;
  if (matching === 0) return `selector ${selector}에 맞는 Pod가 없습니다`;
  if (unknownPort !== undefined)
    return `selector ${selector}에 맞는 Pod ${matching}개가 있지만, targetPort ${unknownPort}라는 이름의 포트가 그 Pod에 없습니다`;
  return `selector ${selector}에 맞는 Pod ${matching}개 중 Ready는 ${ready}개입니다`;
}

function koPlace(place: TracePlace): string {
  if (place.kind === 'pod') return `Pod ${place.namespace}/${place.name}`;
  return place.kind === 'node' ? `노드 ${place.name}` : place.name;
}

export const traceKo: TraceMessages = {
  usage: `tutor trace FROM TO: 요청 하나가 지나는 길과, 왜 거기서 끝나는지
  FROM  [pod] NAME[/NAMESPACE] | [node] NAME | workstation
  TO    service NAME[/NAMESPACE][:PORT] | pod NAME[/NAMESPACE][:PORT]
        | HOST:PORT | URL
`,
  title: (from, to) => `${from} → ${to}`,
  place: koPlace,
  hop(hop) {
    switch (hop.kind) {
      case 'from':
        return hop.address === '' ? '보낼 출발지 주소가 없음' : `${hop.address}에서 보냄`;
      case 'name':
        return `${hop.name} = ${hop.address}`;
      case 'veth':
        return hop.direction === 'out'
          ? `eth0 → ${hop.device}${hop.bridge ? ` → 브리지 ${hop.bridge}` : ''} (${hop.node.name})`
          : `${hop.bridge ? `브리지 ${hop.bridge} → ` : ''}${hop.device} → Pod의 eth0`;
      case 'bridge':
        return `eth0 → 브리지 ${hop.bridge} → ${koPlace(hop.to)}의 eth0`;
      case 'wire':
        return `${hop.device} → ${hop.tunnel ? '터널' : '네트워크'} → ${hop.to.name}`;
      case 'route':
        return `라우트: ${hop.route}`;
      case 'service':
        return `${hop.service ? `Service ${hop.service}` : 'DNAT'}: ${hop.address} → ${hop.endpoint}${hop.pod ? ` (${koPlace(hop.pod)})` : ''}`;
      case 'masquerade':
        return `여기부터 출발지 주소는 ${hop.address} (masquerade)`;
      case 'policy':
        return `${hop.policies}: ${hop.allowed ? '허용' : '차단'} (${hop.direction})`;
      case 'process':
        return `${hop.program || '커널'}이(가) ${hop.port}번 포트에서 받음`;
    }
  },
  end(end) {
    return `${koEnd(end)}${koPortless(end)}`;
  },
  unknownPlace: (text) => `tutor: ${text}: 그런 곳이 없습니다`,
  noCluster: '여기에는 클러스터가 없습니다.',
};

function koPortless({ portless, port }: TraceEnd): string {
  if (!portless) return '';
  const has = portless.ports.length > 0 ? `(있는 포트: ${portless.ports.join(', ')})` : '';
  return `. Service ${portless.service}에는 ${port}번 포트가 없습니다${has}`;
}

function koEnd(end: TraceEnd): string {
  const { place, address, port, service, listening = [] } = end;
  const where = koPlace(place);
  switch (end.reason) {
    case 'listening':
      return `연결됨: ${where}이(가) ${port}번 포트에서 응답합니다`;
    case 'no-listener':
      return `connection refused: ${where}에서 ${port}번 포트를 듣는 프로세스가 없습니다${listening.length > 0 ? `. 열려 있는 포트: ${listening.join(', ')}` : ''}`;
    case 'no-endpoints':
      return `connection refused: ${end.by ?? 'Service'}에 엔드포인트가 없습니다${service ? `: ${koFacts(service)}` : ''}`;
    case 'no-local-endpoints':
      return `timeout: ${end.by ?? 'Service'}의 정책이 Local인데 ${where}에는 엔드포인트가 없습니다`;
    case 'asymmetric':
      return `timeout: 패킷은 도착하지만 응답이 목적지를 바꾼 ${where}을(를) 거치지 않고 돌아갑니다`;
    case 'no-way-back':
      return `timeout: 패킷은 도착하지만 ${where}에 응답을 돌려보낼 라우트가 없습니다`;
    case 'policy':
      return `${end.result === 'timeout' ? 'timeout' : 'connection refused'}: ${where}에서 ${end.by ?? '규칙'}이(가) 막습니다`;
    case 'no-name':
      return `그런 이름이 없습니다: ${address}`;
    case 'no-dns':
      return `DNS(${address}:${port})에 닿을 수 없어 이름을 찾지 못합니다${end.by ? ` (${end.by})` : ''}`;
    case 'no-neighbour':
      return end.result === 'timeout'
        ? `timeout: 주소 ${address}을(를) 가진 곳이 없습니다`
        : `no route to host: ${where} 근처에 주소 ${address}을(를) 가진 곳이 없습니다`;
    case 'no-route':
      return `network is unreachable: ${where}에 ${address}(으)로 가는 라우트가 없습니다`;
    case 'route-refuses':
      return `${where}의 라우트가 ${address}을(를) 버립니다`;
    case 'not-forwarding':
      return `timeout: ${where}은(는) 남의 패킷을 전달하지 않습니다`;
    case 'link-down':
      return `network is unreachable: ${where}의 인터페이스가 꺼져 있습니다`;
    case 'ttl':
      return 'timeout: 패킷이 제자리를 돌았습니다';
  }
}

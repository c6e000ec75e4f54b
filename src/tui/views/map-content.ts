/** The map of the cluster: nodes with their Pods, Services with lines to their endpoints. */
import type { ClusterMap, MapNode, MapPod, MapService, PodState } from '../../course/cluster-map.ts';
import type { Messages } from '../locale/en.ts';
import { sanitiseLine } from '../sanitise.ts';
import type { Look } from '../themes/look.ts';
import type { Token } from '../themes/tokens.ts';
import { width } from '../width.ts';
import { boxLines } from './box.ts';

/** The narrowest box of a node; wider panes have several side by side. */
const NODE_WIDTH = 36;
const GAP = 1;
/** Pods of a node and endpoints of a Service that are listed by name. */
const LISTED = 12;
const SGR = /\x1b\[[0-9;]*m/g;

const TOKENS: Readonly<Record<PodState, Token>> = {
  ready: 'success',
  starting: 'warning',
  failing: 'error',
  ending: 'muted',
  done: 'muted',
};
/** What needs to be looked at comes first. */
const ORDER: readonly PodState[] = ['failing', 'starting', 'ending', 'ready', 'done'];

/** One cluster after the other; where there are several, each under its name. */
export function mapLines(maps: readonly ClusterMap[], columns: number, look: Look, texts: Messages): string[] {
  const [only, ...others] = maps;
  if (!only) return [look.paint('muted', texts.mapEmpty)];
  if (others.length === 0) return clusterLines(only, columns, look, texts);
  return maps.flatMap((map, index) => [
    ...(index > 0 ? [''] : []),
    clusterTitle(map.name, columns, look, texts),
    ...clusterLines(map, columns, look, texts),
  ]);
}

function clusterTitle(name: string, columns: number, look: Look, texts: Messages): string {
  const text = look.truncate(`${texts.mapCluster} ${sanitiseLine(name)} `, columns);
  return look.paint('title', text) + look.rule(columns - width(text));
}

function clusterLines(map: ClusterMap, columns: number, look: Look, texts: Messages): string[] {
  if (map.nodes.length === 0 && map.unplaced.length === 0) return [look.paint('muted', texts.mapNoNodes)];
  const unplaced =
    map.unplaced.length === 0 ? [] : [podLines(texts.mapUnplaced, map.unplaced, columns, look, texts), ['']];
  const services = map.services.filter((service) => !ofSystem(service.namespace) && service.name !== 'kubernetes');
  return [
    ...unplaced.flat(),
    ...sideBySide(map.nodes, columns, look, texts),
    '',
    look.paint('heading', texts.mapServices),
    ...(services.length === 0 ? [look.paint('muted', texts.mapNoServices)] : []),
    ...services.flatMap((service) => serviceLines(service, columns, look, texts)),
  ];
}

function ofSystem(namespace: string): boolean {
  return namespace.startsWith('kube-') || namespace === 'local-path-storage';
}

function sideBySide(nodes: readonly MapNode[], columns: number, look: Look, texts: Messages): string[] {
  const count = Math.max(1, Math.min(nodes.length, Math.floor((columns + GAP) / (NODE_WIDTH + GAP))));
  const each = Math.floor((columns - GAP * (count - 1)) / count);
  const lines: string[] = [];
  for (let first = 0; first < nodes.length; first += count) {
    const contents = nodes.slice(first, first + count).map((node) => nodeLines(node, each - 4, look, texts));
    const height = Math.max(...contents.map((content) => content.length));
    const boxes = contents.map((content, index) =>
      boxLines(nodes[first + index]?.name ?? '', [...content, ...blanks(height - content.length)], each, look),
    );
    for (let y = 0; y < height + 2; y++) lines.push(boxes.map((box) => box[y] ?? '').join(' '.repeat(GAP)));
  }
  return lines;
}

function blanks(count: number): string[] {
  return Array.from({ length: count }, () => '');
}

function nodeLines(node: MapNode, columns: number, look: Look, texts: Messages): string[] {
  const state = node.ready
    ? look.paint('success', `${look.marks.live} Ready`)
    : look.paint('error', `${look.marks.failed} NotReady`);
  const closed = node.unschedulable ? look.paint('warning', ' SchedulingDisabled') : '';
  const quiet = node.pods.filter((pod) => ofSystem(pod.namespace) && pod.state === 'ready').length;
  const shown = node.pods.filter((pod) => !ofSystem(pod.namespace) || pod.state !== 'ready');
  const system = quiet === 0 ? [] : [look.paint('muted', look.truncate(texts.mapSystem(quiet), columns))];
  return [cut(state + closed, columns), ...podList(shown, columns, look, texts), ...system];
}

function podLines(title: string, pods: readonly MapPod[], columns: number, look: Look, texts: Messages): string[] {
  return [look.paint('warning', title), ...podList(pods, columns, look, texts)];
}

function podList(pods: readonly MapPod[], columns: number, look: Look, texts: Messages): string[] {
  const sorted = [...pods].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const lines = sorted.slice(0, LISTED).map((pod) => podLine(pod, columns, look));
  const rest = sorted.length - lines.length;
  return rest > 0 ? [...lines, look.paint('muted', texts.mapMore(rest))] : lines;
}

function podLine(pod: MapPod, columns: number, look: Look): string {
  const mark = look.paint(TOKENS[pod.state], markOf(pod.state, look));
  const note = pod.note === '' ? '' : ` ${sanitiseLine(pod.note)}`;
  const place = pod.namespace === 'default' ? '' : `${pod.namespace}/`;
  const room = columns - 2;
  // A name can be guessed from its beginning, a state cannot.
  const name = look.truncate(sanitiseLine(place + pod.name), Math.max(8, room - width(note)));
  return `${mark} ${name}${look.paint(TOKENS[pod.state], look.truncate(note, Math.max(0, room - width(name))))}`;
}

function markOf(state: PodState, { marks }: Look): string {
  if (state === 'ready') return marks.live;
  if (state === 'failing') return marks.failed;
  if (state === 'done') return marks.met;
  return state === 'ending' ? marks.open : marks.started;
}

function serviceLines(service: MapService, columns: number, look: Look, texts: Messages): string[] {
  const place = service.namespace === 'default' ? '' : `${service.namespace}/`;
  const about = [service.type, service.address, service.ports].filter((part) => part !== '').join(' ');
  const name = look.truncate(sanitiseLine(place + service.name), columns);
  const rest = look.truncate(` ${sanitiseLine(about)}`, Math.max(0, columns - width(name)));
  const head = look.paint('strong', name) + look.paint('muted', rest);
  if (service.type === 'ExternalName') return [head];
  if (service.endpoints.length === 0) return [head, `${branch(true, look)} ${look.paint('error', texts.mapNobody)}`];
  const shown = service.endpoints.slice(0, LISTED);
  const more = service.endpoints.length - shown.length;
  const lines = shown.map((endpoint, index) => {
    const last = index === shown.length - 1 && more === 0;
    const state: PodState = endpoint.ready ? 'ready' : 'starting';
    const mark = look.paint(TOKENS[state], markOf(state, look));
    const text = look.truncate(`${sanitiseLine(endpoint.name)} ${endpoint.node}`.trimEnd(), columns - 5);
    return `${branch(last, look)} ${mark} ${text}`;
  });
  return more > 0
    ? [head, ...lines, `${branch(true, look)} ${look.paint('muted', texts.mapMore(more))}`]
    : [head, ...lines];
}

function branch(last: boolean, look: Look): string {
  if (look.ascii) return look.paint('border', last ? '`-' : '|-');
  return look.paint('border', last ? '└─' : '├─');
}

/** A painted line that is too long loses its colours with its end. */
function cut(line: string, columns: number): string {
  const plain = line.replace(SGR, '');
  return width(plain) <= columns ? line : plain.slice(0, columns);
}

import { traceRequest } from '../cluster/network/trace/compute.ts';
import type { TraceGoal } from '../cluster/network/trace/target.ts';
import type { Trace } from '../cluster/network/trace/trace.ts';
import type { NetworkNamespace } from '../world/network/namespace.ts';
import { messages } from './locale/messages.ts';
import { LANGUAGES, type Language, type Text } from './text.ts';
import type { BuiltWorld, ClusterView } from './world-source.ts';

/** A place or a goal that is not there: the words that name it. */
class UnknownPlace extends Error {}

/** `tutor trace …`: the text of the trace, or what is wrong with the words. */
export function traceCommand(
  built: BuiltWorld,
  words: readonly string[],
  language: Language,
): { readonly text: string; readonly status: number } {
  const found = findTrace(built, words, language);
  if ('problem' in found) return { text: found.problem, status: found.misused ? 2 : 1 };
  return { text: renderTrace(found, language), status: found.end.result === 'accepted' ? 0 : 1 };
}

/** Why there is no trace: a text that ends in a line feed. `misused`: the words are not of the right form. */
export interface NoTrace {
  readonly problem: string;
  readonly misused: boolean;
}

/** The trace that some words mean; of several clusters the first that has what they name. Changes nothing. */
export function findTrace(built: BuiltWorld, words: readonly string[], language: Language, luck = ''): Trace | NoTrace {
  const say = messages(language).trace;
  if (built.clusters.length === 0) return { problem: `${say.noCluster}\n`, misused: false };
  const { places, rest } = splitWords(words);
  const [from, to] = places;
  if (from === undefined || to === undefined || rest > 0) return { problem: say.usage, misused: true };
  let unknown = '';
  for (const view of built.clusters) {
    try {
      const namespace =
        from.kind === 'node' ? 'default' : (find(view, 'Pod', from.name, 'default')?.namespace ?? 'default');
      return traceRequest(built.world, view, startOf(built, view, from), goalOf(view, to, namespace), { luck });
    } catch (error) {
      if (!(error instanceof UnknownPlace)) throw error;
      unknown ||= error.message;
    }
  }
  return { problem: `${say.unknownPlace(unknown)}\n`, misused: false };
}

interface NamedPlace {
  readonly kind: 'pod' | 'node' | 'service' | 'other';
  readonly name: string;
}

const KINDS: Readonly<Record<string, NamedPlace['kind']>> = {
  pod: 'pod',
  po: 'pod',
  node: 'node',
  no: 'node',
  service: 'service',
  svc: 'service',
};

/** `pod web`, `pod/web`, `svc/web:80` or a word alone, twice. */
function splitWords(words: readonly string[]): { places: NamedPlace[]; rest: number } {
  const places: NamedPlace[] = [];
  let at = 0;
  while (at < words.length && places.length < 2) {
    const word = words[at++] ?? '';
    const slash = /^(pod|po|node|no|service|svc)\/(.+)$/.exec(word);
    const kind = KINDS[slash?.[1] ?? word];
    if (!kind) places.push({ kind: 'other', name: word });
    else if (slash) places.push({ kind, name: slash[2] ?? '' });
    else places.push({ kind, name: words[at++] ?? '' });
  }
  return { places, rest: words.length - at };
}

function startOf(built: BuiltWorld, view: ClusterView, { kind, name }: NamedPlace): NetworkNamespace {
  if (kind !== 'service') {
    const machine = name === 'workstation' ? built.workstation : built.world.machines.get(name);
    if (machine && kind !== 'pod') return machine.network;
    const pod = find(view, 'Pod', name, 'default');
    const found = pod && podNetwork(built, view, pod.namespace, pod.name);
    if (found) return found;
  }
  throw new UnknownPlace(name);
}

/** What is there of `NAME`, `NAME/NAMESPACE` or, as traces show it, `NAMESPACE/NAME`. */
function find(
  view: ClusterView,
  kind: 'Pod' | 'Service',
  text: string,
  usual: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const [first = '', second] = text.split('/');
  const ways =
    second === undefined
      ? [[first, usual]]
      : [
          [first, second],
          [second, first],
        ];
  for (const [name = '', namespace = ''] of ways) if (view.get(kind, namespace, name)) return { namespace, name };
  return undefined;
}

/** The network that a Pod's containers live in; undefined while it has none. */
export function podNetwork(
  built: BuiltWorld,
  view: ClusterView,
  namespace: string,
  name: string,
): NetworkNamespace | undefined {
  const status = view.get('Pod', namespace, name)?.['status'];
  const address = typeof status === 'object' && status !== null && 'podIP' in status ? status.podIP : undefined;
  return typeof address === 'string' ? built.world.network.namespaceOf(address) : undefined;
}

function goalOf(view: ClusterView, { kind, name }: NamedPlace, namespace: string): TraceGoal {
  if (kind === 'other') {
    const url = parseHost(name);
    if (!url) throw new UnknownPlace(name);
    // A word alone may be a Service, wherever the request starts.
    if (!url.scheme && view.get('Service', namespace, url.host))
      return { kind: 'service', namespace, name: url.host, port: url.port };
    return { kind: 'host', host: url.host, port: url.port ?? (url.scheme === 'https' ? 443 : 80) };
  }
  const [, plain = '', port] = /^([^/:]+)(?:\/[^/:]+)?(?::(\d+))?$/.exec(name) ?? [];
  const wanted = port === undefined ? undefined : Number(port);
  if (kind === 'node') return { kind: 'host', host: plain, port: wanted ?? 22 };
  const found = find(view, kind === 'pod' ? 'Pod' : 'Service', name.replace(/:\d+$/, ''), namespace);
  if (!found) throw new UnknownPlace(name);
  return { kind, ...found, port: wanted };
}

/** Host and port of an URL, `host:port` or `host`. */
export function parseHost(
  text: string,
): { readonly scheme: string | undefined; readonly host: string; readonly port: number | undefined } | undefined {
  const parts = /^(?:([a-z]+):\/\/)?(?:[^/@]*@)?([^/:?#]+)(?::(\d{1,5}))?(?:[/?#].*)?$/i.exec(text);
  if (!parts?.[2]) return undefined;
  return {
    scheme: parts[1]?.toLowerCase(),
    host: parts[2],
    port: parts[3] === undefined ? undefined : Number(parts[3]),
  };
}

/** The lines of a trace: number, place and what happens there, and at the end why it ends. */
function renderTrace(trace: Trace, language: Language): string {
  const say = messages(language).trace;
  const lines = [say.title(say.place(trace.from), trace.target)];
  const names = trace.hops.map((hop) => say.place(hop.place));
  const width = Math.min(28, Math.max(0, ...names.map(columns)));
  for (const [index, hop] of trace.hops.entries()) {
    const repeated = index > 0 && names[index - 1] === names[index];
    const name = repeated ? '' : (names[index] ?? '');
    lines.push(
      `${String(index + 1).padStart(3)}  ${name}${' '.repeat(Math.max(0, width - columns(name)))}  ${say.hop(hop)}`,
    );
  }
  return `${lines.join('\n')}\n${trace.end.result === 'accepted' ? '✓' : '✗'} ${say.end(trace.end)}\n`;
}

/** Hangul takes two columns. */
function columns(text: string): number {
  return text.length + [...text].filter((char) => char >= '\u1100').length;
}

/** Why a request ends where it ends, in every language: the whole way of it. */
export function traceText(trace: Trace): Text {
  const [en, ko] = LANGUAGES.map((language) => renderTrace(trace, language).trimEnd());
  return { en: en ?? '', ko: ko ?? '' };
}

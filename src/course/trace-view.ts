import type { TraceHop } from '../cluster/network/trace/trace.ts';
import { messages } from './locale/messages.ts';
import type { Language } from './text.ts';
import { findTrace } from './trace-command.ts';
import type { BuiltWorld } from './world-source.ts';

/** What a hop is, at a glance. */
export type TraceSign = 'sent' | 'named' | 'moved' | 'routed' | 'changed' | 'allowed' | 'denied' | 'received';

export interface TraceLine {
  readonly sign: TraceSign;
  /** `node node01`, `Pod default/web`. */
  readonly place: string;
  readonly text: string;
}

/** The way of a request in the learner's words: what the TUI draws. */
export interface TraceWay {
  readonly title: string;
  readonly hops: readonly TraceLine[];
  readonly end: { readonly accepted: boolean; readonly text: string };
}

/** `problem`: why there is none. */
export type TraceView = TraceWay | { readonly problem: string };

const SIGNS: Readonly<Record<Exclude<TraceHop['kind'], 'policy'>, TraceSign>> = {
  from: 'sent',
  name: 'named',
  veth: 'moved',
  bridge: 'moved',
  wire: 'moved',
  route: 'routed',
  service: 'changed',
  masquerade: 'changed',
  process: 'received',
};

/** The way that a line of words asks for (`client web:80`); `luck` as in `traceRequest`. */
export function traceView(built: BuiltWorld, line: string, language: Language, luck: string): TraceView {
  const words = line.split(/\s+/).filter((word) => word !== '');
  const found = findTrace(built, words, language, luck);
  if ('problem' in found) return { problem: found.problem.trimEnd() };
  const say = messages(language).trace;
  return {
    title: say.title(say.place(found.from), found.target),
    hops: found.hops.map((hop) => ({ sign: signOf(hop), place: say.place(hop.place), text: say.hop(hop) })),
    end: { accepted: found.end.result === 'accepted', text: say.end(found.end) },
  };
}

function signOf(hop: TraceHop): TraceSign {
  if (hop.kind === 'policy') return hop.allowed ? 'allowed' : 'denied';
  return SIGNS[hop.kind];
}

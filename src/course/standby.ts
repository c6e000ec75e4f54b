import { endsLine, type Input } from './input.ts';
import { Replay } from './replay.ts';
import type { Stage } from './stage.ts';

/** Events of a world that are played again faster than anybody notices: some 25 run in a millisecond. */
const UNNOTICED = 5000;
/** Lines that can be taken back one after the other from a place behind. */
const LINES_BEHIND = 3;
/** Real ms without input until the host's idle time is used. */
const REST = 500;

/** How often events had run when each input came, and what came. */
export interface Past {
  readonly inputs: readonly Input[];
  readonly counts: readonly number[];
  /** Events that have run by now. */
  readonly count: number;
  /** The number of inputs before the current step. */
  readonly stepStart: number;
}

/** Stages that stand by: going back takes one, and comes several times in a row. */
const SPARES = 3;

interface Spare {
  readonly stage: Stage;
  /** How many inputs it has had. */
  at: number;
}

/**
 * Further stages of the same journal, some lines behind: going back takes one instead of playing everything from the
 * start. It is the stage that a replay would give, since both are functions of the same inputs; they are worked on while
 * the host has nothing to do, and only where a replay is long.
 */
export class Standby {
  private spares: Spare[] = [];
  private rested = 0;

  constructor(private readonly newStage: () => Stage) {}

  /** Something happened: the host's time belongs to the learner. */
  disturb(): void {
    this.rested = 0;
  }

  /** Uses idle time. `elapsed` ms have passed since the last call. True when there is more to do. */
  work(past: Past, elapsed: number, mayGoOn: () => boolean): boolean {
    this.rested += elapsed;
    if (past.count < 2 * UNNOTICED) return false;
    const to = placeBehind(past);
    const next = past.inputs[to];
    if (!next) return false;
    const behind = this.spares.find(({ at, stage }) => at < to || (at === to && stage.now < next.t));
    if (!behind && this.spares.length >= SPARES) return false;
    if (this.rested < REST) return true;
    const spare = behind ?? { stage: this.newStage(), at: 0 };
    if (!behind) this.spares.push(spare);
    const replay = new Replay(spare.stage, past.inputs.slice(0, to), next.t, () => spare.at++, spare.at);
    replay.advance(mayGoOn);
    return true;
  }

  /** The stage that has had most inputs, but not more than `keep`: it is given away. What has had more is of no use any more. */
  take(keep: number): Spare | undefined {
    for (const spare of this.spares) if (spare.at > keep) spare.stage.close();
    const [best, ...others] = this.spares.filter((spare) => spare.at <= keep).sort((a, b) => b.at - a.at);
    this.spares = others;
    return best;
  }

  close(): void {
    for (const { stage } of this.spares) stage.close();
    this.spares = [];
  }
}

/** Where to stand: at the start of the step, which is gone back to by reset as well, unless that is far; then some lines behind. */
function placeBehind({ inputs, counts, count, stepStart }: Past): number {
  const begin = counts[stepStart] ?? count;
  let at = inputs.length;
  for (let ends = 0; at > 0 && ends <= LINES_BEHIND; at--) {
    const input = inputs[at - 1];
    if (input && endsLine(input) && ++ends > LINES_BEHIND) break;
  }
  return count - begin < UNNOTICED ? Math.min(at, stepStart) : at;
}

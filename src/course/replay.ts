import type { Input } from './input.ts';
import type { Stage } from './stage.ts';

/** Inputs that are played to a stage that has had the first of them, or none, in slices if need be. */
export class Replay {
  constructor(
    private readonly stage: Stage,
    private readonly inputs: readonly Input[],
    /** Until when the clock runs at least, ms of virtual time. */
    private readonly until: number,
    /** Called before each input is applied. */
    private readonly onInput: (input: Input) => void,
    /** How many of the inputs the stage has had. */
    private at = 0,
  ) {}

  /** 0 to 1. */
  get fraction(): number {
    return this.inputs.length === 0 ? 1 : this.at / this.inputs.length;
  }

  /** True when it is over, false when `mayGoOn` said no: call again. */
  advance(mayGoOn: () => boolean): boolean {
    for (let input = this.inputs[this.at]; input; input = this.inputs[this.at]) {
      while (!this.stage.runUntil(input.t, mayGoOn)) {
        if (this.stage.request === undefined) return false;
        // A request that more inputs follow was served, or refused, then.
        this.stage.request = undefined;
      }
      // What an input causes at once is not counted by the loop above.
      if (!mayGoOn()) return false;
      this.at++;
      this.onInput(input);
      this.stage.apply(input);
    }
    return this.stage.runUntil(this.until, mayGoOn) || this.stage.request !== undefined;
  }
}

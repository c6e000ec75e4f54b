/** Somebody who works through a lesson at the keyboard: types, waits for the prompt, checks, goes on. */
import type { Lesson, Step } from '../../src/course/lesson/lesson.ts';
import type { Messages } from '../../src/tui/locale/en.ts';
import { promptOf, type Reader, type Screen, secondsBetween } from './screen.ts';
import { Timeout, type Tmux } from './tmux.ts';

const PREFIX = 'C-]';
/** Real ms that a learner looks at a command that works before letting time pass, and how often that is done. */
const PATIENCE = 4000;
const MOST_JUMPS = 40;

export interface StepOutcome {
  readonly step: string;
  readonly passed: boolean;
  /** Why it did not pass. */
  readonly problem: string;
}

export class Learner {
  constructor(
    private readonly tmux: Tmux,
    private readonly reader: Reader,
    private readonly texts: Messages,
    private readonly lesson: Lesson,
    /** Keeps a screen under a name. */
    private readonly keep: (name: string, screen: Screen) => void,
  ) {}

  /** Plays every step with its solution number `solution` (from 0; its last one when it has fewer). */
  async *play(solution: number): AsyncGenerator<StepOutcome> {
    const { steps } = this.lesson;
    await this.arrive(1, 90_000);
    for (const [index, step] of steps.entries()) {
      const name = `${String(index + 1).padStart(2, '0')}-${step.id}`;
      const outcome = await this.oneStep(step, name, solution);
      yield outcome;
      if (!outcome.passed) return;
      if (index + 1 < steps.length) {
        this.tmux.press(PREFIX, 'n');
        await this.arrive(index + 2);
      }
    }
  }

  /** Leaves the tutor by its key; false when it does not end. */
  leave(): Promise<boolean> {
    this.tmux.press(PREFIX, 'q');
    return this.tmux.ended(10_000);
  }

  private async oneStep(step: Step, name: string, solution: number): Promise<StepOutcome> {
    const script = step.solutions[Math.min(solution, step.solutions.length - 1)] ?? '';
    this.keep(`${name}-1-text`, this.tmux.screen());
    try {
      for (const line of script.replace(/\n$/, '').split('\n')) await this.enter(line);
      this.keep(`${name}-2-typed`, this.tmux.screen());
      this.tmux.press(PREFIX, 'c');
      const judged = (screen: Screen) => this.reader.verdict(screen, step.checks.length);
      const screen = await this.tmux.until('the verdict', (screen) => judged(screen) !== undefined, 60_000);
      this.keep(`${name}-3-checked`, screen);
      const passed = judged(screen) === 'passed';
      return { step: step.id, passed, problem: passed ? '' : screen.rows.join('\n') };
    } catch (error) {
      if (!(error instanceof Timeout)) throw error;
      return { step: step.id, passed: false, problem: `${error.message}\n${error.screen.rows.join('\n')}` };
    }
  }

  /** The step has begun: the status bar names it and no box with a bar is open. */
  private async arrive(step: number, limit = 60_000): Promise<void> {
    const { steps } = this.lesson;
    await this.tmux.until(
      `step ${step}`,
      (screen) => this.reader.step(screen, steps.length) === step && !this.waits(screen),
      limit,
    );
  }

  private waits(screen: Screen): boolean {
    const { fastForward, replaying, preparing } = this.texts;
    return [fastForward, replaying, preparing].some((text) => this.reader.shows(screen, text));
  }

  /** One line of the solution; a `sleep` of its own is time that the learner lets pass. */
  private async enter(line: string): Promise<void> {
    const before = this.tmux.screen();
    const pause = /^sleep (\d+)$/.exec(line);
    if (pause && promptOf(before) !== 'more') return this.letPass(Number(pause[1]));
    if (line !== '') {
      this.tmux.type(line);
      await this.tmux.until('an echo', (screen) => !sameTerminal(before, screen));
    }
    const typed = this.tmux.screen();
    this.tmux.press('Enter');
    await this.prompt(typed);
  }

  /** Waits for the prompt after what was typed; a command that takes long is helped by the clock. */
  private async prompt(typed: Screen): Promise<void> {
    for (let jumps = 0; ; jumps++) {
      try {
        const back = (screen: Screen) => promptOf(screen) !== undefined && !sameTerminal(typed, screen);
        await this.tmux.until('the prompt', back, PATIENCE);
        return;
      } catch (error) {
        if (!(error instanceof Timeout) || jumps >= MOST_JUMPS) throw error;
        await this.letPass(30);
      }
    }
  }

  private async letPass(seconds: number): Promise<void> {
    const { tmux, reader, texts } = this;
    const before = reader.clock(tmux.screen()) ?? 0;
    tmux.press(PREFIX, 't');
    await tmux.until('the question for a time', (screen) => reader.shows(screen, texts.promptTime));
    tmux.press('C-u');
    tmux.type(`${seconds}s`);
    tmux.press('Enter');
    const passed = (screen: Screen) =>
      !this.waits(screen) && secondsBetween(before, reader.clock(screen) ?? before) >= seconds;
    await tmux.until(`${seconds} s to pass`, passed, 120_000);
  }
}

/** Whether nothing has happened but on the status bar and the line of keys above it. */
function sameTerminal(a: Screen, b: Screen): boolean {
  if (a.cursor.x !== b.cursor.x || a.cursor.y !== b.cursor.y) return false;
  const body = (screen: Screen) => screen.rows.slice(0, -2).join('\n');
  return body(a) === body(b);
}

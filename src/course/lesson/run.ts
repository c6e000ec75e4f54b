import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { CommandLog } from '../checks/command-log.ts';
import type { CheckContext } from '../checks/context.ts';
import { clusterOf } from '../checks/context.ts';
import { HistoryMonitor } from '../checks/history-monitor.ts';
import { judgeStep, lookAtStep } from '../checks/judge-step.ts';
import { judgeCheck } from '../checks/registry.ts';
import { TrustedPrograms } from '../checks/trusted-programs.ts';
import type { Verdict } from '../checks/verdict.ts';
import type { Shown } from '../journal.ts';
import { runScript } from '../scripts.ts';
import type { BuiltWorld } from '../world-source.ts';
import type { Lesson, SetupBlock, Step } from './lesson.ts';
import type { StepReport } from './report.ts';
import type { Path } from './yaml-positions.ts';

/** Virtual ms that the setup of a step or a reference solution may take. */
const SCRIPT_LIMIT = 30 * 60_000;

/** A block of a step's setup that went wrong, and its place in lesson.yaml. */
export interface SetupFault {
  readonly step: string;
  readonly path: Path;
  readonly text: string;
}

/** What a learner has done with a step. */
export interface StepState {
  finished: boolean;
  /** Hints shown so far. */
  hints: number;
  solutionShown: boolean;
  /** The learner went on without having finished it, with its solution played. */
  skipped: boolean;
  /** When it was entered last, ms of virtual time. */
  entered: number | undefined;
}

/** Sees what happens in a lesson; it changes nothing. */
export interface RunObserver {
  entered(step: string, context: CheckContext): void;
  /** The learner asked for a judgement. */
  judged(report: StepReport, context: CheckContext): void;
  /** The current step is about to be left. */
  leaving(context: CheckContext): void;
  /** The tutor is about to play the solution of a step: what it is worth from now on is not the learner's. */
  solving(step: string, sofar: StepReport | undefined): void;
  close(): void;
}

/**
 * A lesson under way in a world: which step, what is finished, what was seen since the step began. Its methods that
 * give a `Task` run in a process of the world, so a learner's `tutor` and the keys of the TUI do the same.
 */
export class LessonRun {
  readonly states: readonly StepState[];
  readonly commands: CommandLog;
  private readonly programs: TrustedPrograms;
  /** The last judgement that was asked for. */
  lastReport: StepReport | undefined;
  /** What became of the step that was skipped last, its solution having been played. */
  skipReport: StepReport | undefined;
  /** The best that was seen of each step: what is finished stays finished. */
  readonly reports = new Map<string, StepReport>();
  /** Setup that went wrong: a fault of the lesson, told to whoever looks. */
  readonly faults: SetupFault[] = [];
  private index = -1;
  private preparations = 0;
  private monitors = new Map<string, HistoryMonitor>();
  /** Who looks on as well: what the learner's copy of the lesson does not have is judged by it. */
  observer: RunObserver | undefined;

  constructor(
    readonly lesson: Lesson,
    private readonly built: BuiltWorld,
  ) {
    this.states = lesson.steps.map(() => ({
      finished: false,
      hints: 0,
      solutionShown: false,
      skipped: false,
      entered: undefined,
    }));
    this.commands = new CommandLog(built.workstation, built.world.now);
    this.programs = new TrustedPrograms(
      built,
      lesson.steps.flatMap((step) => step.checks),
    );
  }

  /** Whether a step is being set up: the learner has to wait. */
  get preparing(): boolean {
    return this.preparations > 0;
  }

  /** Place of the current step; -1 before the lesson has begun. */
  get at(): number {
    return this.index;
  }

  get step(): Step | undefined {
    return this.lesson.steps[this.index];
  }

  get state(): StepState | undefined {
    return this.states[this.index];
  }

  get finishedSteps(): readonly string[] {
    return this.lesson.steps.filter((_, index) => this.states[index]?.finished).map((step) => step.id);
  }

  /** The help that was had with each step. */
  get shown(): readonly Shown[] {
    return this.lesson.steps.flatMap(({ id }, index) => {
      const { hints = 0, solutionShown = false } = this.states[index] ?? {};
      return hints > 0 || solutionShown ? [{ step: id, hints, solution: solutionShown }] : [];
    });
  }

  get done(): boolean {
    return this.states.every((state) => state.finished);
  }

  /** Goes to the start of a step: what comes before it is played by its reference solutions. */
  *begin(process: Process, id: string, finished: readonly string[]): Task {
    this.preparations++;
    try {
      yield* this.goTo(process, id, finished);
    } finally {
      this.preparations--;
    }
  }

  private *goTo(process: Process, id: string, finished: readonly string[]): Task {
    const target = Math.max(
      0,
      this.lesson.steps.findIndex((step) => step.id === id),
    );
    this.lesson.steps.forEach((step, index) => {
      const state = this.states[index];
      if (state && finished.includes(step.id)) state.finished = true;
    });
    for (let index = 0; index < target; index++) {
      yield* this.enter(process, index);
      const solution = this.lesson.steps[index]?.solutions[0];
      if (solution !== undefined) yield* this.solve(process, solution);
    }
    yield* this.enter(process, target);
  }

  /** Plays the current step's solution in the learner's stead. */
  private *solve(process: Process, solution: string): Task {
    if (this.step) this.observer?.solving(this.step.id, this.reports.get(this.step.id));
    yield* this.play(process, solution);
  }

  /** Plays a script as the learner would have typed it. Gives its exit status. */
  *play(process: Process, script: string): Task<number> {
    const start = (child: Process) => this.commands.addSession(child);
    const outcome = yield* runScript(process, this.built, script, SCRIPT_LIMIT, undefined, start);
    return outcome.exit;
  }

  /** Enters a step: its setup runs, then what checks watch begins. */
  *enter(process: Process, index: number): Task {
    if (!this.lesson.steps[index]) return;
    if (this.index >= 0) this.observer?.leaving(this.context(undefined));
    yield* this.start(process, index);
  }

  private *start(process: Process, index: number): Task {
    const step = this.lesson.steps[index];
    if (!step) return;
    this.index = index;
    this.lastReport = undefined;
    for (const monitor of this.monitors.values()) monitor.close();
    this.monitors = new Map();
    this.preparations++;
    try {
      for (const [at, block] of step.setup.entries())
        yield* this.setUp(process, block, (text) =>
          this.faults.push({ step: step.id, path: ['steps', index, 'setup', at], text }),
        );
    } finally {
      this.preparations--;
    }
    this.commands.restart(process.now);
    const state = this.states[index];
    if (state) state.entered = process.now;
    for (const check of step.checks) {
      const view = check.history && clusterOf(this.context(undefined), undefined);
      if (!check.history || !view) continue;
      this.monitors.set(check.id, new HistoryMonitor(check.history, view, () => this.built.world.now));
    }
    this.observer?.entered(step.id, this.context(undefined));
  }

  private *setUp(process: Process, block: SetupBlock, fault: (text: string) => void): Task {
    const { run, manifest, file } = block;
    if (file) {
      const { files } = this.built.workstation;
      const path = file.path.replace(/^~(?=\/|$)/, this.built.learner.home);
      const who = this.built.learner.credentials;
      try {
        files.makeDirectories(path.slice(0, path.lastIndexOf('/')) || '/', who);
        files.writeFile(path, file.content, who);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        fault(error.message);
      }
    }
    const script =
      run ?? (manifest === undefined ? undefined : `kubectl apply -f - <<'__END__'\n${manifest}\n__END__\n`);
    if (script === undefined) return;
    const outcome = yield* runScript(process, this.built, script, SCRIPT_LIMIT, block.machine);
    if (outcome.timedOut) fault(`still running after ${outcome.given} s`);
    else if (outcome.exit !== 0) fault(`exit ${outcome.exit}: ${outcome.stderr.trim()}`);
  }

  /** Judges the current step. */
  *check(process: Process | undefined): Task<StepReport | undefined> {
    return this.step && (yield* judgeStep(this.step, this.context(process)));
  }

  /** The symptoms of the current step that are not there, with what is. */
  *missingSymptoms(process: Process): Task<readonly { readonly id: string; readonly verdict: Verdict }[]> {
    const missing: { id: string; verdict: Verdict }[] = [];
    for (const symptom of this.step?.symptoms ?? []) {
      const verdict = yield* judgeCheck(symptom, this.context(process));
      if (verdict.result !== 'passed') missing.push({ id: symptom.id, verdict });
    }
    return missing;
  }

  /** As `check`, without changing anything: checks that need a process are undecided. For ticks while the learner works. */
  look(): StepReport | undefined {
    return this.step && lookAtStep(this.step, this.context(undefined));
  }

  /** Judges, and marks the step as finished when all is right. */
  *judge(process: Process): Task<StepReport | undefined> {
    const report = yield* this.check(process);
    this.lastReport = report;
    if (report) this.observer?.judged(report, this.context(undefined));
    if (report && !this.reports.get(report.step)?.passed) this.reports.set(report.step, report);
    if (report?.passed && this.state) this.state.finished = true;
    return report;
  }

  /** Goes on when the step is finished, or in any case with `force`. Gives the report of the step that was left or not left. */
  *next(process: Process, force: boolean): Task<{ moved: boolean; report: StepReport | undefined }> {
    const report = yield* this.judge(process);
    if (!force && !this.state?.finished) return { moved: false, report };
    if (this.index + 1 >= this.lesson.steps.length) return { moved: false, report };
    yield* this.enter(process, this.index + 1);
    return { moved: true, report };
  }

  /**
   * Goes on although the step is not finished: its solution is played, so that the next one finds what it builds on.
   * What the learner has of it is judged before, and it stays unfinished. The last step is not left.
   */
  *skip(process: Process): Task {
    const { step, state } = this;
    if (!step || !state || this.index + 1 >= this.lesson.steps.length) return;
    this.observer?.leaving(this.context(undefined));
    this.skipReport = undefined;
    const solution = step.solutions[0];
    if (!state.finished && solution !== undefined) {
      state.skipped = true;
      state.solutionShown = true;
      yield* this.solve(process, solution);
      this.skipReport = yield* this.check(process);
    }
    yield* this.start(process, this.index + 1);
  }

  context(process: Process | undefined): CheckContext {
    const { built, commands, monitors, programs } = this;
    return { built, commands, monitors, programs, process };
  }

  close(): void {
    this.commands.close();
    this.observer?.close();
    for (const monitor of this.monitors.values()) monitor.close();
  }
}

import { isReady } from '../../course/checks/selection.ts';
import { clusterMap } from '../../course/cluster-map.ts';
import type { Lesson } from '../../course/lesson/lesson.ts';
import type { StepReport } from '../../course/lesson/report.ts';
import type { Progress } from '../../course/progress.ts';
import type { Session } from '../../course/session.ts';
import { traceView } from '../../course/trace-view.ts';
import type {
  ActionResult,
  BusyView,
  CheckView,
  FileEdit,
  LessonView,
  SessionAction,
  SessionEvent,
  SessionPort,
} from '../../tui/port.ts';
import { decode, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import { portMessages } from './messages.ts';

/** Host ms of work in one `pump`. */
const BUDGET = 20;
/** Host ms of work for going back, and the pause after it, while nothing else is to be done. */
const IDLE_BUDGET = 12;
const IDLE_PAUSE = 4;
/** How often objectives are looked at, host ms. */
const LOOK_EVERY = 200;
/** `pump` wants to be called at least this often, ms: time passes also when nothing happens. */
const LONGEST_PAUSE = 100;

/** A session of the course as the TUI wants to see it. */
export class CourseSessionPort implements SessionPort {
  private readonly listeners = new Set<(event: SessionEvent) => void>();
  private readonly waiting: { done: () => boolean; resolve: () => void }[] = [];
  private report: StepReport | undefined;
  private lastLook = 0;
  private lookedAt = -1;
  private last = performance.now();
  private jumpLength = 0;

  constructor(
    private readonly session: Session,
    private readonly about: Lesson,
    progress: Progress | undefined,
    private readonly onClose: () => void = () => {},
    readonly notice?: string,
  ) {
    session.onProgress = (step, finished) => {
      progress?.setLesson(about.id, { step, finished, changed: Date.now() });
      this.lookedAt = -1;
      this.emit({ type: 'changed' });
    };
    session.listen({ rebuilt: () => this.emit({ type: 'terminal-reset' }) });
    this.look();
  }

  get lesson(): LessonView {
    const { about } = this;
    const { run, language } = this.session;
    const current = Math.max(0, run?.at ?? 0);
    const step = about.steps[current];
    return {
      id: about.id,
      title: about.title[language],
      steps: about.steps.map(({ id, title }, index) => ({
        id,
        title: title[language],
        done: run?.states[index]?.finished ?? false,
      })),
      current,
      text: step?.text[language] ?? '',
      objectives: (step?.checks ?? []).map(({ id, title }) => ({
        id,
        title: title[language],
        state: this.stateOf(id),
      })),
      hasSolution: (step?.solutions.length ?? 0) > 0,
      hints: {
        shown: (step?.hints ?? []).slice(0, run?.state?.hints ?? 0).map((hint) => hint[language]),
        total: step?.hints.length ?? 0,
      },
    };
  }

  /** Only what has been judged as wrong on request is shown as failed: before that it is simply open. */
  private stateOf(check: string): 'open' | 'met' | 'failed' | 'undecided' {
    if (this.session.run?.state?.finished) return 'met';
    const now = this.report?.checks.find((item) => item.id === check)?.result;
    if (now === 'passed') return 'met';
    const judged = this.session.run?.lastReport?.checks.find((item) => item.id === check)?.result;
    if (judged === 'passed' && now === 'undecided') return 'met';
    return judged === 'failed' ? 'failed' : judged === 'undecided' ? 'undecided' : 'open';
  }

  readonly terminal = {
    onOutput: (listener: (bytes: Uint8Array) => void) => this.session.listen({ output: listener }),
    write: (bytes: Uint8Array) => this.session.input(bytes),
    resize: (columns: number, rows: number) => this.session.resize(columns, rows),
    replayScreen: () => this.session.screenPieces,
    ended: false,
  };

  get clock() {
    return { now: this.session.now, speed: this.session.jumping > 0 ? Number.POSITIVE_INFINITY : 1 };
  }

  /** How many nodes are ready: what a glance at the cluster says. */
  get health() {
    const nodes = this.session.built.clusters[0]?.list('Node') ?? [];
    const ready = nodes.filter(isReady).length;
    return { text: nodes.length === 0 ? '' : `${ready}/${nodes.length}`, ok: ready === nodes.length };
  }

  maps() {
    return this.session.built.clusters.map(clusterMap);
  }

  trace(words: string, luck: string) {
    return traceView(this.session.built, words, this.session.language, luck);
  }

  get journal() {
    const { warning, language } = this.session;
    return { saved: this.session.saved, ...(warning ? { problem: warning[language] } : {}) };
  }

  get busy(): BusyView | undefined {
    const { jumping, replayed } = this.session;
    if (replayed !== undefined) return { kind: 'replay', fraction: replayed };
    if (this.session.run?.preparing) return { kind: 'setup' };
    if (jumping <= 0 || this.jumpLength <= 0) return undefined;
    return { kind: 'fast-forward', fraction: Math.min(1, Math.max(0, 1 - jumping / this.jumpLength)) };
  }

  async perform(action: SessionAction): Promise<ActionResult> {
    const say = portMessages(this.session.language);
    const { session } = this;
    switch (action.name) {
      case 'check':
        session.action({ action: 'check' });
        await this.until(() => !session.busy);
        return this.judged(session.run?.lastReport);
      case 'next':
        return await this.next();
      case 'skip':
        return await this.skip();
      case 'previous':
        if ((session.run?.at ?? 0) <= 0) return { ok: false, message: say.firstStep };
        session.action({ action: 'previous' });
        await this.until(() => !session.busy);
        return this.changed({ ok: true });
      case 'hint': {
        const { shown, total } = this.lesson.hints;
        if (shown.length >= total) return { ok: total > 0, message: say.noHint };
        session.action({ action: 'hint' });
        return this.changed({ ok: true });
      }
      case 'solution': {
        const solution = session.run?.step?.solutions[0];
        if (solution === undefined) return { ok: false, message: say.noSolution };
        session.action({ action: 'solution' });
        return { ok: true, solution: `\`\`\`bash\n${solution.trimEnd()}\n\`\`\`` };
      }
      case 'undo':
        if (!session.undo()) return { ok: false, message: say.nothingToUndo };
        await this.until(() => !session.busy);
        return this.changed({ ok: true });
      case 'reset-step':
        session.resetStep();
        await this.until(() => !session.busy);
        return this.changed({ ok: true });
      case 'reset-lesson':
        session.resetLesson();
        await this.until(() => !session.busy);
        return this.changed({ ok: true });
      case 'restart-terminal':
        return { ok: true };
      case 'fast-forward':
        this.jumpLength = action.ms;
        session.action({ action: 'forward', ms: action.ms });
        await this.until(() => session.jumping <= 0);
        this.jumpLength = 0;
        return this.changed({ ok: true });
    }
  }

  private async next(): Promise<ActionResult> {
    const { session } = this;
    const say = portMessages(session.language);
    const from = session.run?.at ?? 0;
    session.action({ action: 'next', force: false });
    await this.until(() => !session.busy);
    const { run } = session;
    if (run && run.at !== from) return this.changed({ ok: true });
    if (run?.state?.finished) return this.changed({ ok: true, message: say.lessonDone });
    return { ...this.judged(run?.lastReport), ok: false };
  }

  private async skip(): Promise<ActionResult> {
    const { session } = this;
    const say = portMessages(session.language);
    const from = session.run?.at ?? 0;
    session.skip();
    await this.until(() => !session.busy);
    const { run } = session;
    if (!run || run.at === from) return this.changed({ ok: false, message: say.lastStep });
    const { skipReport } = run;
    if (!skipReport) return this.changed({ ok: true });
    return this.changed({ ok: skipReport.passed, message: skipReport.passed ? say.skipped : say.skippedInVain });
  }

  private judged(report: StepReport | undefined): ActionResult {
    const { language } = this.session;
    const say = portMessages(language);
    const checks = (report?.checks ?? []).map(
      ({ id, title, result, points, max, expected, actual, why }): CheckView => ({
        id,
        title: title[language],
        result,
        points,
        max,
        ...(expected[language] === '' ? {} : { expected: expected[language] }),
        ...(actual[language] === '' ? {} : { actual: actual[language] }),
        ...(why[language] === '' ? {} : { why: why[language] }),
      }),
    );
    const passed = report?.passed ?? false;
    const last = (this.session.run?.at ?? 0) + 1 >= this.about.steps.length;
    return this.changed({
      ok: passed,
      message: passed ? (last ? say.lessonDone : say.stepDone) : say.stepOpen,
      checks,
    });
  }

  private changed(result: ActionResult): ActionResult {
    this.look();
    this.emit({ type: 'changed' });
    return result;
  }

  cancel(): void {
    if (this.session.jumping > 0) this.session.action({ action: 'forward', ms: 0 });
  }

  editFile(given: string): FileEdit {
    const { workstation, learner } = this.session.built;
    const path = joinPath(learner.home, given.replace(/^~(?=\/|$)/, learner.home));
    let text = '';
    try {
      if (workstation.files.exists(path)) text = decode(workstation.files.readFile(path, learner.credentials));
    } catch (error) {
      if (error instanceof Errno) throw new Error(`${path}: ${error.text}`);
      throw error;
    }
    const save = (next: string): ActionResult => {
      this.session.saveFile(path, encode(next));
      const { refusal } = this.session;
      return refusal === undefined ? { ok: true } : { ok: false, message: refusal };
    };
    return { path, text, save };
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  pump(): number {
    const now = performance.now();
    const elapsed = now - this.last;
    const caughtUp = this.session.pump(elapsed, BUDGET);
    this.last = now;
    for (const item of [...this.waiting]) {
      if (!item.done()) continue;
      this.waiting.splice(this.waiting.indexOf(item), 1);
      item.resolve();
    }
    if (now - this.lastLook >= LOOK_EVERY && this.look()) this.emit({ type: 'changed' });
    if (!caughtUp || this.session.busy || this.session.jumping > 0) return 0;
    const next = this.session.world.loop.nextTime();
    if (this.session.prepare(elapsed, IDLE_BUDGET)) return IDLE_PAUSE;
    return Math.min(LONGEST_PAUSE, Math.max(1, (next ?? Number.POSITIVE_INFINITY) - this.session.now));
  }

  /** Looks at the objectives again when something has happened. True when they differ from before. */
  private look(): boolean {
    const count = this.session.world.loop.count;
    this.lastLook = performance.now();
    if (count === this.lookedAt) return false;
    this.lookedAt = count;
    const before = this.report;
    this.report = this.session.look();
    const results = (report: StepReport | undefined) => report?.checks.map((check) => check.result).join();
    return before?.step !== this.report?.step || results(before) !== results(this.report);
  }

  private until(done: () => boolean): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ done, resolve }));
  }

  private emit(event: SessionEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  close(): void {
    this.session.close();
    this.onClose();
    for (const item of this.waiting) item.resolve();
  }
}

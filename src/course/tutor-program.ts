import { installProgram } from '../world/execute.ts';
import type { Machine } from '../world/machine.ts';
import type { Process } from '../world/process.ts';
import type { Program } from '../world/program.ts';
import type { Task } from '../world/task.ts';
import { billText } from './bill.ts';
import { parseDuration } from './duration.ts';
import type { Step } from './lesson/lesson.ts';
import type { CheckReport, StepReport } from './lesson/report.ts';
import type { LessonRun } from './lesson/run.ts';
import { type Messages, messages } from './locale/messages.ts';
import { tell } from './tell.ts';
import type { Language } from './text.ts';
import { traceCommand } from './trace-command.ts';
import type { BuiltWorld } from './world-source.ts';

/** What `tutor` needs of the stage it plays on. */
export interface TutorStage {
  readonly run: LessonRun | undefined;
  readonly language: Language;
  readonly built: BuiltWorld;
  request: 'undo' | 'reset' | 'restart' | 'skip' | undefined;
  jumpTo: number;
  hurry(task: () => Task): Task;
}

/** One call of `tutor`. */
interface Call {
  readonly stage: TutorStage;
  readonly process: Process;
  readonly flags: ReadonlySet<string>;
  readonly words: readonly string[];
  readonly say: Messages;
}

type Command = (call: Call, run: LessonRun, step: Step) => Task<number>;

/** The commands of `tutor` that need a lesson. */
const COMMANDS: Readonly<Record<string, Command>> = {
  check: function* ({ stage, process, say }, run, step) {
    let report: StepReport | undefined;
    yield* stage.hurry(function* () {
      report = yield* run.judge(process);
    });
    yield* printReport(process, say, stage.language, report, step.hiddenChecks);
    yield* tell(process, `${report?.passed ? say.stepDone(run.at + 1 >= run.lesson.steps.length) : say.stepOpen}\n`);
    return report?.passed ? 0 : 1;
  },
  next: function* ({ stage, process, flags, say }, run) {
    const from = run.at;
    let report: StepReport | undefined;
    yield* stage.hurry(function* () {
      ({ report } = yield* run.next(process, flags.has('--force') || flags.has('-f')));
    });
    if (run.at !== from) return yield* printPlace(process, say, stage.language, run);
    yield* printReport(process, say, stage.language, report);
    const last = from + 1 >= run.lesson.steps.length;
    yield* tell(process, `${report?.passed ? say.stepDone(last) : last ? say.lastStep : say.stepOpen}\n`);
    return report?.passed ? 0 : 1;
  },
  skip: function* ({ stage, process, flags, say }, run) {
    if (run.at + 1 >= run.lesson.steps.length) {
      yield* tell(process, `${say.lastStep}\n`);
      return 1;
    }
    if (!run.state?.finished && !flags.has('--yes') && !flags.has('-y')) {
      yield* tell(process, `${say.askSkip}\n`);
      return 1;
    }
    stage.request = 'skip';
    return 0;
  },
  previous: function* ({ stage, process, say }, run) {
    if (run.at <= 0) {
      yield* tell(process, `${say.firstStep}\n`);
      return 1;
    }
    yield* stage.hurry(() => run.enter(process, run.at - 1));
    return yield* printPlace(process, say, stage.language, run);
  },
  hint: function* ({ stage, process, say }, run, step) {
    const { state } = run;
    if (step.hints.length === 0 || !state) {
      yield* tell(process, `${say.noHint}\n`);
      return 1;
    }
    const more = state.hints < step.hints.length;
    if (more) state.hints++;
    for (const [index, hint] of step.hints.slice(0, state.hints).entries()) {
      if (more && index + 1 < state.hints) continue;
      yield* tell(process, `${say.hint(index + 1, step.hints.length)} ${hint[stage.language]}\n`);
    }
    if (!more) yield* tell(process, `${say.noHint}\n`);
    return 0;
  },
  solution: function* ({ process, flags, say }, run, step) {
    const solution = step.solutions[0];
    if (solution === undefined) {
      yield* tell(process, `${say.noSolution}\n`);
      return 1;
    }
    if (!flags.has('--yes') && !flags.has('-y')) {
      yield* tell(process, `${say.askSolution}\n`);
      return 1;
    }
    if (run.state) run.state.solutionShown = true;
    yield* process.print(`${say.solutionIs}\n${solution.replace(/^/gm, '  ').trimEnd()}\n`);
    return 0;
  },
  reset: function* ({ stage, process, flags, say }) {
    if (!flags.has('--yes') && !flags.has('-y')) {
      yield* tell(process, `${say.askReset}\n`);
      return 1;
    }
    stage.request = flags.has('--lesson') ? 'restart' : 'reset';
    return 0;
  },
  status: function* ({ stage, process, say }, run) {
    yield* printPlace(process, say, stage.language, run);
    yield* tell(process, `${say.finished(run.finishedSteps.length, run.lesson.steps.length)}\n`);
    return 0;
  },
};

function* main(stage: TutorStage, process: Process): Task<number> {
  const args = process.argv.slice(1);
  const flags = new Set(args.filter((arg) => arg.startsWith('-')));
  const [name = 'help', ...words] = args.filter((arg) => !arg.startsWith('-'));
  const say = messages(stage.language);
  if (name === 'help' || flags.has('--help') || flags.has('-h')) {
    yield* tell(process, say.help);
    return 0;
  }
  if (name === 'time') return yield* passTime(stage, process, words[0] ?? '', say);
  if (name === 'trace') {
    const { text, status } = traceCommand(stage.built, words, stage.language);
    yield* status === 2 ? process.printError(text) : tell(process, text);
    return status;
  }
  if (name === 'bill') {
    const { account } = stage.built;
    if (!account) {
      yield* process.printError(`${say.noAccount}\n`);
      return 1;
    }
    yield* process.print(billText(account, stage.language));
    return 0;
  }
  if (name === 'undo') {
    stage.request = 'undo';
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    yield* process.printError(`${say.unknown(name)}\n`);
    return 2;
  }
  const { run } = stage;
  const step = run?.step;
  if (!run || !step) {
    yield* process.printError(`${say.noLesson}\n`);
    return 1;
  }
  return yield* command({ stage, process, flags, words, say }, run, step);
}

function* passTime(stage: TutorStage, process: Process, text: string, say: Messages): Task<number> {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0 || ms > 366 * 86_400_000) {
    yield* process.printError(`${say.badTime(text)}\n`);
    return 2;
  }
  stage.jumpTo = Math.max(stage.jumpTo, process.now + ms);
  yield* process.sleep(ms);
  yield* tell(process, `${say.passing(text.replace(/^\+/, ''))}\n`);
  return 0;
}

function* printPlace(process: Process, say: Messages, language: Language, run: LessonRun): Task<number> {
  const title = run.step?.title[language] ?? '';
  yield* tell(process, `${say.nowAt(run.at + 1, run.lesson.steps.length, title)}\n`);
  return 0;
}

const MARKS = { passed: '\x1b[32m✓\x1b[0m', failed: '\x1b[31m✗\x1b[0m', undecided: '\x1b[33m?\x1b[0m' };

function* printReport(
  process: Process,
  say: Messages,
  language: Language,
  report: StepReport | undefined,
  hidden?: Step['hiddenChecks'],
): Task {
  if (!report || (report.checks.length === 0 && !hidden)) return;
  const plain = process.hasFile(1) && !process.file(1).tty;
  for (const check of report.checks) yield* tell(process, reportLine(check, say, language, plain));
  yield* tell(process, `${say.score(report.score, report.max)}\n`);
  if (hidden) yield* tell(process, `${say.hiddenChecks(hidden.count, hidden.points)}\n`);
}

function reportLine(check: CheckReport, say: Messages, language: Language, plain: boolean): string {
  const mark = plain ? MARKS[check.result].replace(/\x1b\[\d+m/g, '') : MARKS[check.result];
  const lines = [`${mark} ${check.title[language]}`];
  if (check.result !== 'passed') {
    if (check.expected[language] !== '') lines.push(`    ${say.expected}: ${check.expected[language]}`);
    lines.push(`    ${say.actual}: ${check.actual[language]}`);
    if (check.why[language] !== '') lines.push(`    ${say.why}: ${check.why[language]}`);
  }
  // What has several lines itself stands below its beginning.
  return `${lines.map((line) => line.replaceAll('\n', '\n      ')).join('\n')}\n`;
}

/** The program `tutor` of a world. */
export function tutorProgram(stage: TutorStage): Program {
  return { name: 'tutor', main: (process) => main(stage, process) };
}

export function installTutor(machine: Machine): void {
  installProgram(machine, '/usr/local/bin/tutor', 'tutor');
}

import { parseDuration } from '../duration.ts';
import type { CheckReport } from '../lesson/report.ts';
import type { Coursework } from '../pack/coursework.ts';
import type { PolicyFile } from '../pack/schema.ts';
import type { GradedLesson, GradedStep, GradedSubmission } from '../submission/grade-submission.ts';
import type { Refusal } from '../submission/refusal.ts';
import type { Text } from '../text.ts';
import { VERSION } from '../version.ts';
import { findCopies } from './copies.ts';
import { handedInAgain } from './handed-in-again.ts';
import { lookalikes } from './lookalikes.ts';
import type { Attempt, ClassResults, FileResult, ManualEntry, RosterEntry, StudentResult } from './types.ts';

export interface ClassOptions {
  readonly roster?: readonly RosterEntry[];
  readonly manual?: ReadonlyMap<string, ManualEntry>;
  /** When a file really came, ms since 1970, where somebody knows better than the student's clock. */
  readonly received?: ReadonlyMap<string, number>;
  /** Only this part of the files was graded. */
  readonly part?: { readonly index: number; readonly of: number };
}

export type PackSummary = Pick<Coursework, 'policies'> & ClassResults['pack'];

/** Puts the files of a class together: attempts, lateness, copies, and what people have added. */
export function classResults(
  pack: PackSummary,
  files: readonly FileResult[],
  options: ClassOptions = {},
): ClassResults {
  const { roster, manual = new Map<string, ManualEntry>(), received = new Map<string, number>() } = options;
  const once = handedInAgain(files, received);
  const copies = findCopies(once.files, received);
  const byStudent = new Map<string, FileResult[]>();
  const unknown: Attempt[] = [];
  for (const file of once.files) {
    const student = studentOf(file);
    if (student === undefined)
      unknown.push(refusedAttempt(file, 'refused' in file.outcome ? file.outcome.refused : undefined));
    else byStudent.set(student, [...(byStudent.get(student) ?? []), file]);
  }
  const ids = new Set([...(roster ?? []).map((entry) => entry.student), ...[...byStudent.keys()].sort(compare)]);
  const listed = new Map((roster ?? []).map((entry) => [entry.student, entry]));
  const alike = lookalikes([...ids]);
  const criteria = criteriaOf(once.files);
  const students = [...ids].map((student) => {
    const attempts = attemptsOf(byStudent.get(student) ?? [], pack.policies, copies, received).map((judged) =>
      noted(judged, once.notes.get(judged.attempt.file)),
    );
    const known = !roster || listed.has(student);
    const notes = [
      ...(known ? [] : [NOT_IN_ROSTER]),
      ...(alike.has(student) ? [alikeText(alike.get(student) ?? [])] : []),
    ];
    return studentResult(
      student,
      listed.get(student)?.name,
      attempts.map((judged) => noted(judged, ...notes)),
      manual.get(student),
      pack.policies,
      criteria,
    );
  });
  const { id, version, title, policies, hash } = pack;
  // Whoever has handed in nothing is measured by what the others could reach.
  const most = Math.max(0, ...students.map((student) => student.max));
  const measured = students.map((student) => (student.shown ? student : { ...student, max: most }));
  const part = options.part === undefined ? {} : { part: options.part };
  const about = { id, version, title, ...(hash === undefined ? {} : { hash }) };
  const stamped = files.map((file) => {
    const at = received.get(file.file);
    return at === undefined ? file : { ...file, received: at };
  });
  return { pack: about, version: VERSION, policies, ...part, files: stamped, students: measured, unknown };
}

interface Judged {
  readonly attempt: Attempt;
  readonly graded: GradedSubmission | undefined;
}

function attemptsOf(
  files: readonly FileResult[],
  policies: PolicyFile,
  copies: ReadonlyMap<string, Refusal | Text>,
  received: ReadonlyMap<string, number>,
): Judged[] {
  const time = (file: FileResult) =>
    received.get(file.file) ?? ('graded' in file.outcome ? file.outcome.graded.submitted : 0);
  const sorted = [...files].sort((a, b) => time(a) - time(b) || compare(a.file, b.file));
  let number = 0;
  return sorted.map((file): Judged => {
    if ('refused' in file.outcome) return { attempt: refusedAttempt(file, file.outcome.refused), graded: undefined };
    const copy = copies.get(file.file);
    if (copy && 'kind' in copy) return { attempt: refusedAttempt(file, copy), graded: undefined };
    const { graded } = file.outcome;
    const submitted = time(file);
    const { late, penalty } = lateness(submitted, policies);
    const afterHelp = sumOf(graded.lessons.flatMap((lesson) => lesson.steps.map((step) => stepPoints(step, policies))));
    const points = Math.max(0, round(afterHelp - (graded.max * penalty) / 100));
    number++;
    const tooMany = policies.attempts?.max !== undefined && number > policies.attempts.max;
    const over = tooMany ? [tooManyText(file.file, number, policies.attempts?.max ?? 0)] : [];
    const notes = [...(copy ? [copy] : []), ...over];
    const attempt: Attempt = {
      file: file.file,
      number,
      submitted,
      score: graded.score,
      max: graded.max,
      points,
      late,
      penalty,
      counted: !tooMany,
      notes,
    };
    return { attempt, graded };
  });
}

/** What hints and a shown solution leave of a step. */
function stepPoints(step: GradedStep, policies: PolicyFile): number {
  const shown = step.solutionShown ? (policies.solutionShown ?? 100) : 100;
  const hints = Math.min(100, step.hints * (policies.hint ?? 0));
  return (step.score * shown * (100 - hints)) / 10_000;
}

function lateness(submitted: number, { deadline, late }: PolicyFile): { late: number; penalty: number } {
  if (deadline === undefined) return { late: 0, penalty: 0 };
  const grace = parseDuration(late?.grace ?? '0s') ?? 0;
  const over = submitted - Date.parse(deadline);
  if (over <= grace) return { late: 0, penalty: 0 };
  // Without a rule nothing that is late counts.
  if (!late) return { late: over, penalty: 100 };
  const per = parseDuration(late.per ?? '1d') ?? 86_400_000;
  return { late: over, penalty: Math.min(late.max ?? 100, late.percent * Math.ceil(over / per)) };
}

function studentResult(
  student: string,
  name: string | undefined,
  attempted: readonly Judged[],
  manual: ManualEntry | undefined,
  policies: PolicyFile,
  criteria: ReadonlySet<string>,
): StudentResult {
  const valid = attempted.filter(({ attempt, graded }) => graded && attempt.counted);
  const rule = policies.attempts?.count ?? 'best';
  const best = valid.reduce<Judged | undefined>(
    (top, one) => (top && top.attempt.points >= one.attempt.points ? top : one),
    undefined,
  );
  const chosen = rule === 'last' ? valid.at(-1) : rule === 'first' ? valid[0] : best;
  const points =
    rule === 'average' && valid.length > 0
      ? round(sumOf(valid.map(({ attempt }) => attempt.points)) / valid.length)
      : (chosen?.attempt.points ?? 0);
  const shown = chosen?.graded && withManual(chosen.graded, manual);
  const judged = shown && chosen?.graded ? shown.score - chosen.graded.score : givenFor(criteria, manual);
  const added = round((manual?.points ?? 0) + judged);
  const attempts = attempted.map(({ attempt }) => ({
    ...attempt,
    counted: rule === 'average' ? attempt.counted : attempt === chosen?.attempt,
  }));
  return {
    student,
    ...(name === undefined ? {} : { name }),
    status: chosen ? 'graded' : attempted.length > 0 ? 'refused' : 'missing',
    points: round(points + added),
    max: chosen?.attempt.max ?? 0,
    attempts,
    manual: added,
    ...(manual?.comment === undefined ? {} : { comment: manual.comment }),
    ...(shown ? { shown } : {}),
  };
}

/** The criteria of a class by `LESSON/STEP/CHECK`. */
function criteriaOf(files: readonly FileResult[]): ReadonlySet<string> {
  return new Set(
    files.flatMap(({ outcome }) =>
      'graded' in outcome
        ? outcome.graded.lessons.flatMap((lesson) =>
            lesson.steps.flatMap((step) => step.checks.map((check) => `${lesson.id}/${step.id}/${check.id}`)),
          )
        : [],
    ),
  );
}

/** What a person gives for criteria to whoever has handed in nothing that counts. */
function givenFor(criteria: ReadonlySet<string>, manual: ManualEntry | undefined): number {
  return sumOf(Object.entries(manual?.checks ?? {}).flatMap(([id, points]) => (criteria.has(id) ? [points] : [])));
}

/** Criteria that a person has judged otherwise. */
function withManual(graded: GradedSubmission, manual: ManualEntry | undefined): GradedSubmission {
  if (!manual?.checks) return graded;
  const given = manual.checks;
  const lessons = graded.lessons.map((lesson): GradedLesson => {
    const steps = lesson.steps.map((step): GradedStep => {
      const checks = step.checks.map((check): CheckReport => {
        const points = given[`${lesson.id}/${step.id}/${check.id}`];
        if (points === undefined) return check;
        return { ...check, points, result: points >= check.max ? 'passed' : 'failed', why: BY_HAND };
      });
      return { ...step, checks, score: sumOf(checks.map((check) => check.points)) };
    });
    return { ...lesson, steps, score: sumOf(steps.map((step) => step.score)) };
  });
  return { ...graded, lessons, score: sumOf(lessons.map((lesson) => lesson.score)) };
}

/** Whether a person has given the points of a criterion. */
export function isByHand({ why }: CheckReport): boolean {
  return why.en === BY_HAND.en;
}

const BY_HAND: Text = { en: 'judged by hand', ko: '직접 채점함' };

function refusedAttempt(file: FileResult, refused: Refusal | undefined): Attempt {
  const submitted = 'graded' in file.outcome ? { submitted: file.outcome.graded.submitted } : {};
  return {
    file: file.file,
    ...submitted,
    score: 0,
    max: 0,
    points: 0,
    late: 0,
    penalty: 0,
    counted: false,
    notes: [],
    ...(refused ? { refused } : {}),
  };
}

function studentOf({ outcome }: FileResult): string | undefined {
  return 'graded' in outcome ? outcome.graded.student : outcome.student;
}

const NOT_IN_ROSTER: Text = { en: 'this student is not in the roster', ko: '명단에 없는 학생입니다' };

function alikeText(others: readonly string[]): Text {
  const names = others.join(', ');
  return {
    en: `this id reads like ${names}: the same student?`,
    ko: `${names}와(과) 같아 보이는 id입니다. 같은 학생인가요?`,
  };
}

function noted(judged: Judged, ...notes: readonly (Text | undefined)[]): Judged {
  const more = notes.flatMap((note) => note ?? []);
  if (more.length === 0) return judged;
  const { attempt } = judged;
  return { ...judged, attempt: { ...attempt, notes: [...attempt.notes, ...more] } };
}

function tooManyText(file: string, number: number, max: number): Text {
  return {
    en: `${file} is attempt ${number} and does not count: only ${max} ${max === 1 ? 'does' : 'do'}`,
    ko: `${file}은(는) ${number}번째 시도라 인정하지 않습니다. ${max}번까지만 인정합니다`,
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** Points with two decimals at most. */
function round(points: number): number {
  return Math.round(points * 100) / 100;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import stringWidth from 'string-width';
import type { CheckReport } from '../../../course/lesson/report.ts';
import { isByHand } from '../../../course/results/class-results.ts';
import { checksOf, type Difference } from '../../../course/results/difference.ts';
import { resultsText } from '../../../course/results/schema.ts';
import { statistics } from '../../../course/results/statistics.ts';
import type { Attempt, ClassResults, StudentResult } from '../../../course/results/types.ts';
import type { Language, Text } from '../../../course/text.ts';
import { csvRow, markup, tableCell } from '../escape.ts';
import { lateness, words } from './words.ts';

export type ClassFormat = 'text' | 'json' | 'csv' | 'junit' | 'md';

/** The results of a class for people and programs. Untrusted texts come out harmless in each. */
export function formatClass(
  results: ClassResults,
  format: ClassFormat,
  language: Language,
  changes: readonly Difference[] = [],
): string {
  if (format === 'json') return resultsText(results);
  if (format === 'csv') return csv(results, language);
  if (format === 'junit') return junit(results, language);
  if (format === 'md') return md(results, language, changes);
  return text(results, language, changes);
}

/** A line a student, a column a criterion: for the gradebook. */
function csv(results: ClassResults, language: Language): string {
  const ids = [...new Set(results.students.flatMap((student) => [...checksOf(student).keys()]))];
  const head = [
    'student',
    'name',
    'status',
    'points',
    'max',
    'percent',
    'attempts',
    'late',
    'penalty',
    'manual',
    'comment',
    'problems',
    'notes',
    ...ids,
  ];
  const rows = results.students.map((student) => {
    const counted = student.attempts.find((attempt) => attempt.counted);
    const checks = checksOf(student);
    return [
      student.student,
      student.name ?? '',
      student.status,
      student.points,
      student.max,
      student.max === 0 ? '' : Math.round((1000 * student.points) / student.max) / 10,
      student.attempts.filter((attempt) => !attempt.refused).length,
      counted && counted.late > 0 ? lateness(counted.late) : '',
      counted?.penalty ?? 0,
      student.manual,
      student.comment ?? '',
      problemsOf(student.attempts, language),
      notesOf(student)
        .map((note) => note[language])
        .join(' | '),
      ...ids.map((id) => checks.get(id)?.points ?? ''),
    ];
  });
  return [head, ...rows].map(csvRow).join('');
}

function problemsOf(attempts: readonly Attempt[], language: Language): string {
  return attempts
    .flatMap(({ file, refused }) => (refused ? [`${file}: ${refused.kind}: ${refused.message[language]}`] : []))
    .join(' | ');
}

/** What a person should know about a student's files, each once. */
export function notesOf(student: StudentResult): readonly Text[] {
  const notes = student.attempts.flatMap((attempt) => attempt.notes);
  return [...new Map(notes.map((note) => [note.en, note])).values()];
}

/** A suite a student, a case a criterion. */
function junit(results: ClassResults, language: Language): string {
  const suites = results.students.map((student) => {
    const checks = [...checksOf(student)];
    const cases = checks.map(([id, check]) => {
      const open = `    <testcase classname="${markup(results.pack.id)}" name="${markup(`${id}: ${check.title[language]}`)}"`;
      if (check.points >= check.max) return `${open}/>\n`;
      const detail = markup(
        reasonsOf(check, language)
          .map(([name, text]) => `${name}: ${text}`)
          .join(' | '),
      );
      return check.result === 'undecided'
        ? `${open}><skipped message="${detail}"/></testcase>\n`
        : `${open}><failure message="${detail}"/></testcase>\n`;
    });
    const refused = student.attempts.flatMap(({ file, refused: why }) =>
      why
        ? [
            `    <testcase classname="${markup(results.pack.id)}" name="${markup(file)}"><error type="${why.kind}" message="${markup(why.message[language])}"/></testcase>\n`,
          ]
        : [],
    );
    const missing = student.status === 'missing' ? [missingCase(results.pack.id, language)] : [];
    const count = (result: string) =>
      checks.filter(([, check]) => check.result === result && check.points < check.max).length;
    return `  <testsuite name="${markup(student.student)}" tests="${cases.length + refused.length + missing.length}" failures="${count('failed')}" errors="${refused.length}" skipped="${count('undecided') + missing.length}">\n${missing.join('')}${cases.join('')}${refused.join('')}  </testsuite>\n`;
  });
  const unknown = results.unknown.flatMap(({ file, refused: why }) =>
    why
      ? [
          `  <testsuite name="${markup(file)}" tests="1" errors="1"><testcase classname="${markup(results.pack.id)}" name="${markup(file)}"><error type="${why.kind}" message="${markup(why.message[language])}"/></testcase></testsuite>\n`,
        ]
      : [],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}${unknown.join('')}</testsuites>\n`;
}

/** A suite without a case would pass unseen. */
function missingCase(pack: string, language: Language): string {
  const text = words(language).missing;
  return `    <testcase classname="${markup(pack)}" name="${markup(text)}"><skipped message="${markup(text)}"/></testcase>\n`;
}

function md(results: ClassResults, language: Language, changes: readonly Difference[]): string {
  const w = words(language);
  const { title, id, version } = results.pack;
  const parts = [`# ${tableCell(title[language])} (${id} ${version})\n`];
  parts.push(
    `| ${w.student} | ${w.points} | ${w.status} | ${w.comment} |\n|---|---|---|---|\n${results.students.map((student) => mdRow(student, language)).join('')}`,
  );
  const { criteria } = statistics(results);
  if (criteria.length > 0)
    parts.push(
      `## ${w.hardest}\n\n| ${w.criterion} | ${w.met} |\n|---|---|\n${criteria.map((one) => `| ${tableCell(one.title[language])} | ${one.passed}/${one.judged} |\n`).join('')}`,
    );
  for (const student of results.students) {
    const failed = [...checksOf(student)].filter(([, check]) => check.points < check.max);
    if (failed.length === 0) continue;
    const rows = failed.map(
      ([, check]) =>
        `| ${tableCell(check.title[language])} | ${check.points}/${check.max} | ${tableCell(check.expected[language])} | ${tableCell(check.actual[language])} | ${tableCell(check.why[language])} |\n`,
    );
    parts.push(
      `## ${tableCell(student.student)}\n\n| ${w.criterion} | ${w.points} | ${w.expected} | ${w.actual} | ${w.why} |\n|---|---|---|---|---|\n${rows.join('')}`,
    );
  }
  const refused = refusedOf(results);
  if (refused.length > 0)
    parts.push(
      `## ${w.problems}\n\n${refused.map(({ file, refused: why }) => `- ${tableCell(file)}: **${why?.kind}**: ${tableCell(why?.message[language] ?? '')}\n`).join('')}`,
    );
  if (changes.length > 0)
    parts.push(`## ${w.changes}\n\n${changes.map((change) => `- ${tableCell(changeText(change))}\n`).join('')}`);
  return parts.join('\n');
}

function mdRow(student: StudentResult, language: Language): string {
  const w = words(language);
  return `| ${tableCell(student.name ? `${student.student} (${student.name})` : student.student)} | ${student.points}/${student.max} | ${w[student.status]} | ${tableCell(student.comment ?? '')} |\n`;
}

export function refusedOf(results: ClassResults): readonly Attempt[] {
  return [...results.students.flatMap((student) => student.attempts), ...results.unknown].filter(
    (attempt) => attempt.refused,
  );
}

/** A file that was not accepted, in a line for a terminal. */
export function refusedText({ file, refused }: Attempt, language: Language): string {
  return `✗ ${plainText(file)}: ${refused?.kind}: ${plainText(refused?.message[language] ?? '')}`;
}

function changeText({ student, before, after, checks }: Difference): string {
  return `${student}: ${before} → ${after}${checks.map((check) => `; ${check.id}: ${check.before} → ${check.after}`).join('')}`;
}

function text(results: ClassResults, language: Language, changes: readonly Difference[]): string {
  const w = words(language);
  const width = Math.max(4, ...results.students.map(({ student }) => stringWidth(student)));
  const lines: string[] = [];
  for (const student of results.students) {
    const pad = ' '.repeat(width - stringWidth(student.student));
    const counted = student.attempts.find((attempt) => attempt.counted);
    const accepted = student.attempts.filter((attempt) => !attempt.refused).length;
    const about = [
      ...(student.status === 'graded' ? [] : [w[student.status]]),
      ...(accepted > 1 ? [`${w.attempts}: ${accepted}`] : []),
      ...(counted && counted.late > 0 ? [`${w.late} ${lateness(counted.late, language)}, −${counted.penalty} %`] : []),
      ...(student.manual === 0 ? [] : [`${w.byHand}: ${student.manual}`]),
    ];
    lines.push(
      `${plainText(student.student)}${pad}  ${`${student.points}/${student.max}`.padStart(7)}${about.length > 0 ? `  ${about.join('; ')}` : ''}`,
    );
    if (results.students.length === 1) lines.push(...detail(student, language));
    for (const note of notesOf(student)) lines.push(`  ! ${plainText(note[language])}`);
  }
  lines.push(...refusedOf(results).map((attempt) => refusedText(attempt, language)));
  if (changes.length > 0) lines.push('', w.changes, ...changes.map((change) => `  ${plainText(changeText(change))}`));
  return `${lines.join('\n')}\n`;
}

const MARK = { passed: '✓', failed: '✗', undecided: '?' } as const;

function detail(student: StudentResult, language: Language): string[] {
  return [...checksOf(student)].flatMap(([id, check]) => {
    const first = `${MARK[check.result]} ${check.points}/${check.max}  ${check.title[language]}  (${id})`;
    if (check.points >= check.max && !isByHand(check)) return [plainText(first)];
    return [first, ...reasonsOf(check, language).map(([name, part]) => `      ${name}: ${part}`)].map(plainText);
  });
}

/** Nothing from a submission reaches the terminal as a control sequence. */
function plainText(value: string): string {
  return value.replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

/** What a criterion that was not met says of itself; parts without words are left out. */
function reasonsOf(check: CheckReport, language: Language): readonly (readonly [string, string])[] {
  const w = words(language);
  const parts = [
    [w.expected, check.expected[language]],
    [w.actual, check.actual[language]],
    [w.why, check.why[language]],
  ] as const;
  return parts.filter(([, part]) => part !== '');
}

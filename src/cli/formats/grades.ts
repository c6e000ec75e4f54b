import type { Grade } from '../../course/grade.ts';
import type { CheckReport } from '../../course/lesson/report.ts';
import type { Language } from '../../course/text.ts';
import { csvRow, markup, tableCell } from './escape.ts';

export interface GradedFile {
  readonly file: string;
  readonly grade: Grade;
}

export type GradeFormat = 'json' | 'csv' | 'junit' | 'md' | 'text';

type Format = (graded: readonly GradedFile[], language: Language) => string;

const MARK = { passed: '✓', failed: '✗', undecided: '?' } as const;

const FORMATS: Readonly<Record<GradeFormat, Format>> = { json, csv, junit, md, text };

/** Grades for people and programs. One submission as JSON is an object, several are a list. */
export function formatGrades(graded: readonly GradedFile[], format: GradeFormat, language: Language): string {
  return FORMATS[format](graded, language);
}

function json(graded: readonly GradedFile[], language: Language): string {
  const plain = graded.map(({ file, grade: { lesson, score, max, checks } }) => ({
    ...(graded.length > 1 ? { file } : {}),
    lesson,
    score,
    max,
    checks: checks.map((check) => plainCheck(check, language)),
  }));
  return `${JSON.stringify(plain.length === 1 ? plain[0] : plain, undefined, 2)}\n`;
}

function plainCheck({ id, title, points, max, result, expected, actual, why }: CheckReport, language: Language) {
  const texts = { expected: expected[language], actual: actual[language], why: why[language] };
  return { id, title: title[language], points, max, result, ...texts };
}

function csv(graded: readonly GradedFile[], language: Language): string {
  const rows = graded.flatMap(({ file, grade }) =>
    grade.checks.map((check) => {
      const { id, title, points, max, result, expected, actual, why } = plainCheck(check, language);
      return [file, grade.lesson, id, title, points, max, result, expected, actual, why];
    }),
  );
  const head = ['file', 'lesson', 'check', 'title', 'points', 'max', 'result', 'expected', 'actual', 'why'];
  return [head, ...rows].map(csvRow).join('');
}

function junit(graded: readonly GradedFile[], language: Language): string {
  const suites = graded.map(({ file, grade }) => {
    const count = (result: string) => grade.checks.filter((check) => check.result === result).length;
    const cases = grade.checks.map((check) => {
      const { id, title, result, expected, actual, why } = plainCheck(check, language);
      const open = `    <testcase classname="${markup(grade.lesson)}" name="${markup(`${id}: ${title}`)}"`;
      if (result === 'passed') return `${open}/>\n`;
      const detail = markup([expected, actual, why].filter((part) => part !== '').join(' | '));
      const inner = result === 'failed' ? `<failure message="${detail}"/>` : `<skipped message="${detail}"/>`;
      return `${open}>${inner}</testcase>\n`;
    });
    return `  <testsuite name="${markup(file)}" tests="${grade.checks.length}" failures="${count('failed')}" skipped="${count('undecided')}">\n${cases.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function md(graded: readonly GradedFile[], language: Language): string {
  const parts = graded.map(({ file, grade }) => {
    const rows = grade.checks.map((check) => {
      const { title, points, max, result, expected, actual, why } = plainCheck(check, language);
      const detail = result === 'passed' ? '' : [expected, actual, why].filter((part) => part !== '').join('; ');
      return `| ${MARK[result]} | ${tableCell(title)} | ${points}/${max} | ${tableCell(detail)} |\n`;
    });
    return `## ${file}: ${grade.lesson}, ${grade.score}/${grade.max}\n\n| | | | |\n|---|---|---|---|\n${rows.join('')}`;
  });
  return parts.join('\n');
}

function text(graded: readonly GradedFile[], language: Language): string {
  const parts = graded.map(({ file, grade }) => {
    const lines = grade.checks.flatMap((check) => {
      const { title, points, max, result, expected, actual, why } = plainCheck(check, language);
      const first = `${MARK[result]} ${points}/${max}  ${title}`;
      return result === 'passed'
        ? [first]
        : [first, ...[expected, actual, why].filter((part) => part !== '').map((part) => `      ${part}`)];
    });
    return `${file}: ${grade.lesson} ${grade.score}/${grade.max}\n${lines.join('\n')}\n`;
  });
  return parts.join('\n');
}

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Difference } from '../../../course/results/difference.ts';
import type { ClassResults, StudentResult } from '../../../course/results/types.ts';
import type { Language } from '../../../course/text.ts';
import { hash32 } from '../../../world/random.ts';
import { writeWhole } from '../../write-whole.ts';
import { type Html, html } from '../html.ts';
import { classPage } from './class-page.ts';
import { FIND_AND_SORT, FIND_AND_SORT_HASH } from './find-and-sort.ts';
import { studentPage } from './student-page.ts';
import { STYLE } from './style.ts';

/** Writes index.html and a page for each student: every one stands by itself and loads nothing. */
export function writePages(
  folder: string,
  results: ClassResults,
  changes: readonly Difference[] | undefined,
  language: Language,
): void {
  const students = path.join(folder, 'students');
  mkdirSync(students, { recursive: true });
  const names = new Map(results.students.map((student) => [student.student, pageName(student)]));
  const title = results.pack.title[language];
  for (const student of results.students) {
    const body = page(language, `${student.student}: ${title}`, studentPage(results, student, language));
    writeWhole(path.join(students, names.get(student.student) ?? ''), body, false);
  }
  // What links to them comes last.
  const index = page(language, title, classPage(results, changes ?? [], language, names), true);
  writeWhole(path.join(folder, 'index.html'), index, false);
}

/** A file name for a student, whatever the id: readable, and different for different ids. */
function pageName({ student }: StudentResult): string {
  const readable = [...student.replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '_')].slice(0, 40).join('');
  return `${readable}-${hash32(student).toString(16)}.html`;
}

function page(language: Language, title: string, body: Html, sorts = false): string {
  const scripts = sorts ? ` script-src '${FIND_AND_SORT_HASH}';` : '';
  return html`<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';${scripts} style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
${sorts && html`<script>${FIND_AND_SORT}</script>`}
</body>
</html>
`.text;
}

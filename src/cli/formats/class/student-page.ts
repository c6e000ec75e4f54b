import type { CheckReport } from '../../../course/lesson/report.ts';
import type { PolicyFile } from '../../../course/pack/schema.ts';
import { isByHand } from '../../../course/results/class-results.ts';
import type { Attempt, ClassResults, StudentResult } from '../../../course/results/types.ts';
import type { GradedStep } from '../../../course/submission/grade-submission.ts';
import type { Language } from '../../../course/text.ts';
import { type Html, html } from '../html.ts';
import { clockTime, dateTime, lateness, type Words, words } from './words.ts';

/** One student's feedback: each criterion with what was expected, what was found, and why. */
export function studentPage(results: ClassResults, student: StudentResult, language: Language): Html {
  const w = words(language);
  return html`<header>
<h1>${student.name ?? student.student}</h1>
<p class="soft">${student.name === undefined ? '' : `${student.student} · `}${results.pack.title[language]} (${results.pack.id} ${results.pack.version})</p>
<ul class="facts"><li><b>${student.points} ${w.of} ${student.max}</b> ${w.points}</li><li><b>${w[student.status]}</b> ${w.status}</li>${student.manual !== 0 && html`<li><b>${student.manual}</b> ${w.byHand}</li>`}</ul>
${student.comment !== undefined && html`<blockquote>${student.comment}</blockquote>`}
</header>
<main>
${(student.shown?.lessons ?? []).map(
  (lesson) =>
    html`<section><h2>${lesson.title[language]}: ${lesson.score}/${lesson.max}</h2>${lesson.steps.map((step) => stepSection(step, language, w))}</section>`,
)}
${attempts(student.attempts, results.policies, language, w)}
</main>
<footer><p>${w.proves}</p></footer>`;
}

function stepSection(step: GradedStep, language: Language, w: Words): Html {
  const facts = step.reached
    ? [
        clockTime(step.seconds),
        `${w.lines}: ${step.lines}`,
        `${w.asked}: ${step.asked}`,
        ...(step.hints > 0 ? [`${w.hints}: ${step.hints}`] : []),
        ...(step.solutionShown ? [w.solution] : []),
      ]
    : [w.notReached];
  return html`<h3>${step.title[language]}: ${step.score}/${step.max}</h3><p class="soft">${facts.join(' · ')}</p>
<div class="wide"><table class="stack"><thead><tr><th scope="col">${w.result}</th><th scope="col" class="n">${w.points}</th><th scope="col">${w.criterion}</th></tr></thead>
<tbody>${step.checks.map((check) => checkRow(check, language, w))}</tbody></table></div>`;
}

const MARK = { passed: '✓', failed: '✗', undecided: '?' } as const;

function checkRow(check: CheckReport, language: Language, w: Words): Html {
  const rows = [
    [w.expected, check.expected[language]],
    [w.actual, check.actual[language]],
    [w.why, check.why[language]],
  ] as const;
  const told = check.points < check.max ? rows : isByHand(check) ? rows.slice(-1) : [];
  const detail = told.filter(([, value]) => value !== '');
  return html`<tr><td class="mark ${check.result}">${MARK[check.result]} ${w[check.result]}</td><td class="n">${check.points}/${check.max}</td><td>${check.title[language]}${
    detail.length > 0 && html`<dl>${detail.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
  }</td></tr>
`;
}

function attempts(
  list: readonly Attempt[],
  { deadline, attempts }: PolicyFile,
  language: Language,
  w: Words,
): Html | false {
  if (list.length === 0) return false;
  const rules = [
    ...(deadline === undefined ? [] : [`${w.deadline}: ${dateTime(Date.parse(deadline), deadline)}`]),
    ...(attempts ? [w.attemptRule(attempts.max, attempts.count ?? 'best')] : []),
  ];
  return html`<section><h2>${w.attempts}</h2>${rules.length > 0 && html`<p>${rules.join(' · ')}</p>`}<div class="wide"><table class="stack"><caption>${w.handedIn}</caption>
<thead><tr><th scope="col" class="n">${w.attempt}</th><th scope="col">${w.file}</th><th scope="col" class="n">${w.points}</th><th scope="col"></th></tr></thead>
<tbody>${list.map((attempt) => {
    const time = attempt.submitted === undefined ? '' : dateTime(attempt.submitted, deadline);
    return html`<tr><td class="n">${attempt.number ?? '–'}</td><td><code>${attempt.file}</code><br><span class="soft">${time}</span></td><td class="n">${attempt.refused ? '–' : `${attempt.points}/${attempt.max}`}</td><td>${
      attempt.refused
        ? html`<b class="failed">${attempt.refused.kind}</b>. ${attempt.refused.message[language]}`
        : html`${attempt.counted && html`<b class="passed">✓ ${w.counts}</b> `}${attempt.late > 0 && html`${w.late} ${lateness(attempt.late, language)}, −${attempt.penalty} % `}${attempt.notes.map((note) => html`<span>${note[language]}</span> `)}`
    }</td></tr>
`;
  })}</tbody></table></div></section>`;
}

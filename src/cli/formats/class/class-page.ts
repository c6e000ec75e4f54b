import type { Difference } from '../../../course/results/difference.ts';
import {
  type CriterionStatistics,
  type Statistics,
  type StepStatistics,
  shareOf,
  statistics,
} from '../../../course/results/statistics.ts';
import type { ClassResults, StudentResult } from '../../../course/results/types.ts';
import type { Language } from '../../../course/text.ts';
import { type Html, html } from '../html.ts';
import { notesOf, refusedOf } from './format.ts';
import { clockTime, lateness, type Words, words } from './words.ts';

/** The class at a glance: how the points are spread, what was hard, where students stopped, and everybody's row. */
export function classPage(
  results: ClassResults,
  changes: readonly Difference[],
  language: Language,
  pages: ReadonlyMap<string, string>,
): Html {
  const w = words(language);
  const all = statistics(results);
  const { title, id, version } = results.pack;
  return html`<header>
<h1>${title[language]}</h1>
<p class="soft">${id} ${version} · kubetutor ${results.version}</p>
<ul class="facts">
<li><b>${results.students.length}</b> ${w.students}</li>
<li><b>${results.students.filter((student) => student.shown).length}</b> ${w.graded}</li>
<li><b>${percent(all.mean)}</b> ${w.mean}</li>
<li><b>${percent(all.median)}</b> ${w.median}</li>
</ul>
</header>
<main>
${chart(all, w)}
${hardest(all.criteria, language, w)}
${steps(all.steps, language, w)}
${roll(results.students, language, w, pages)}
${refused(results, language, w)}
${changed(changes, w)}
</main>
<footer><p>${w.proves}</p></footer>`;
}

function chart({ distribution }: Statistics, w: Words): Html {
  const most = Math.max(1, ...distribution);
  const label = distribution.map((count, tenth) => w.distributionOf(count, tenth * 10, tenth * 10 + 10)).join('; ');
  return html`<section><h2>${w.distribution}</h2>
<ul class="chart" role="img" aria-label="${label}">${distribution.map(
    (count, tenth) =>
      html`<li aria-hidden="true">${count > 0 && html`<b>${count}</b>`}<i style="height:${Math.round((count / most) * 78)}%"></i><span>${tenth * 10}–${tenth * 10 + 10}</span></li>`,
  )}</ul></section>`;
}

function hardest(criteria: readonly CriterionStatistics[], language: Language, w: Words): Html | false {
  if (criteria.length === 0) return false;
  return html`<section><h2>${w.hardest}</h2><div class="wide"><table>
<thead><tr><th scope="col">${w.criterion}</th><th scope="col" class="n">${w.met}</th><th scope="col"></th></tr></thead>
<tbody>${criteria
    .slice(0, 15)
    .map(
      ({ title, id, passed, judged }) =>
        html`<tr><th scope="row">${title[language]}<br><code class="soft">${id}</code></th><td class="n">${passed}/${judged}</td><td>${share(passed / judged, `${passed}/${judged}`)}</td></tr>`,
    )}</tbody></table></div></section>`;
}

function steps(list: readonly StepStatistics[], language: Language, w: Words): Html | false {
  if (list.length === 0) return false;
  return html`<section><h2>${w.steps}</h2><div class="wide"><table>
<thead><tr><th scope="col">${w.step}</th><th scope="col" class="n">${w.reached}</th><th scope="col" class="n">${w.finished}</th><th scope="col" class="n">${w.time}</th><th scope="col" class="n">${w.slowest}</th><th scope="col" class="n">${w.hints}</th><th scope="col">${w.stuck}</th></tr></thead>
<tbody>${list.map(
    (step) =>
      html`<tr><th scope="row">${step.title[language]}<br><code class="soft">${step.id}</code></th><td class="n">${step.reached}</td><td class="n">${step.finished}</td><td class="n">${clockTime(step.median)}</td><td class="n">${clockTime(step.slowest)}</td><td class="n">${step.hints}</td><td>${stuckText(step.stuck, w)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function stuckText(stuck: readonly string[], w: Words): string {
  if (stuck.length === 0) return w.none;
  return `${stuck.length}: ${stuck.slice(0, 8).join(', ')}${stuck.length > 8 ? ', …' : ''}`;
}

function roll(
  students: readonly StudentResult[],
  language: Language,
  w: Words,
  pages: ReadonlyMap<string, string>,
): Html {
  return html`<section><h2>${w.class}</h2>
<p class="find" hidden><label>${w.find} <input type="search"></label> <output class="soft"></output></p>
<div class="wide"><table class="sorts">
<thead><tr><th scope="col">${w.student}</th><th scope="col" class="n">${w.points}</th><th scope="col" class="bar"></th><th scope="col">${w.status}</th><th scope="col" class="n">${w.attempts}</th><th scope="col">${w.comment}</th></tr></thead>
<tbody>${students.map((student) => {
    const counted = student.attempts.find((attempt) => attempt.counted);
    const late =
      counted && counted.late > 0 ? `, ${w.late} ${lateness(counted.late, language)} (−${counted.penalty} %)` : '';
    const refusedOnes = student.attempts.filter((attempt) => attempt.refused).length;
    return html`<tr><th scope="row"><a href="students/${encodeURIComponent(pages.get(student.student) ?? '')}">${student.student}</a>${student.name !== undefined && html`<br><span class="soft">${student.name}</span>`}</th>
<td class="n" data-v="${student.points}">${student.points}/${student.max}</td><td class="bar">${share(shareOf(student), `${student.points}/${student.max}`)}</td><td>${w[student.status]}${late}${refusedOnes > 0 && html` <span class="failed">(${refusedOnes} ${w.refused})</span>`}${notesOf(student).map((note) => html`<br><span class="soft">${note[language]}</span>`)}</td><td class="n">${student.attempts.length - refusedOnes}</td><td>${student.comment ?? ''}</td></tr>
`;
  })}</tbody></table></div></section>`;
}

function refused(results: ClassResults, language: Language, w: Words): Html | false {
  const list = refusedOf(results);
  if (list.length === 0) return false;
  return html`<section><h2>${w.problems}</h2><ul>${list.map(
    ({ file, refused: why }) =>
      html`<li><code>${file}</code>: <b class="failed">${why?.kind}</b>. ${why?.message[language]}</li>`,
  )}</ul></section>`;
}

function changed(changes: readonly Difference[], w: Words): Html | false {
  if (changes.length === 0) return false;
  return html`<section><h2>${w.changes}</h2><div class="wide"><table>
<thead><tr><th scope="col">${w.student}</th><th scope="col" class="n">${w.before}</th><th scope="col" class="n">${w.after}</th><th scope="col">${w.criterion}</th></tr></thead>
<tbody>${changes.map(
    ({ student, before, after, checks }) =>
      html`<tr><th scope="row">${student}</th><td class="n">${before}</td><td class="n">${after}</td><td>${checks.map((check) => html`<div><code>${check.id}</code>: ${check.before} → ${check.after}</div>`)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function share(part: number, label: string): Html {
  return html`<div class="share" role="img" aria-label="${label}"><i style="width:${Math.round(part * 100)}%"></i></div>`;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

import { isStudentId, studentId } from '../../course/pack/pack.ts';
import { sanitise } from '../../tui/sanitise.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage } from '../locale/messages.ts';
import { problemLine } from '../locale/problem-line.ts';
import { loadPack } from '../packs.ts';

/** `kubetutor preview PATH`: what a student will read and be judged by. */
export function preview(place: string, options: { student?: string; lang?: string }): number {
  const say = instructorMessages();
  const pack = loadPack(place);
  if (typeof pack === 'number') return pack;
  const student = studentId(options.student ?? 'student');
  if (!isStudentId(student)) {
    process.stderr.write(`kubetutor preview: ${say.badStudent(student)}\n`);
    return 2;
  }
  const { lessons, problems } = pack.lessonsFor(student);
  for (const problem of problems) process.stderr.write(`${problemLine(problem)}\n`);
  if (problems.length > 0) return 1;
  const language = pack.languages.find((one) => one === (options.lang ?? cliLanguage())) ?? pack.languages[0] ?? 'en';
  const lines = [
    `# ${pack.title[language]} (${pack.id} ${pack.version})`,
    '',
    say.previewFor(student, pack.variants),
    '',
  ];
  for (const lesson of lessons) {
    lines.push(`# ${lesson.title[language]}`, '', lesson.summary[language], '');
    for (const [index, step] of lesson.steps.entries()) {
      lines.push(`## ${index + 1}/${lesson.steps.length} ${step.title[language]}`, '', step.text[language], '');
      for (const check of step.checks)
        lines.push(`- [ ] ${check.title[language]} (${check.points})${check.hidden ? ` — ${say.hidden}` : ''}`);
      if (step.hiddenChecks) lines.push(`- ${say.hiddenChecks(step.hiddenChecks.count, step.hiddenChecks.points)}`);
      for (const [at, hint] of step.hints.entries()) lines.push(`- ${say.hint(at + 1)} ${hint[language]}`);
      lines.push('');
    }
  }
  process.stdout.write(sanitise(`${lines.join('\n').trimEnd()}\n`));
  return 0;
}

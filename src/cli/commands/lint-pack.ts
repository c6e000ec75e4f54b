import { lintTexts } from '../../course/lesson/lint-texts.ts';
import type { Problem } from '../../course/lesson/problem.ts';
import type { Pack } from '../../course/pack/pack.ts';
import { PackError } from '../../course/pack/pack-error.ts';
import { readPack } from '../../course/pack/read-pack.ts';
import { proveLesson } from '../../course/prove.ts';
import { scenarioSource } from '../../course/scenario-source.ts';
import { sanitiseLine } from '../../tui/sanitise.ts';
import { hostClock } from '../host.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage } from '../locale/messages.ts';
import { problemLine } from '../locale/problem-line.ts';

/** Checks a pack as the built-in lessons are checked, for each value of each parameter. Gives how much is wrong. */
export async function lintPack(place: string, prove: boolean): Promise<number> {
  const say = instructorMessages();
  const wrong = new Set<string>();
  const tell = (text: string) => {
    if (wrong.has(text)) return;
    wrong.add(text);
    process.stdout.write(`${text}\n`);
  };
  let pack: Pack | undefined;
  try {
    const read = readPack(place);
    pack = read.pack;
    for (const problem of inOrder(read.problems)) tell(problemLine(problem));
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    tell(sanitiseLine(error.about(place)[cliLanguage()]));
  }
  if (!pack) return wrong.size;
  pack.worlds = scenarioSource.names();
  const variants = [...pack.provingVariants()];
  const texts = variants.flatMap((variant) =>
    variant.lessons.flatMap((lesson) =>
      lintTexts(lesson).flatMap((problem) => pack?.problemIn(lesson.id, problem) ?? []),
    ),
  );
  const problems = [...variants.flatMap((variant) => variant.problems), ...texts, ...pack.slips()];
  for (const problem of inOrder(problems)) tell(problemLine(problem));
  if (wrong.size > 0) return wrong.size;
  // A student's copy has nothing that could prove it.
  const proved = prove && !pack.isStudentCopy ? variants : [];
  for (const [index, { name, nameFor, lessons }] of proved.entries()) {
    process.stderr.write(`${sanitiseLine(say.provesVariant(pack.id, index + 1, proved.length, name))}\n`);
    for (const lesson of lessons) {
      await scenarioSource.load?.(lesson.world);
      const proof = proveLesson(lesson, { source: scenarioSource, clock: hostClock, language: cliLanguage() });
      const task = nameFor(lesson.id);
      for (const { path, text } of proof.wrong) {
        const problem = pack.problem(lesson.id, path, `${text}${task === '' ? '' : ` (${task})`}`);
        if (problem) tell(problemLine(problem));
      }
      // What takes for ever with one value of a parameter does so with the others.
      if (!proof.ended) return wrong.size;
    }
  }
  if (wrong.size === 0)
    process.stdout.write(`${say.packOk(pack.id, pack.lessonIds.length, pack.variants, proved.length)}\n`);
  return wrong.size;
}

/** As an editor lists them: by file and place. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}

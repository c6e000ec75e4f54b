import type { LessonEntry, Library } from '../../course/library.ts';
import { Progress } from '../../course/progress.ts';
import { dataFolder } from '../../course/storage/data-folder.ts';
import { hostLibrary } from '../host.ts';
import { cliLanguage, cliMessages } from '../locale/messages.ts';

/** `kubetutor list`. */
export async function list(options: { json?: boolean }): Promise<number> {
  const progress = new Progress(dataFolder());
  const language = progress.language ?? cliLanguage();
  const say = cliMessages(language);
  const rows = [...(await rowsOfPack(progress)), ...rowsOf(await hostLibrary(), progress)];
  if (options.json) {
    const lessons = rows.map(({ id, title, summary, minutes, steps, done }) => ({
      id,
      title: title[language],
      summary: summary[language],
      minutes,
      steps: steps.length,
      finished: done,
    }));
    process.stdout.write(`${JSON.stringify(lessons, undefined, 2)}\n`);
    return 0;
  }
  if (rows.length === 0) process.stdout.write(`${say.noLessons}\n`);
  const width = Math.max(0, ...rows.map((row) => row.id.length));
  for (const { id, title, minutes, steps, done } of rows) {
    const mark = done === steps.length ? '✓' : done > 0 ? '…' : ' ';
    process.stdout.write(
      `${mark} ${id.padEnd(width)}  ${title[language]}  (${say.steps(done, steps.length)}, ${say.minutes(minutes[0], minutes[1])})\n`,
    );
  }
  return 0;
}

interface Row extends LessonEntry {
  /** Steps that are finished. */
  readonly done: number;
}

function rowsOf({ entries }: Library, progress: Progress): Row[] {
  return entries.map((entry) => {
    const finished = progress.lesson(entry.id)?.finished ?? [];
    return { ...entry, done: entry.steps.filter((step) => finished.includes(step)).length };
  });
}

/** The lessons of the pack that was worked at last. */
async function rowsOfPack(settings: Progress): Promise<Row[]> {
  if (!settings.lastLesson?.includes('/')) return [];
  const { packWork, workLeft } = await import('../pack-work.ts');
  const left = workLeft(settings);
  if (left?.pack === undefined) return [];
  const work = packWork(settings, left.pack, left.student);
  return typeof work === 'number' ? [] : rowsOf(work.library, work.progress);
}

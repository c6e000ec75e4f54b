import { Progress } from '../../course/progress.ts';
import { dataFolder } from '../../course/storage/data-folder.ts';
import { hostLibrary } from '../host.ts';
import { cliLanguage, cliMessages } from '../locale/messages.ts';

/** `kubetutor list`. */
export async function list(options: { json?: boolean }): Promise<number> {
  const { entries } = await hostLibrary();
  const progress = new Progress(dataFolder());
  const language = progress.language ?? cliLanguage();
  const say = cliMessages(language);
  const rows = entries.map((entry) => {
    const finished = progress.lesson(entry.id)?.finished ?? [];
    const done = entry.steps.filter((step) => finished.includes(step)).length;
    return { ...entry, done };
  });
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

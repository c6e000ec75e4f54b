import { Progress } from '../../course/progress.ts';
import { dataFolder } from '../../course/storage/data-folder.ts';
import { WRONG_USAGE } from '../exit.ts';
import { hostLibrary, hostStorage } from '../host.ts';
import { cliLanguage, cliMessages } from '../locale/messages.ts';
import { HostCoursePort } from '../ports/course-port.ts';

export interface StartFlags {
  readonly plain?: boolean;
  readonly fresh?: boolean;
  readonly step?: string;
  readonly save?: boolean;
  readonly ascii?: boolean;
  readonly pack?: string;
  readonly student?: string;
}

/** `kubetutor` and `kubetutor start LESSON`. */
export async function start(lesson: string | undefined, flags: StartFlags): Promise<number> {
  const settings = new Progress(dataFolder());
  const language = settings.language ?? cliLanguage();
  const work = await workOf(settings, flags, lesson);
  if (typeof work === 'number') return work;
  const library = work?.library ?? (await hostLibrary());
  const progress = work?.progress ?? settings;
  if (lesson !== undefined && !library.lesson(lesson)) {
    process.stderr.write(`kubetutor: ${cliMessages(language).noSuchLesson(lesson)}\n`);
    return WRONG_USAGE;
  }
  const course = new HostCoursePort({
    library,
    progress,
    storage: flags.save === false ? undefined : hostStorage(),
    source: async () => (await import('../../course/scenario-source.ts')).scenarioSource,
    language,
    ...(work ? { owner: work.owner } : {}),
    ...(flags.fresh ? { fresh: true } : {}),
    ...(flags.step === undefined ? {} : { step: flags.step }),
  });
  const simple = !process.stdin.isTTY || !process.stdout.isTTY || process.env['TERM'] === 'dumb';
  if (flags.plain || simple) {
    const { plain } = await import('../plain.ts');
    return await plain(course, lesson);
  }
  const { runTui } = await import('../../tui/run.ts');
  return await runTui(course, { ...(lesson === undefined ? {} : { lesson }), ...(flags.ascii ? { ascii: true } : {}) });
}

/** A student's work with a pack: the one that is named, or the one worked at last. Undefined without one. */
async function workOf(settings: Progress, { pack, student }: StartFlags, lesson: string | undefined) {
  const named = pack !== undefined || student !== undefined;
  // Most have never seen a pack: nothing of it is loaded for them.
  if (!named && !settings.lastLesson?.includes('/')) return undefined;
  const { packWork, workLeft } = await import('../pack-work.ts');
  if (named) return packWork(settings, pack, student);
  const left = workLeft(settings);
  // Another lesson is one of the same pack, unless there is a built-in one of that name.
  const elsewhere =
    lesson !== undefined && lesson !== left?.lesson && (await hostLibrary()).lesson(lesson) !== undefined;
  return left && !elsewhere ? packWork(settings, left.pack, left.student) : undefined;
}

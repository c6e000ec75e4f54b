import type { Library } from '../../course/library.ts';
import type { Owner } from '../../course/open-session.ts';
import type { Progress } from '../../course/progress.ts';
import type { Session } from '../../course/session.ts';
import type { Storage } from '../../course/storage/storage.ts';
import type { Language } from '../../course/text.ts';
import type { WorldSource } from '../../course/world-source.ts';
import type { CoursePort, LessonSummary, SessionPort } from '../../tui/port.ts';
import { cliMessages } from '../locale/messages.ts';
import type { OpenedLesson } from './open-lesson.ts';

export interface CoursePortOptions {
  readonly library: Library;
  readonly progress: Progress;
  /** Undefined: nothing is saved. */
  readonly storage: Storage | undefined;
  /** Loads the worlds: the largest part of the program, which the list of lessons does not need. */
  readonly source: () => Promise<WorldSource>;
  readonly language: Language;
  /** For the first lesson that is opened. */
  readonly fresh?: boolean;
  readonly step?: string;
  /** A student's work with a pack. */
  readonly owner?: Owner;
}

/** The course as the TUI wants to see it. */
export class HostCoursePort implements CoursePort {
  readonly settings = {
    get: (name: string) => this.options.progress.setting(name),
    set: (name: string, value: string) => this.options.progress.setSetting(name, value),
  };
  private chosen: Language;
  private readonly sessions = new Set<Session>();
  private opened = false;

  constructor(private readonly options: CoursePortOptions) {
    this.chosen = options.progress.language ?? options.language;
  }

  get language(): Language {
    return this.chosen;
  }

  set language(language: Language) {
    this.chosen = language;
    this.options.progress.language = language;
    for (const session of this.sessions) {
      if (session.language !== language) session.action({ action: 'language', language });
    }
  }

  get lastLesson(): string | undefined {
    const last = this.options.progress.lastLesson;
    return last !== undefined && this.options.library.entries.some((entry) => entry.id === last) ? last : undefined;
  }

  lessons(): readonly LessonSummary[] {
    return this.options.library.entries.map(({ id, title, summary, minutes, steps }) => {
      const progress = this.options.progress.lesson(id);
      const stepsDone = steps.filter((step) => progress?.finished.includes(step)).length;
      return {
        id,
        title: title[this.chosen],
        summary: summary[this.chosen],
        searchText: [id, title.en, title.ko, summary.en, summary.ko].join(' '),
        minutes,
        steps: steps.length,
        stepsDone,
        state: stepsDone === steps.length ? 'finished' : progress ? 'started' : 'new',
      };
    });
  }

  async open(lessonId: string): Promise<SessionPort> {
    return (await this.openSession(lessonId)).port;
  }

  /** Raises an Error with a text for the learner. */
  async openSession(lessonId: string): Promise<OpenedLesson> {
    const { library, progress, storage, fresh, step, owner } = this.options;
    const lesson = library.lesson(lessonId);
    if (!lesson) throw new Error(cliMessages(this.chosen).noSuchLesson(lessonId));
    const first = !this.opened;
    this.opened = true;
    const source = await this.options.source();
    await source.load?.(lesson.world);
    const { openLesson } = await import('./open-lesson.ts');
    const opened = openLesson({
      source,
      storage,
      progress,
      lesson,
      language: this.chosen,
      fresh: first && fresh === true,
      step: first ? step : undefined,
      owner,
      closed: (session) => this.sessions.delete(session),
    });
    this.sessions.add(opened.session);
    if (storage) progress.lastLesson = lessonId;
    return opened;
  }
}

import { JournalError } from '../../course/journal.ts';
import type { Lesson } from '../../course/lesson/lesson.ts';
import { type Owner, openSession } from '../../course/open-session.ts';
import type { Progress } from '../../course/progress.ts';
import type { Session } from '../../course/session.ts';
import { LockedError, lockedText, type Storage } from '../../course/storage/storage.ts';
import type { Language } from '../../course/text.ts';
import type { WorldSource } from '../../course/world-source.ts';
import type { SessionPort } from '../../tui/port.ts';
import { hostClock } from '../host.ts';
import { cliMessages } from '../locale/messages.ts';
import { CourseSessionPort } from './session-port.ts';

export interface OpenLessonOptions {
  readonly source: WorldSource;
  readonly storage: Storage | undefined;
  readonly progress: Progress;
  readonly lesson: Lesson;
  readonly language: Language;
  readonly fresh: boolean;
  readonly step: string | undefined;
  /** A student's work with a pack. */
  readonly owner: Owner | undefined;
  readonly closed: (session: Session) => void;
}

export interface OpenedLesson {
  readonly session: Session;
  readonly port: SessionPort;
  /** Something that the learner should know. */
  readonly message: string | undefined;
}

/** Opens a lesson for the TUI: what the first frame does without. Raises an Error with a text for the learner. */
export function openLesson(options: OpenLessonOptions): OpenedLesson {
  const { source, storage, progress, lesson, language, fresh, step, owner, closed } = options;
  try {
    const { session, message } = openSession({
      source,
      storage,
      lesson,
      language,
      clock: hostClock,
      sliced: true,
      created: Date.now(),
      ...(fresh ? { fresh } : {}),
      ...(step === undefined ? {} : { step }),
      ...(owner ? { owner } : {}),
    });
    if (session.language !== language) session.action({ action: 'language', language });
    const port = new CourseSessionPort(session, lesson, progress, () => closed(session), message?.[language]);
    return { session, port, message: message?.[language] };
  } catch (error) {
    if (error instanceof LockedError) throw new Error(lockedText(error)[language]);
    if (error instanceof JournalError) throw new Error(`${error.text[language]} ${cliMessages(language).fresh}`);
    throw error;
  }
}

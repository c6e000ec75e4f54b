import type { JournalContent, JournalHeader } from './journal.ts';
import { JournalError } from './journal.ts';
import { JournalFile } from './journal-file.ts';
import type { Lesson } from './lesson/lesson.ts';
import { Session } from './session.ts';
import type { Storage } from './storage/storage.ts';
import type { Language, Text } from './text.ts';
import { VERSION } from './version.ts';
import type { WorldSource } from './world-source.ts';

export interface OpenOptions {
  readonly source: WorldSource;
  /** Where the journal is kept; undefined: nothing is saved. */
  readonly storage: Storage | undefined;
  /** Undefined: a sandbox, which is never saved. */
  readonly lesson: Lesson | undefined;
  /** World of a sandbox. */
  readonly world?: string;
  readonly seed?: string;
  readonly language: Language;
  /** A monotonic clock of the host, ms. */
  readonly clock: () => number;
  /** Host time, ms since 1970. */
  readonly created: number;
  /** Start over; the journal that is there is kept aside. */
  readonly fresh?: boolean;
  /** Undo and reset are done by `pump` in slices. */
  readonly sliced?: boolean;
  /** Begin at this step. */
  readonly step?: string;
  readonly owner?: Owner;
}

/** Whose work it is: a student's with a pack. It will be handed in. */
export interface Owner {
  readonly student: string;
  /** `ID@VERSION#DIGEST`. */
  readonly pack: string;
  readonly key: string;
  /** Where the journals of this student and pack are. */
  readonly folder: string;
}

export interface OpenedSession {
  readonly session: Session;
  readonly resumed: boolean;
  /** Something that the learner should know. */
  readonly message: Text | undefined;
}

/**
 * Opens a lesson where it was left, or starts it. Raises LockedError when it is open elsewhere, JournalError when its
 * journal cannot be read (then `fresh` is the way on).
 */
export function openSession(options: OpenOptions): OpenedSession {
  const { storage, lesson } = options;
  if (!storage || !lesson) return { session: begin(options, undefined, undefined), resumed: false, message: undefined };
  const { owner } = options;
  const name = journalName(lesson.id, owner?.folder);
  const { file, content } = openFile(storage, name, options.fresh ?? false);
  const exact =
    content &&
    content.header.version === VERSION &&
    content.header.lesson?.version === lesson.version &&
    (!owner ||
      (content.header.student === owner.student &&
        content.header.pack === owner.pack &&
        content.header.key === owner.key));
  if (content && exact && !options.fresh && options.step === undefined) {
    const session = new Session({ ...common(options), header: content.header, journal: file, content });
    return { session, resumed: true, message: content.message };
  }
  // A student's copy has no solutions to play the steps before with: another content begins at its beginning.
  const place = content && !options.fresh && !owner ? lastPlace(content) : undefined;
  const message =
    owner && content && !exact && !options.fresh
      ? anotherPackText()
      : place && !exact
        ? updatedText(content?.header.version ?? '')
        : content?.message;
  const aside = content ? `${name}.old` : undefined;
  return { session: begin(options, file, place, aside), resumed: place !== undefined, message };
}

export function journalName(lesson: string, folder?: string): string {
  return folder === undefined ? `journals/${lesson}.jsonl` : `${folder}/${lesson}.jsonl`;
}

function openFile(storage: Storage, name: string, fresh: boolean): ReturnType<typeof JournalFile.open> {
  try {
    return JournalFile.open(storage, name);
  } catch (error) {
    if (!(error instanceof JournalError) || !fresh) throw error;
    storage.rename(name, `${name}.unreadable`);
    return JournalFile.open(storage, name);
  }
}

interface Place {
  readonly step: string;
  readonly finished: readonly string[];
}

/** Where the last note of a journal says that the learner was. */
function lastPlace(content: JournalContent): Place | undefined {
  const note = content.entries.findLast((entry) => entry.kind === 'note');
  return note?.kind === 'note' ? { step: note.step, finished: note.finished } : undefined;
}

function common(options: OpenOptions) {
  const { source, lesson, clock, sliced = false } = options;
  return { source, lesson, clock, sliced };
}

function begin(
  options: OpenOptions,
  journal: JournalFile | undefined,
  place: Place | undefined,
  aside?: string,
): Session {
  const { lesson } = options;
  const header: JournalHeader = {
    version: VERSION,
    ...(lesson ? { lesson: { id: lesson.id, version: lesson.version } } : {}),
    world: options.world ?? lesson?.world ?? 'default',
    seed: options.seed ?? lesson?.seed ?? 'kubetutor',
    language: options.language,
    created: options.created,
    ...ownership(options.owner),
  };
  journal?.start(header, aside);
  const session = new Session({ ...common(options), header, journal });
  if (!lesson) return session;
  const wanted = options.step ?? place?.step;
  const step = lesson.steps.find((candidate) => candidate.id === wanted) ?? lesson.steps[0];
  if (step) session.action({ action: 'begin', step: step.id, finished: place?.finished ?? [] });
  return session;
}

function ownership(owner: Owner | undefined) {
  return owner ? { student: owner.student, pack: owner.pack, key: owner.key } : {};
}

function anotherPackText(): Text {
  return {
    en: 'The pack or kubetutor has changed since: the exercise begins anew. What you had done is kept aside, and can be handed in with the version it was made with.',
    ko: '팩이나 kubetutor가 바뀌어 처음부터 시작합니다. 하던 것은 따로 보관했습니다.',
  };
}

function updatedText(version: string): Text {
  return {
    en: `The lesson was left in another version (${version}): finished steps stay finished, and this step begins at its start.`,
    ko: `다른 버전(${version})에서 하던 레슨입니다. 마친 단계는 그대로이고, 이 단계는 처음부터 시작합니다.`,
  };
}

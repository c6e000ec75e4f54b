import { existsSync } from 'node:fs';
import path from 'node:path';
import { builtInLessons, type Library, libraryOf } from '../course/library.ts';
import type { Owner } from '../course/open-session.ts';
import { BUILT_IN, builtInCoursework } from '../course/pack/coursework.ts';
import { isStudentId, stampText, studentId } from '../course/pack/pack.ts';
import { Progress } from '../course/progress.ts';
import { dataFolder } from '../course/storage/data-folder.ts';
import { sessionKey } from '../course/submission/session-key.ts';
import { hash32 } from '../world/random.ts';
import { WRONG_USAGE } from './exit.ts';
import { hostStorage } from './host.ts';
import { instructorMessages } from './locale/instructor-messages.ts';
import { problemLine } from './locale/problem-line.ts';
import { loadPack } from './packs.ts';

export interface PackWork {
  readonly library: Library;
  readonly progress: Progress;
  readonly owner: Owner;
}

/** Opens a pack for a student. Gives an exit status when that cannot be. */
export function packWork(settings: Progress, place: string | undefined, given: string | undefined): PackWork | number {
  const say = instructorMessages();
  const named = given ?? settings.setting('student');
  const student = named === undefined ? undefined : studentId(named);
  if (student === undefined) return refuse(say.whoAreYou);
  if (!isStudentId(student)) return refuse(say.badStudent(student));
  const pack = place === undefined ? builtInCoursework(builtInLessons()) : loadPack(place);
  if (typeof pack === 'number') return pack;
  const { lessons, problems } = pack.lessonsFor(student);
  for (const problem of problems) process.stderr.write(`${problemLine(problem)}\n`);
  if (problems.length > 0) return 1;
  settings.setSetting('student', student);
  const folder = workFolder(pack.id, student);
  settings.setSetting('work', folder);
  if (place !== undefined) settings.setSetting(placeOf(pack.id), path.resolve(place));
  const { publicKey } = sessionKey(hostStorage());
  return {
    library: libraryOf(lessons),
    progress: new Progress(dataFolder(), `${pack.id}/${student}/`),
    owner: { student, pack: stampText(pack.stamp), key: publicKey, folder },
  };
}

/** The setting that says where a pack was last. */
export const placeOf = (pack: string) => `pack ${pack}`;

/** What a student worked at last, when `kubetutor` is to go on there. */
export function workLeft(
  settings: Progress,
): { readonly pack: string | undefined; readonly student: string; readonly lesson: string | undefined } | undefined {
  const [id = '', student, lesson] = settings.lastLesson?.split('/') ?? [];
  if (student === undefined) return undefined;
  if (id === BUILT_IN) return { pack: undefined, student, lesson };
  const pack = settings.setting(placeOf(id));
  if (pack === undefined) return undefined;
  if (existsSync(pack)) return { pack, student, lesson };
  process.stderr.write(`kubetutor: ${instructorMessages().packGone(pack)}\n`);
  return undefined;
}

/** Bytes that a folder's name may have, with room to spare. */
const MAX_NAME = 120;

/** Where the journals of a student and a pack are. A name is made safe for every file system, a long one is cut. */
export function workFolder(pack: string, student: string): string {
  const safe = encodeURIComponent(student);
  const name =
    safe.length <= MAX_NAME ? safe : `${safe.slice(0, MAX_NAME).replace(/%.?$/, '')}-${hash32(student).toString(16)}`;
  return `journals/packs/${pack}/${name}`;
}

function refuse(text: string): number {
  process.stderr.write(`kubetutor: ${text}\n`);
  return WRONG_USAGE;
}

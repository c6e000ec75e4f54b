import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isLanguage, type Language } from '../../course/text.ts';
import { WRONG_USAGE } from '../exit.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage } from '../locale/messages.ts';
import { exerciseFiles } from '../templates/exercise.ts';
import { lessonFiles } from '../templates/lesson.ts';
import { packFiles } from '../templates/pack.ts';
import { writeFolder } from '../write-whole.ts';

const KINDS: Readonly<Record<string, (name: string, language: Language) => ReadonlyMap<string, string>>> = {
  pack: packFiles,
  lesson: lessonFiles,
  exercise: exerciseFiles,
};

/** `kubetutor new pack|lesson|exercise PATH`: the last part of the path is the id. Lessons and exercises go into a pack. */
export function create(kind: string, place: string, options: { lang?: string }): number {
  const say = instructorMessages();
  const files = KINDS[kind];
  const id = path.basename(path.resolve(place));
  if (!files) return refuse(say.newKind(kind));
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return refuse(say.newName(id));
  if (existsSync(place)) return refuse(say.newExists(place));
  const pack = kind === 'pack' ? place : packAbove(path.dirname(path.resolve(place)));
  if (pack === undefined) return refuse(say.newNeedsPack(place));
  const given = options.lang ?? (kind === 'pack' ? undefined : languageOf(pack)) ?? cliLanguage();
  const content = files(id, isLanguage(given) ? given : 'en');
  writeFolder(place, content);
  for (const name of content.keys()) process.stdout.write(`${path.join(place, name)}\n`);
  process.stdout.write(`${say.newNext(path.relative('', pack) || '.')}\n`);
  return 0;
}

/** The folder of the pack that a place is in. */
function packAbove(folder: string): string | undefined {
  if (existsSync(path.join(folder, 'pack.yaml'))) return folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : packAbove(above);
}

/** The one language of a pack; undefined when it has two. */
function languageOf(pack: string): string | undefined {
  return /^languages:\s*\[\s*(\w+)\s*\]/m.exec(readFileSync(path.join(pack, 'pack.yaml'), 'utf8'))?.[1];
}

function refuse(text: string): number {
  process.stderr.write(`kubetutor new: ${text}\n`);
  return WRONG_USAGE;
}

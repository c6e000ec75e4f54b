import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isLanguage, type Language } from '../../course/text.ts';
import { WRONG_USAGE } from '../exit.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage } from '../locale/messages.ts';
import { exerciseFiles } from '../templates/exercise.ts';
import { lessonFiles } from '../templates/lesson.ts';
import { packFiles } from '../templates/pack.ts';

const KINDS: Readonly<Record<string, (name: string, language: Language) => ReadonlyMap<string, string>>> = {
  pack: packFiles,
  lesson: lessonFiles,
  exercise: exerciseFiles,
};

/** `kubetutor new pack|lesson|exercise NAME`: NAME may be a path; its last part is the id. */
export function create(kind: string, place: string, options: { lang?: string }): number {
  const given = options.lang ?? cliLanguage();
  const language = isLanguage(given) ? given : 'en';
  const say = instructorMessages();
  const files = KINDS[kind];
  const id = path.basename(path.resolve(place));
  if (!files) return refuse(say.newKind(kind));
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return refuse(say.newName(id));
  if (existsSync(place)) return refuse(say.newExists(place));
  for (const [name, text] of files(id, language)) {
    const file = path.join(place, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stdout.write(`${file}\n`);
  }
  process.stdout.write(`${say.newNext(kind === 'pack' ? place : path.dirname(place))}\n`);
  return 0;
}

function refuse(text: string): number {
  process.stderr.write(`kubetutor new: ${text}\n`);
  return WRONG_USAGE;
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import { isFolder, readBank } from '../../course/pack/files.ts';
import { findExercises } from '../../course/pack/import.ts';
import { PackError } from '../../course/pack/pack-error.ts';
import { tryExercise } from '../../course/pack/try-import.ts';
import { scenarioSource } from '../../course/scenario-source.ts';
import { sanitise, sanitiseLine } from '../../tui/sanitise.ts';
import { WRONG_USAGE } from '../exit.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { chosenLanguage, cliLanguage, cliMessages } from '../locale/messages.ts';
import { koreanImportNote } from '../locale/problems-ko.ts';
import { packFiles } from '../templates/pack.ts';
import { writeFolder } from '../write-whole.ts';

export interface ImportFlags {
  readonly out?: string;
  readonly lang?: string;
  readonly world?: string;
}

/** `kubetutor import DIR`: makes a pack of folders with setup.sh, question.md and validate.sh, and says what it could not take. */
export function importExercises(place: string, flags: ImportFlags): number {
  const say = instructorMessages();
  const language = chosenLanguage(flags.lang);
  const world = flags.world ?? 'default';
  const id = path
    .basename(path.resolve(flags.out ?? `${path.resolve(place)}-pack`))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const out = flags.out ?? id;
  if (existsSync(out)) return refuse(say.newExists(out));
  if (!scenarioSource.names().includes(world))
    return refuse(cliMessages().noSuchWorld(world, scenarioSource.names().join(', ')));
  try {
    if (!isFolder(place)) return refuse(say.importNothing(place));
    const told = (note: string) => (cliLanguage() === 'ko' ? koreanImportNote(note) : note);
    const bank = readBank(place);
    const exercises = findExercises(bank.files, language, world);
    if (exercises.length === 0) return refuse(say.importNothing(place));
    const files = new Map([['pack.yaml', packFiles(id, language).get('pack.yaml') ?? '']]);
    const list = bank.left.length === 0 ? [] : [say.importLeft, ...bank.left.map((line) => `  - ${told(line)}`)];
    for (const exercise of exercises) {
      for (const [name, text] of exercise.files) files.set(`exercises/${exercise.id}/${name}`, text);
      const notes = [...exercise.left, ...tryExercise(exercise, world, scenarioSource)];
      list.push(`${exercise.from} -> exercises/${exercise.id}`, ...notes.map((note) => `  - ${told(note)}`));
    }
    files.set('IMPORT.md', `${list.join('\n')}\n`);
    writeFolder(out, files);
    process.stdout.write(sanitise(`${list.join('\n')}\n${say.imported(exercises.length, out)}\n`));
    return 0;
  } catch (error) {
    if (error instanceof PackError) return refuse(sanitiseLine(error.about(place)[cliLanguage()]));
    throw error;
  }
}

function refuse(text: string): number {
  process.stderr.write(`kubetutor import: ${text}\n`);
  return WRONG_USAGE;
}

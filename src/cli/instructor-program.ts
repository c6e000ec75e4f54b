import { type Command, Option } from 'commander';

/** The commands of instructors, and `submit`. Each loads its code when it is called. */
export function addInstructorCommands(root: Command, done: (status: number) => void): void {
  const create = root
    .command('new')
    .description('begins a pack, a lesson or an exercise')
    .argument('<kind>', 'pack, lesson or exercise')
    .argument('<path>', 'a new folder; its name is the id')
    .option('--lang <language>', 'language of its texts: en or ko');
  create.action(async (kind: string, place: string) => {
    const command = await import('./commands/new.ts');
    done(command.create(kind, place, create.opts()));
  });
  const preview = root
    .command('preview')
    .description('what a student will read and be judged by')
    .argument('<pack>')
    .option('--student <id>', 'as this student has it')
    .option('--lang <language>', 'in this language');
  preview.action(async (place: string) => {
    const command = await import('./commands/preview.ts');
    done(command.preview(place, preview.opts()));
  });
  const pack = root
    .command('pack')
    .description('writes what students get: no hidden checks, no solutions')
    .argument('<pack>')
    .option('--student', "a student's copy")
    .option('-o, --out <file>', 'where; default: ID-VERSION.tgz');
  pack.action(async (place: string) => {
    const command = await import('./commands/pack.ts');
    done(command.packForStudents(place, pack.opts()));
  });
  const submit = root
    .command('submit')
    .description('writes the file to hand in')
    .option('--pack <path>', 'of this pack; default: the last one played')
    .option('--student <id>', 'as this student; default: as the pack was played')
    .option('-o, --out <file>', 'where; default: PACK-STUDENT.kubetutor');
  submit.action(async () => {
    const command = await import('./commands/submit.ts');
    done(command.submit(submit.opts()));
  });
  const merge = root
    .command('merge')
    .description('joins results (`grade --json`) of several machines')
    .argument('<file...>')
    .option('--json', 'as JSON')
    .option('--csv', 'as CSV')
    .option('--junit', 'as JUnit XML')
    .option('--md', 'as Markdown')
    .option('--html <folder>', 'write pages')
    .option('-o, --out <file>', 'write here instead of to standard output')
    .option('--roster <file>', 'CSV: student,name')
    .option('--received <file>', 'CSV: file,time')
    .option('--manual <file>', 'YAML: points and comments that people give')
    .option('--before <file>', 'earlier results: show what changes')
    .addOption(new Option('--lang <language>', 'language of the results').choices(['en', 'ko']));
  merge.action(async (files: string[]) => {
    const command = await import('./commands/merge.ts');
    done(await command.merge(files, merge.opts()));
  });
  const replay = root
    .command('replay')
    .description("shows what a student's terminal showed")
    .argument('<submission>')
    .option('--pack <path>', 'the pack it was made with; default: the built-in lessons')
    .option('--played <path>', 'the pack as students had it, where it has changed since')
    .option('--lesson <id>', 'which lesson of it; default: the first')
    .option('--speed <n>', 'so many times as fast', '1')
    .option('--idle <seconds>', 'no pause is longer', '2')
    .option('--asciicast <file>', 'write an asciicast (v2) instead');
  replay.action(async (file: string) => {
    const command = await import('./commands/replay.ts');
    done(await command.replay(file, replay.opts()));
  });
  const carry = root
    .command('import')
    .description('makes a pack of folders with setup.sh, question.md and validate.sh')
    .argument('<folder>')
    .option('-o, --out <folder>', 'where; default: FOLDER-pack')
    .option('--world <world>', 'the world they are played in', 'default')
    .option('--lang <language>', 'language of their texts: en or ko');
  carry.action(async (place: string) => {
    const command = await import('./commands/import.ts');
    done(command.importExercises(place, carry.opts()));
  });
}

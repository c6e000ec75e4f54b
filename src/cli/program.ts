import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../course/version.ts';
import { HOST_FAILED, WRONG_USAGE } from './exit.ts';
import { addInstructorCommands } from './instructor-program.ts';
import { cliLanguage, cliMessages } from './locale/messages.ts';

/** The commands beside `run`. Gives the exit status. */
export async function program(args: readonly string[]): Promise<number> {
  let status = 0;
  const does = (command: () => Promise<number>) => async () => {
    status = await command();
  };
  const root = new Command('kubetutor')
    .description('Learn Kubernetes in your terminal: no Docker, no cluster, no network.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError();
  root
    .option('--plain', 'line mode: for screen readers, pipes and simple terminals')
    .option('--no-save', 'keep no journal')
    .option('--ascii', 'no characters beyond ASCII in frames and marks');
  root.action(
    does(async () => {
      const [unknown] = root.args;
      if (unknown !== undefined) return unknownCommand(root, unknown);
      const { start } = await import('./commands/start.ts');
      return await start(undefined, root.opts());
    }),
  );
  const start = root
    .command('start')
    .description('one lesson')
    .argument('[lesson]')
    .option('--pack <path>', 'of this pack: a folder or an archive')
    .option('--student <id>', 'who you are, for your instructor; remembered')
    .option('--plain', 'line mode: for screen readers, pipes and simple terminals')
    .option('--fresh', 'begin anew; the old journal is kept aside')
    .option('--step <id>', 'begin at this step')
    .option('--no-save', 'keep no journal')
    .option('--ascii', 'no characters beyond ASCII in frames and marks');
  start.action(async (lesson: string | undefined) => {
    const command = await import('./commands/start.ts');
    // The root has some of these options too, and takes them wherever they stand.
    status = await command.start(lesson, start.optsWithGlobals());
  });
  const list = root.command('list').description('lessons and progress').option('--json', 'as JSON');
  list.action(
    does(async () => {
      const command = await import('./commands/list.ts');
      return command.list(list.opts());
    }),
  );
  const shell = root
    .command('shell')
    .description('a sandbox: a world to yourself')
    .option('--world <world>', 'which world', 'default')
    .option('--seed <seed>', 'seed of all that is random', '1');
  shell.action(
    does(async () => {
      const command = await import('./commands/shell.ts');
      return await command.shell(shell.opts());
    }),
  );
  // Here for the help text only: main.ts runs it without this file.
  root
    .command('run')
    .description('runs a bash script in a fresh world; see `kubetutor run --help`')
    .argument('[script]')
    .argument('[arg...]');
  const grade = root
    .command('grade')
    .description('grades submissions of a class; with --lesson bash scripts played as a learner of it, and journals')
    .argument('<file...>')
    .addOption(new Option('--lesson <id>', 'scripts and journals: the lesson; journals name theirs'))
    .option('--pack <path>', "submissions: the instructor's pack; default: the built-in lessons")
    .option('--played <path>', 'the pack as students had it, where it has changed since')
    .option('--html <folder>', 'write pages: one for the class, one for each student')
    .option('-o, --out <file>', 'write here instead of to standard output')
    .option('--roster <file>', 'CSV: student,name; who should have handed in')
    .option('--received <file>', 'CSV: file,time; when files really came')
    .option('--manual <file>', 'YAML: points and comments that people give')
    .option('--before <file>', 'earlier results (--json): show what changes')
    .addOption(new Option('--lang <language>', 'language of the results').choices(['en', 'ko']))
    .option('--jobs <n>', 'worker threads; default: one for each core')
    .option('--limit <seconds>', 'computing that one submission may take', '30')
    .option('--shard <i/n>', 'grade only this part; `kubetutor merge` joins the parts')
    .option('--resume <file>', 'remember here what is graded, and pass over it next time')
    .addOption(new Option('--json', 'as JSON').conflicts(['csv', 'junit', 'md']))
    .addOption(new Option('--csv', 'as CSV').conflicts(['json', 'junit', 'md']))
    .addOption(new Option('--junit', 'as JUnit XML').conflicts(['json', 'csv', 'md']))
    .addOption(new Option('--md', 'as Markdown').conflicts(['json', 'csv', 'junit']));
  grade.action(async (files: string[]) => {
    const command = await import('./commands/grade.ts');
    status = await command.grade(files, grade.opts());
  });
  const lint = root
    .command('lint')
    .description('checks the files of lessons and packs; --prove plays them against themselves')
    .argument('[path...]')
    .option('--prove', 'also play solutions and near misses')
    .option('--schema [what]', 'print a JSON Schema: lesson (default), pack or results');
  lint.action(async (folders: string[]) => {
    const command = await import('./commands/lint.ts');
    status = await command.lint(folders, lint.opts());
  });
  addInstructorCommands(root, (given) => {
    status = given;
  });
  root
    .command('doctor')
    .description('what is wrong with this terminal')
    .action(
      does(async () => {
        const command = await import('./commands/doctor.ts');
        return command.doctor();
      }),
    );
  if (cliLanguage() === 'ko') (await import('./locale/korean-help.ts')).speakKorean(root);
  for (const command of root.commands) command.exitOverride().showSuggestionAfterError();
  // Only now, for the others do not inherit it: what is no command comes to the root's action.
  root.allowExcessArguments(true);
  try {
    await root.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    // Commander has printed its text already; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    const { hostFailure } = await import('./host-failure.ts');
    const failure = hostFailure(error);
    if (failure === undefined) throw error;
    process.stderr.write(`kubetutor: ${failure}\n`);
    return HOST_FAILED;
  }
}

/** Commander itself would count arguments, as the root has an action of its own. */
async function unknownCommand(root: Command, name: string): Promise<number> {
  const { hostLibrary } = await import('./host.ts');
  const { editDistance } = await import('../world/edit-distance.ts');
  const lesson = (await hostLibrary()).lesson(name);
  const near = root.commands.map((command) => command.name()).find((known) => editDistance(known, name) <= 2);
  const hint = lesson ? `kubetutor start ${name}` : near === undefined ? 'kubetutor --help' : `kubetutor ${near}`;
  process.stderr.write(`${cliMessages().unknownCommand(name, hint)}\n`);
  return WRONG_USAGE;
}

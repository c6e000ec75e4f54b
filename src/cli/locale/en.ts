import type { CliMessages } from './messages.ts';

export const en: CliMessages = {
  noSuchLesson: (id) => `There is no lesson ${id}. \`kubetutor list\` shows those there are.`,
  noSuchWorld: (world, worlds) => `There is no world ${world}. There are: ${worlds}`,
  cannotRead: (file, detail) => `Cannot read ${file}: ${detail}`,
  badOption: (option, value) => `${option}: ${JSON.stringify(value)} is not a value for it`,
  unknownCommand: (name, hint) => `error: unknown command '${name}'\nTry: ${hint}`,
  unknownOption: (option) => `unknown option ${option}`,
  needsValue: (option) => `${option} needs a value`,
  runHelp: `Usage: kubetutor run [OPTION]... [SCRIPT | -] [ARG]...
Runs a bash script in a fresh world. Time jumps over every wait. Output and exit status are the script's.

  --world W          which world (default: default)
  --seed S           seed of all that is random (default: 1)
  --copy HOST=PATH   copy a file or folder of this computer into the world (repeatable)
  --timeout TIME     end the script after this much of the world's time (default: 24h; exit status 124)
  --cpu SECONDS      end it after this much real computing time (default: 600; exit status 124)
`,
  outOfTime: (time) => `kubetutor: the script still ran after ${time} of the world's time and was ended`,
  outOfCpu: (seconds) => `kubetutor: the script still ran after ${seconds} s of computing and was ended`,
  noLessons: 'There are no lessons.',
  steps: (done, of) => `${done}/${of} steps`,
  minutes: (from, to) => `${from}-${to} min`,
  lintOk: (count) => `${count} ${count === 1 ? 'lesson is' : 'lessons are'} right.`,
  lintNothing: (folder) => `There is no lesson.yaml in ${folder}.`,
  proves: (id) => `${id}: proving (solutions, near misses) …`,
  needsTerminal: 'This needs a terminal. `kubetutor run` plays scripts without one.',
  noTui: 'This build has no TUI.',
  fresh: 'Start over with --fresh; the old journal is kept.',
  goodbye: 'Saved. `kubetutor` goes on here.',
  goodbyeNext: (lesson) => `Saved. The next lesson: \`kubetutor start ${lesson}\``,
  leaveShell: 'A world of your own. Ctrl-] twice leaves it.',
  doctor: { good: 'Everything kubetutor needs is there.', bad: 'Something is missing: see the lines with ✗.' },
};

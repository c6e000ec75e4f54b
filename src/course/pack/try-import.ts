import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { runScript, type ScriptOutcome } from '../scripts.ts';
import type { WorldSource } from '../world-source.ts';
import type { ImportedExercise } from './import.ts';

const LIMIT = 10 * 60_000;
/** Events for one exercise: more than any setup takes. */
const MAX_EVENTS = 3_000_000;

/** Plays the scripts of an exercise in a world, and says what did not go as its author meant: in words, for the list. */
export function tryExercise(exercise: ImportedExercise, world: string, source: WorldSource): string[] {
  const said: string[] = [];
  const run = (scripts: readonly (string | undefined)[]): (ScriptOutcome | undefined)[] => {
    const built = source.build(world, exercise.id);
    const outcomes: (ScriptOutcome | undefined)[] = [];
    let done = false;
    const main = function* (process: Process): Task<number> {
      for (const script of scripts)
        outcomes.push(script === undefined ? undefined : yield* runScript(process, built, script, LIMIT));
      done = true;
      return 0;
    };
    const { credentials, env, home } = built.learner;
    built.workstation.spawn({ argv: ['import'], credentials, env, cwd: home, main });
    const { loop } = built.world;
    const end = loop.count + MAX_EVENTS;
    while (!done && loop.count < end && loop.step());
    return outcomes;
  };
  const { steps } = exercise;
  /** What was played when a step begins: those before it, as far as they have solutions. */
  let before: (string | undefined)[] = [];
  steps.forEach((step, index) => {
    const where = steps.length > 1 ? `step ${index + 1}: ` : '';
    const tell = (text: string) => said.push(`${where}${text}`);
    const [setup, untouched] = run([...before, step.setup, step.validate ?? 'false']).slice(-2);
    if (setup?.timedOut) tell(`setup is still running after ${setup.given} s`);
    else if (setup && setup.exit !== 0) tell(`setup ends with ${setup.exit}${lastLine(setup)}`);
    for (const outcome of [setup, untouched]) unknownCommands(outcome).forEach(tell);
    if (!untouched) tell('setup or validation does not come to an end');
    else if (untouched.timedOut) tell(`validation is still running after ${untouched.given} s`);
    else if (untouched.exit === 0) tell('validation succeeds although nothing was done');
    if (step.solution !== undefined && step.validate !== undefined && untouched) {
      const [solution, solved] = run([...before, step.setup, step.solution, step.validate]).slice(-2);
      unknownCommands(solution).forEach(tell);
      if (solved && solved.exit !== 0)
        tell(`validation ends with ${solved.exit} after the solution${lastLine(solved)}`);
    }
    before = [...before, step.setup, step.solution];
  });
  return [...new Set(said)];
}

function unknownCommands(outcome: ScriptOutcome | undefined): string[] {
  const found = outcome?.stderr.matchAll(/([\w.+-]+): (?:command not found|No such file or directory)$/gm) ?? [];
  return [...found].map(([, name]) => `the world has no ${name}`);
}

function lastLine({ stderr, stdout }: ScriptOutcome): string {
  const line = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${line.slice(0, 200)}`;
}

import type { Pack } from '../course/pack/pack.ts';
import { PackError } from '../course/pack/pack-error.ts';
import { readPack } from '../course/pack/read-pack.ts';
import { worldNames } from '../scenarios/build.ts';
import { sanitiseLine } from '../tui/sanitise.ts';
import { WRONG_USAGE } from './exit.ts';
import { cliLanguage } from './locale/messages.ts';
import { problemLine } from './locale/problem-line.ts';

/** Reads a pack and says what is wrong with it. Gives an exit status when it cannot be used. */
export function loadPack(place: string): Pack | number {
  try {
    const { pack, problems } = readPack(place);
    for (const problem of problems) process.stderr.write(`${problemLine(problem)}\n`);
    if (!pack || problems.length > 0) return 1;
    pack.worlds = worldNames();
    return pack;
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    process.stderr.write(`kubetutor: ${sanitiseLine(error.about(place)[cliLanguage()])}\n`);
    return WRONG_USAGE;
  }
}

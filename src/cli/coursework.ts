import { builtInLessons } from '../course/library.ts';
import { builtInCoursework, type Coursework } from '../course/pack/coursework.ts';
import { PackError } from '../course/pack/pack-error.ts';
import { readPack } from '../course/pack/read-pack.ts';
import { problemLine } from './locale/problem-line.ts';

/** The pack at a place; without a place the built-in lessons. Raises PackError. */
export function courseworkAt(place: string | undefined): Coursework {
  if (place === undefined) return builtInCoursework(builtInLessons());
  const { pack, problems } = packAt(place);
  const [problem] = problems;
  if (!pack || problem) {
    const text = problem ? problemLine(problem) : place;
    throw new PackError({ en: text, ko: text });
  }
  return pack;
}

function packAt(place: string): ReturnType<typeof readPack> {
  try {
    return readPack(place);
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    throw new PackError(error.about(place));
  }
}

import type { Random } from '../../world/random.ts';

// Some of moby's: internal/namesgenerator.
const ADJECTIVES =
  'admiring adoring amazing bold brave busy charming clever cool crazy dazzling determined eager ecstatic elegant epic festive focused friendly gallant gifted gracious happy hopeful hungry inspiring jolly keen kind laughing loving lucid modest mystifying nifty nostalgic objective peaceful pensive practical priceless quirky relaxed reverent serene sharp silly sleepy stoic sweet tender trusting upbeat vibrant vigilant wizardly wonderful youthful zealous zen'.split(
    ' ',
  );
const SURNAMES =
  'agnesi albattani archimedes babbage banach bardeen bell blackwell bohr boyd brown cannon carson cartwright chandrasekhar curie darwin davinci dijkstra dubinsky einstein euclid euler fermat fermi feynman franklin galileo gauss goldberg goodall hamilton hawking hodgkin hopper hypatia jackson johnson jones kalam keller kepler knuth lalande lamarr leakey lovelace lumiere mayer mccarthy meitner mendel mirzakhani morse newton nobel noether pasteur perlman pike poincare ptolemy ride ritchie roentgen sammet shannon swartz tesla thompson torvalds turing vaughan villani wescoff wilson wozniak wright yalow yonath'.split(
    ' ',
  );

/** `pensive_hopper`: for containers that nobody gave a name. */
export function randomName(random: Random, isTaken: (name: string) => boolean): string {
  const pick = (words: readonly string[]) => words[random.integer(words.length)] ?? '';
  let name = '';
  do name = `${pick(ADJECTIVES)}_${pick(SURNAMES)}`;
  while (isTaken(name));
  return name;
}

/** `docker.io/library/nginx:1.27` → `nginx:1.27`. */
export function familiar(full: string): string {
  return full.replace(/^docker\.io\/(library\/)?/, '');
}

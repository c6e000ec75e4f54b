import { modelOf, recordedChoices } from '../models/models.ts';
import { usageError } from './errors.ts';
import { closeMatches, kebab } from './names.ts';

/** Words that may stand after `aws`, or after `aws SERVICE`. Operations younger than the client that was recorded come before `wait`. */
export function choicesOf(service: string): string[] {
  const recorded = recordedChoices(service);
  const model = modelOf(service);
  if (!model) return recorded;
  const known = new Set(recorded);
  const young = Object.keys(model.ops)
    .map(kebab)
    .filter((name) => !known.has(name));
  const isLast = (word: string) => word === 'wait' || word === 'help';
  return [...recorded.filter((word) => !isLast(word)), ...young, ...recorded.filter(isLast)];
}

/** The error for a word that is none of them. */
export function invalidChoice(argument: string, word: string, choices: readonly string[]): Error {
  let text = `argument ${argument}: Invalid choice, valid choices are:\n`;
  const lines: string[] = [text];
  for (let i = 0; i < choices.length; i += 2)
    lines.push(
      choices
        .slice(i, i + 2)
        .map((choice) => choice.padEnd(40))
        .join(' | '),
    );
  const near = closeMatches(word, choices);
  if (near.length > 0)
    lines.push(`\n\nInvalid choice: '${word}', maybe you meant:\n`, ...near.map((one) => `  * ${one}`));
  text = lines.join('\n');
  return usageError(text);
}

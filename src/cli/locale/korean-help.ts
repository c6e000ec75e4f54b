import type { Command } from 'commander';
import stringWidth from 'string-width';
import { HELP_KO, MISTAKES_KO } from './help-ko.ts';

/** Turns what commands say of themselves, and of mistakes in calling them, into Korean. */
export function speakKorean(root: Command): void {
  for (const command of [root, ...root.commands]) {
    command.description(korean(command.description()));
    for (const option of command.options) option.description = korean(option.description);
    for (const argument of command.registeredArguments) argument.description = korean(argument.description);
    command.helpOption('-h, --help', korean('display help for command'));
    command.configureHelp({
      displayWidth: stringWidth,
      styleTitle: korean,
      styleUsage: words,
      styleSubcommandTerm: words,
      styleOptionDescription: words,
    });
    command.configureOutput({ outputError: (text, write) => write(mistake(text)) });
  }
}

function korean(text: string): string {
  return HELP_KO[text] ?? text;
}

/** The words of commander within a line. */
function words(line: string): string {
  return line.replace(/\[options\]|\[command\]|\b(?:default|choices):/g, korean);
}

function mistake(text: string): string {
  return MISTAKES_KO.reduce((said, [pattern, form]) => said.replace(pattern, form), text);
}

import type { Command, CommandPath } from '../command/command.ts';
import { subcommand } from '../command/find.ts';
import { helpPage } from '../command/help.ts';

/** `kubectl help [VERB]`. kubernetes: kubectl/pkg/cmd/help */
export const help: Command = {
  name: 'help',
  use: 'help [command] | STRING_TO_SEARCH',
  short: 'Help about any command',
  hidden: true,
  *run({ process, args, root, groups }) {
    let path: CommandPath = [root];
    let command: Command = root;
    for (const word of args) {
      const next = subcommand(command, word);
      if (!next) break;
      path = [...path, next];
      command = next;
    }
    const page = helpPage(path, groups);
    if (args.length > 0 && command === root)
      yield* process.printError(
        `Unknown help topic [${args.map((word) => `\`${word}\``).join(' ')}]\n\n\n${page.slice(page.indexOf('Basic Commands'))}`,
      );
    else yield* process.print(page);
  },
};

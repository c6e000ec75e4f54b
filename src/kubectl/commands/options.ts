import type { Command } from '../command/command.ts';
import { optionsPage } from '../command/help.ts';
import { globalFlags } from '../global-flags.ts';

export const options: Command = {
  name: 'options',
  use: 'options',
  short: 'List the flags that every command takes',
  hidden: true,
  *run({ process }) {
    yield* process.print(optionsPage(globalFlags(process.env.get('HOME') ?? '')));
  },
};

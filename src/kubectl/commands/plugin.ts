import type { Command } from '../command/command.ts';
import { KubectlError } from '../errors.ts';
import { bool } from '../flags/index.ts';
import { pathDirectories } from '../plugins.ts';

export const plugin: Command = {
  name: 'plugin',
  use: 'plugin [flags]',
  short: 'Provides utilities for interacting with plugins',
  long: 'Provides utilities for interacting with plugins.\n\n A plugin is an executable file in PATH whose name begins with "kubectl-": kubectl-hello is called by "kubectl hello".',
  examples: '# All plugins\nkubectl plugin list',
  helpTo: 'stderr',
  subcommands: [
    {
      name: 'list',
      use: 'list [flags]',
      short: "List all visible plugin executables on a user's PATH",
      flags: [
        bool('name-only', false, 'If true, display only the binary name of each plugin, rather than its full path'),
      ],
      *run({ process, flags }) {
        const { files } = process.machine;
        const found: string[] = [];
        for (const directory of pathDirectories(process)) {
          if (!files.exists(directory, process.credentials)) {
            yield* process.printError(
              `Unable to read directory ${JSON.stringify(directory)} from your PATH: open ${directory}: no such file or directory. Skipping...\n`,
            );
            continue;
          }
          for (const name of files.readDirectory(directory, process.credentials).sort())
            if (name.startsWith('kubectl-')) found.push(flags.bool('name-only') ? name : `${directory}/${name}`);
        }
        if (found.length === 0) throw new KubectlError('unable to find any kubectl plugins in your PATH');
        yield* process.print(
          `The following compatible plugins are available:\n\n${found.map((one) => `${one}\n`).join('')}`,
        );
      },
    },
  ],
};

import type { Command } from '../command/command.ts';
import { UsageError } from '../errors.ts';
import { apiVersionOf } from '../mapper.ts';

export const apiVersions: Command = {
  name: 'api-versions',
  use: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  long: 'Print the supported API versions on the server, in the form of "group/version".',
  examples: '# All versions that the server offers\nkubectl api-versions',
  *run({ args, path, factory, process }) {
    if (args.length > 0) throw new UsageError(path, `unexpected arguments: [${args.join(' ')}]`);
    const { groupVersions } = yield* factory.mapper();
    const names = groupVersions.map(apiVersionOf).sort();
    yield* process.print(names.map((name) => `${name}\n`).join(''));
  },
};

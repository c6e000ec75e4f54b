import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { Command } from '../command/command.ts';
import { ConnectionError, KubectlError, StatusError } from '../errors.ts';
import { bool, string } from '../flags/index.ts';
import { textAt } from '../json.ts';
import { yamlText } from '../yaml.ts';

const KUSTOMIZE = 'v5.8.1';

/** What `kubectl version --client -o yaml` says of this release. */
const CLIENT: JsonObject = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.4',
  gitCommit: '$Format:%H$',
  gitTreeState: 'clean',
  buildDate: '2026-10-14T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
};

export const version: Command = {
  name: 'version',
  use: 'version [flags]',
  short: 'Print the client and server version information',
  long: 'Print the client and server version information for the current context.',
  examples: '# The versions of client and server\nkubectl version',
  flags: [
    bool('client', false, 'If true, shows client version only (no server required).'),
    string('output', '', "One of 'yaml' or 'json'.", { shorthand: 'o' }),
  ],
  *run({ flags, args, factory, process }) {
    const output = flags.string('output');
    const client = flags.bool('client') ? undefined : factory.client();
    if (args.length > 0 && client) throw new KubectlError(`extra arguments: [${args.join(' ')}]`);
    if (!['', 'yaml', 'json'].includes(output)) throw new KubectlError("--output must be 'yaml' or 'json'");
    let server: JsonObject | undefined;
    let failure: Error | undefined;
    try {
      server = client && (yield* client.get('/version', [['timeout', '32s']]));
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof StatusError)) throw error;
      failure = error;
    }
    if (output === '') {
      const lines = [`Client Version: ${textAt(CLIENT, 'gitVersion')}`, `Kustomize Version: ${KUSTOMIZE}`];
      if (server) lines.push(`Server Version: ${textAt(server, 'gitVersion')}`);
      yield* process.print(lines.map((line) => `${line}\n`).join(''));
    } else {
      const info = {
        clientVersion: CLIENT,
        kustomizeVersion: KUSTOMIZE,
        ...(server ? { serverVersion: server } : {}),
      };
      yield* process.print(`${output === 'yaml' ? yamlText(info) : JSON.stringify(info, null, 2)}\n`);
    }
    if (server) yield* warnOfSkew(process, server);
    if (failure) throw failure;
  },
};

/** kubectl: pkg/cmd/version/skew_warning.go */
function* warnOfSkew(process: Process, server: JsonObject): Task {
  const [client, other] = [CLIENT, server].map((info) => /^v(\d+)\.(\d+)\./.exec(textAt(info, 'gitVersion')));
  if (!client || !other) return;
  if (client[1] === other[1] && Math.abs(Number(client[2]) - Number(other[2])) <= 1) return;
  yield* process.printError(
    `Warning: version difference between client (${client[1]}.${client[2]}) and server (${other[1]}.${other[2]}) exceeds the supported minor version skew of +/-1\n`,
  );
}

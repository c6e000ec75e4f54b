import type { Command } from '../../command/command.ts';
import { KubectlError, UsageError } from '../../errors.ts';
import type { Section } from '../../kubeconfig/model.ts';
import { ConfigAccess, showHelp, withEntry } from './shared.ts';

function listCommand(name: string, section: Section): Command {
  return {
    name,
    use: `${name} [flags]`,
    short: `Display ${section} defined in the kubeconfig`,
    long: `Display ${section} defined in the kubeconfig.`,
    examples: `# All ${section}\nkubectl config ${name}`,
    *run(invocation) {
      const { config } = new ConfigAccess(invocation);
      const names = [...config[section].keys()].sort();
      yield* invocation.process.print(['NAME', ...names].map((one) => `${one}\n`).join(''));
    },
  };
}

export const getClusters = listCommand('get-clusters', 'clusters');
export const getUsers = listCommand('get-users', 'users');

function deleteCommand(
  what: string,
  section: Section,
  before?: (access: ConfigAccess, name: string) => string,
): Command {
  return {
    name: `delete-${what}`,
    use: `delete-${what} NAME`,
    short: `Delete the specified ${what} from the kubeconfig`,
    long: `Delete the specified ${what} from the kubeconfig.`,
    examples: `# Away with a ${what}\nkubectl config delete-${what} old`,
    *run(invocation) {
      const { args, process, path } = invocation;
      const [name] = args;
      if (args.length !== 1 || name === undefined) {
        if (what === 'user') throw new UsageError(path, 'user to delete is required');
        yield* showHelp(invocation);
        return;
      }
      const access = new ConfigAccess(invocation);
      if (!access.config[section].has(name))
        throw new KubectlError(`cannot delete ${what} ${name}, not in ${access.file}`);
      yield* process.printError(before?.(access, name) ?? '');
      access.write(withEntry(access.config, section, name, undefined));
      yield* process.print(`deleted ${what} ${name} from ${access.file}\n`);
    },
  };
}

export const deleteCluster = deleteCommand('cluster', 'clusters');
export const deleteUser = deleteCommand('user', 'users');
export const deleteContext = deleteCommand('context', 'contexts', (access, name) =>
  access.config.currentContext === name
    ? 'warning: this removed your active context, use "kubectl config use-context" to select a different one\n'
    : '',
);

import type { Command } from '../../command/command.ts';
import { KubectlError, SeveralErrors } from '../../errors.ts';
import { bool, string } from '../../flags/index.ts';
import { textField } from '../../kubeconfig/model.ts';
import { TabWriter } from '../../printers/tabwriter.ts';
import { ConfigAccess, changed, helpError, withEntry } from './shared.ts';

export const currentContext: Command = {
  name: 'current-context',
  use: 'current-context [flags]',
  short: 'Display the current-context',
  long: 'Display the current-context.',
  examples: '# The context in force\nkubectl config current-context',
  *run(invocation) {
    const { config } = new ConfigAccess(invocation);
    if (config.currentContext === '') throw new KubectlError('current-context is not set');
    yield* invocation.process.print(`${config.currentContext}\n`);
  },
};

export const getContexts: Command = {
  name: 'get-contexts',
  use: 'get-contexts [(-o|--output=)name)]',
  short: 'Describe one or many contexts',
  long: 'Display one or many contexts from the kubeconfig file.',
  examples: '# All contexts\nkubectl config get-contexts\n\n# One\nkubectl config get-contexts lab',
  flags: [
    bool('no-headers', false, 'Print no headers.'),
    string('output', '', 'Output format. One of: (name).', { shorthand: 'o' }),
  ],
  *run(invocation) {
    const { flags, args, process } = invocation;
    const output = flags.string('output');
    if (output !== '' && output !== 'name')
      throw new KubectlError(
        `--output ${output} is not available in kubectl config get-contexts; resetting to default output format`,
      );
    const { config } = new ConfigAccess(invocation);
    const names = args.length === 0 ? [...config.contexts.keys()] : args.filter((name) => config.contexts.has(name));
    const errors = args
      .filter((name) => !config.contexts.has(name))
      .map((name) => new KubectlError(`context ${name} not found`));
    const out = new TabWriter();
    if (output === '' && !flags.bool('no-headers')) out.write('CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n');
    for (const name of [...names].sort()) {
      const context = config.contexts.get(name);
      const cells = [
        config.currentContext === name ? '*' : ' ',
        name,
        textField(context, 'cluster'),
        textField(context, 'user'),
        textField(context, 'namespace'),
      ];
      out.write(`${output === 'name' ? name : cells.join('\t')}\n`);
    }
    yield* process.print(out.flush());
    if (errors.length === 1 && errors[0]) throw errors[0];
    if (errors.length > 1) throw new SeveralErrors(errors);
  },
};

export const useContext: Command = {
  name: 'use-context',
  aliases: ['use'],
  use: 'use-context CONTEXT_NAME',
  short: 'Set the current-context in a kubeconfig file',
  long: 'Set the current-context in a kubeconfig file.',
  examples: '# Work in another context\nkubectl config use-context lab',
  *run(invocation) {
    const { args, process } = invocation;
    const [name] = args;
    if (args.length !== 1 || name === undefined)
      return yield* helpError(invocation, `Unexpected args: [${args.join(' ')}]`);
    const access = new ConfigAccess(invocation);
    if (name === '') throw new KubectlError('empty context names are not allowed');
    if (!access.config.contexts.has(name))
      throw new KubectlError(`no context exists with the name: ${JSON.stringify(name)}`);
    access.write({ ...access.config, currentContext: name });
    yield* process.print(`Switched to context ${JSON.stringify(name)}.\n`);
  },
};

export const setContext: Command = {
  name: 'set-context',
  use: 'set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  short: 'Set a context entry in kubeconfig',
  long: 'Set a context entry in kubeconfig.\n\n Fields that are not named stay as they are.',
  examples: '# Another namespace for the current context\nkubectl config set-context --current --namespace=lab',
  flags: [
    string('cluster', '', 'cluster for the context entry in kubeconfig'),
    bool('current', false, 'Modify the current context'),
    string('namespace', '', 'namespace for the context entry in kubeconfig', { shorthand: 'n' }),
    string('user', '', 'user for the context entry in kubeconfig'),
  ],
  *run(invocation) {
    const { args, flags, process } = invocation;
    if (args.length > 1) return yield* helpError(invocation, `Unexpected args: [${args.join(' ')}]`);
    const [given = ''] = args;
    const current = flags.bool('current');
    if (given === '' && !current) throw new KubectlError('you must specify a non-empty context name or --current');
    if (given !== '' && current) throw new KubectlError('you cannot specify both a context name and --current');
    const access = new ConfigAccess(invocation);
    const name = current ? access.config.currentContext : given;
    if (name === '') throw new KubectlError('no current context is set');
    const old = access.config.contexts.get(name);
    const changes = Object.fromEntries(
      ['cluster', 'user', 'namespace']
        .filter((field) => flags.changed(field))
        .map((field) => [field, flags.string(field)]),
    );
    access.write(withEntry(access.config, 'contexts', name, changed(old?.fields ?? {}, changes)));
    yield* process.print(`Context ${JSON.stringify(name)} ${old ? 'modified' : 'created'}.\n`);
  },
};

export const renameContext: Command = {
  name: 'rename-context',
  use: 'rename-context CONTEXT_NAME NEW_NAME',
  short: 'Rename a context from the kubeconfig file',
  long: 'Renames a context from the kubeconfig file. If it is the current context, it stays so.',
  examples: '# Another name\nkubectl config rename-context old new',
  *run(invocation) {
    const { args, process } = invocation;
    const [from, to] = args;
    if (args.length !== 2 || from === undefined || to === undefined)
      return yield* helpError(invocation, `Unexpected args: [${args.join(' ')}]`);
    if (to === '') throw new KubectlError('You must specify a new non-empty context name');
    const access = new ConfigAccess(invocation);
    const { config, file } = access;
    const context = config.contexts.get(from);
    if (!context) throw new KubectlError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${file}`);
    if (config.contexts.has(to))
      throw new KubectlError(
        `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${file}`,
      );
    const renamed = withEntry(withEntry(config, 'contexts', to, context.fields), 'contexts', from, undefined);
    access.write({ ...renamed, currentContext: config.currentContext === from ? to : config.currentContext });
    yield* process.print(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
  },
};

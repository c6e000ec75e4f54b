import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, CommandPath, Invocation } from '../../command/command.ts';
import { subcommand } from '../../command/find.ts';
import { helpPage } from '../../command/help.ts';
import { KubectlError } from '../../errors.ts';
import { type LoadingRules, loadingRules, loadKubeconfig } from '../../kubeconfig/load.ts';
import type { Entry, Kubeconfig, Section } from '../../kubeconfig/model.ts';
import { defaultFile, writeChanges } from '../../kubeconfig/write.ts';

/** The kubeconfig of a `config` command. */
export class ConfigAccess {
  readonly rules: LoadingRules;
  readonly config: Kubeconfig;

  /** Raises KubectlError. A file that `--kubeconfig` names need not be there: it is made. */
  constructor(private readonly invocation: Invocation) {
    const { process, flags } = invocation;
    this.rules = loadingRules(process, flags.string('kubeconfig'));
    this.config = loadKubeconfig(process, { explicit: '', paths: this.rules.paths });
  }

  /** The file that messages name. */
  get file(): string {
    return defaultFile(this.invocation.process, this.rules);
  }

  write(after: Kubeconfig): void {
    writeChanges(this.invocation.process, this.rules, this.config, after);
  }
}

/** The config with an entry set, or taken away. */
export function withEntry(
  config: Kubeconfig,
  section: Section,
  name: string,
  fields: JsonObject | undefined,
): Kubeconfig {
  const entries = new Map(config[section]);
  const old: Entry | undefined = entries.get(name);
  if (fields === undefined) entries.delete(name);
  else entries.set(name, { fields, origin: old?.origin ?? '' });
  return { ...config, [section]: entries };
}

/** The fields of an entry with changes; an empty text takes a field away. */
export function changed(fields: JsonObject, changes: Readonly<Record<string, Json>>): JsonObject {
  const out: JsonObject = { ...fields };
  for (const [key, value] of Object.entries(changes)) {
    if (value === '' || value === null) delete out[key];
    else out[key] = value;
  }
  return out;
}

/** Shows the help of the command and fails. kubernetes: kubectl/pkg/cmd/config helpErrorf */
export function* helpError(invocation: Invocation, message: string): Task<never> {
  yield* showHelp(invocation);
  throw new KubectlError(message);
}

/** Prints the help of the command. */
export function* showHelp(invocation: Invocation): Task {
  let path: CommandPath = [invocation.root];
  let command: Command = invocation.root;
  for (const word of invocation.path.split(' ').slice(1)) {
    const next = subcommand(command, word);
    if (!next) break;
    path = [...path, next];
    command = next;
  }
  yield* invocation.process.print(helpPage(path, invocation.groups));
}

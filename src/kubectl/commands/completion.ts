import type { Command } from '../command/command.ts';
import { UsageError } from '../errors.ts';

/** Asks kubectl itself what could stand for the word under the cursor. */
const BASH = `
# bash completion for kubectl

__kubectl_ask()
{
    local cur="\${COMP_WORDS[COMP_CWORD]}" line directive=0
    local -a args=("\${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    while IFS= read -r line; do
        case "$line" in
            :[0-9]*) directive="\${line#:}" ;;
            *) [[ "\${line%%$'\\t'*}" == "$cur"* ]] && COMPREPLY+=("\${line%%$'\\t'*}") ;;
        esac
    done < <(kubectl __complete "\${args[@]}" 2>/dev/null)
    (( directive & 2 )) && compopt -o nospace
    (( directive & 4 )) && compopt +o default
    return 0
}

__start_kubectl()
{
    __kubectl_ask
}

complete -o default -F __start_kubectl kubectl
`;

const ZSH = `#compdef kubectl
# zsh completion for kubectl

_kubectl()
{
    local line
    local -a found
    while IFS= read -r line; do
        [[ "$line" == :<-> ]] || found+=("\${line%%$'\\t'*}")
    done < <(kubectl __complete "\${words[@]:1}" 2>/dev/null)
    compadd -a found
}

compdef _kubectl kubectl
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH };

export const completion: Command = {
  name: 'completion',
  use: 'completion SHELL',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  long: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell). The shell code must be evaluated to provide interactive completion of kubectl commands.',
  examples: `# In this bash
source <(kubectl completion bash)

# In every bash from now on, for the alias k too
echo 'source <(kubectl completion bash)' >> ~/.bashrc
echo 'complete -o default -F __start_kubectl k' >> ~/.bashrc`,
  *run({ args, path, process }) {
    const [shell] = args;
    if (shell === undefined) throw new UsageError(path, 'Shell not specified.');
    if (args.length > 1) throw new UsageError(path, 'Too many arguments. Expected only the shell type.');
    if (!['bash', 'zsh', 'fish', 'powershell'].includes(shell))
      throw new UsageError(path, `Unsupported shell type ${JSON.stringify(shell)}.`);
    yield* process.print(SCRIPTS[shell] ?? `# kubetutor does not model completion for ${shell}\n`);
  },
};

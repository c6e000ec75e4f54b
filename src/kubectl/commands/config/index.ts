import type { Command } from '../../command/command.ts';
import { currentContext, getContexts, renameContext, setContext, useContext } from './contexts.ts';
import { setCluster, setCredentials } from './entries.ts';
import { deleteCluster, deleteContext, deleteUser, getClusters, getUsers } from './lists.ts';
import { setValue, unsetValue } from './set.ts';
import { view } from './view.ts';

export const config: Command = {
  name: 'config',
  use: 'config SUBCOMMAND',
  short: 'Modify kubeconfig files',
  long: `Modify kubeconfig files using subcommands like "kubectl config set current-context my-context".

 Which files are read:

  1.  With --kubeconfig that file only.
  2.  With the environment variable KUBECONFIG all files of its list, merged. A change goes to the file that has what is changed; something new goes to the first file that exists.
  3.  Otherwise \${HOME}/.kube/config.`,
  subcommands: [
    currentContext,
    deleteCluster,
    deleteContext,
    deleteUser,
    getClusters,
    getContexts,
    getUsers,
    renameContext,
    setValue,
    setCluster,
    setContext,
    setCredentials,
    unsetValue,
    useContext,
    view,
  ],
  helpTo: 'stderr',
};

import type { Command } from '../../command/command.ts';
import { pause, restart, resume } from './changes.ts';
import { undo } from './undo.ts';
import { history, status } from './views.ts';

export const rollout: Command = {
  name: 'rollout',
  use: 'rollout SUBCOMMAND',
  short: 'Manage the rollout of a resource',
  long: `Manage the rollout of one or many resources.

 Valid resource types include:

  *  deployments
  *  daemonsets
  *  statefulsets`,
  examples: `# The revision before this one
kubectl rollout undo deployment/web

# Wait for a daemon set
kubectl rollout status daemonset/agent

# New pods
kubectl rollout restart deployment/web`,
  subcommands: [history, pause, restart, resume, status, undo],
};

import type { Command, CommandGroup } from '../command/command.ts';
import { annotate } from './annotate.ts';
import { apiResources } from './api-resources.ts';
import { apiVersions } from './api-versions.ts';
import { apply } from './apply/index.ts';
import { attach } from './attach.ts';
import { auth } from './auth/index.ts';
import { autoscale } from './autoscale.ts';
import { certificate } from './certificate.ts';
import { clusterInfo } from './cluster-info.ts';
import { completion } from './completion.ts';
import { config } from './config/index.ts';
import { cp } from './cp/index.ts';
import { create } from './create/index.ts';
import { debug } from './debug/index.ts';
import { deleteCommand } from './delete.ts';
import { describe } from './describe/index.ts';
import { diff } from './diff/index.ts';
import { cordon, uncordon } from './drain/cordon.ts';
import { drain } from './drain/index.ts';
import { edit } from './edit/index.ts';
import { events } from './events.ts';
import { exec } from './exec.ts';
import { explain } from './explain/index.ts';
import { expose } from './expose.ts';
import { get } from './get/index.ts';
import { help } from './help.ts';
import { kuberc } from './kuberc.ts';
import { kustomize } from './kustomize.ts';
import { label } from './label.ts';
import { logs } from './logs/index.ts';
import { options } from './options.ts';
import { patch } from './patch.ts';
import { plugin } from './plugin.ts';
import { portForward } from './port-forward/index.ts';
import { proxy } from './proxy.ts';
import { replace } from './replace.ts';
import { rollout } from './rollout/index.ts';
import { run } from './run/index.ts';
import { scale } from './scale.ts';
import { set } from './set/index.ts';
import { taint } from './taint.ts';
import { top } from './top.ts';
import { version } from './version.ts';
import { waitCommand } from './wait/index.ts';

/** All verbs, in the groups of `kubectl --help`. One line a verb. kubernetes: kubectl/pkg/cmd/cmd.go */
export const groups: readonly CommandGroup[] = [
  { message: 'Basic Commands (Beginner):', commands: [create, expose, run, set] },
  { message: 'Basic Commands (Intermediate):', commands: [explain, get, edit, deleteCommand] },
  { message: 'Deploy Commands:', commands: [rollout, scale, autoscale] },
  {
    message: 'Cluster Management Commands:',
    commands: [certificate, clusterInfo, top, cordon, uncordon, drain, taint],
  },
  {
    message: 'Troubleshooting and Debugging Commands:',
    commands: [describe, logs, attach, exec, portForward, proxy, cp, auth, debug, events],
  },
  { message: 'Advanced Commands:', commands: [diff, apply, patch, replace, waitCommand, kustomize] },
  { message: 'Settings Commands:', commands: [label, annotate, completion] },
  { message: 'Subcommands provided by plugins:', commands: [] },
  { message: 'Other Commands:', commands: [apiResources, apiVersions, config, kuberc, plugin, version] },
];

/** kubernetes: kubectl/pkg/cmd/alpha.go NewCmdAlpha, without commands */
const alpha: Command = {
  name: 'alpha',
  use: 'alpha',
  short: 'Commands for features in alpha',
  hidden: true,
  *run({ process }) {
    yield* process.printError('No alpha commands are available in this version of kubectl\n');
  },
};

/** Verbs that no group shows. */
const unlisted: readonly Command[] = [alpha, help, options];

export const root: Command = {
  name: 'kubectl',
  use: 'kubectl [flags]',
  short: 'kubectl controls the Kubernetes cluster manager',
  long: 'kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/',
  subcommands: [...groups.flatMap((group) => group.commands), ...unlisted],
};

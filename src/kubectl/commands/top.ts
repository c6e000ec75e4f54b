import type { Command } from '../command/command.ts';
import { allNamespacesFlag, fieldSelectorFlag, selectorFlag } from '../common-flags.ts';
import { KubectlError } from '../errors.ts';
import { bool, string } from '../flags/index.ts';

/** No world has a metrics server yet: the API is looked for and what is said is what kubectl says. kubernetes: kubectl/pkg/cmd/top */
function topCommand(name: string, aliases: string[], short: string): Command {
  return {
    name,
    aliases,
    use: `${name} [NAME | -l label]`,
    short,
    flags: [
      ...(name === 'pod'
        ? [
            allNamespacesFlag,
            fieldSelectorFlag,
            bool('containers', false, 'If present, print usage of containers within a pod.'),
            bool('sum', false, 'Print the sum of the resource usage'),
          ]
        : []),
      bool('no-headers', false, 'If present, print output without headers'),
      selectorFlag(),
      bool('show-capacity', false, 'Print node resources based on Capacity instead of Allocatable.'),
      string('sort-by', '', "If non-empty, sort list by 'cpu' or 'memory'."),
    ],
    *run({ factory }) {
      const { groupVersions } = yield* factory.mapper();
      if (groupVersions.some((one) => one.group === 'metrics.k8s.io'))
        throw new KubectlError('kubetutor does not model the output of top yet');
      throw new KubectlError('Metrics API not available');
    },
  };
}

export const top: Command = {
  name: 'top',
  use: 'top',
  short: 'Display resource (CPU/memory) usage',
  long: 'Display resource (CPU/memory) usage.\n\n It needs a metrics server in the cluster.',
  subcommands: [
    topCommand('node', ['nodes', 'no'], 'Display resource (CPU/memory) usage of nodes'),
    topCommand('pod', ['pods', 'po'], 'Display resource (CPU/memory) usage of pods'),
  ],
};

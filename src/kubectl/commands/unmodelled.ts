import type { Command } from '../command/command.ts';
import { KubectlError } from '../errors.ts';
import { stringArray } from '../flags/index.ts';

/** Verbs that kubectl has and kubetutor does not play: said plainly, with another way where there is one. */
function unmodelled(name: string, short: string, instead = ''): Command {
  return {
    name,
    use: name,
    short,
    long: `${short}.\n\n kubetutor does not model this command.`,
    flags: [stringArray('filename', 'Not modelled.', { shorthand: 'f' })],
    *run() {
      throw new KubectlError(`kubetutor does not model "kubectl ${name}"${instead}`);
    },
  };
}

export const cp = unmodelled(
  'cp',
  'Copy files and directories to and from containers',
  '; use "kubectl exec -i POD -- tee FILE"',
);
export const debug = unmodelled('debug', 'Create debugging sessions for troubleshooting workloads and nodes');

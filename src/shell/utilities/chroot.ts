import { Errno } from '../../world/errno.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { runOn } from './run-on.ts';
import { utility } from './utility.ts';

/**
 * Runs a command with another root folder. The world has whole machines for roots: the folder must be the root of one, as `/host` is in
 * the Pod of `kubectl debug node/…`.
 */
export const chroot = utility({
  name: 'chroot',
  usage: '[OPTION] NEWROOT [COMMAND [ARG]...]',
  about: 'Run COMMAND with root directory set to NEWROOT.',
  usageStatus: 125,
  options: ['--userspec=', '--groups=', '--skip-chdir'],
  inOrder: true,
  *run(tool, options) {
    const [folder, ...given] = options.operands;
    if (folder === undefined) throw new Usage('missing operand');
    const { p } = tool;
    const root = tool.tryStat(folder);
    const quoted = tool.busybox ? folder : `'${folder}'`;
    if (!root)
      throw new Fail(
        tool.busybox
          ? `can't change root directory to '${folder}': No such file or directory`
          : `cannot change root directory to ${quoted}: No such file or directory`,
        tool.busybox ? 1 : 125,
      );
    const machine = [...p.machine.world.machines.values()].find((one) => one.files.stat('/') === root);
    if (!machine) throw new Fail(`kubetutor does not model a root that is no machine's own (${folder})`, 125);
    const words = given.length > 0 ? given : ['/bin/sh', '-i'];
    try {
      return yield* runOn(tool, machine, words, '/');
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new Fail(`failed to run command '${words[0]}': ${error.text}`, error.code === 'ENOENT' ? 127 : 126);
    }
  },
});

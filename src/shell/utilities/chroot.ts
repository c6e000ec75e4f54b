import { Errno } from '../../world/errno.ts';
import { findInPath, resolveExecutable } from '../../world/execute.ts';
import { shellStatus } from '../../world/process.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
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
    const name = words[0] ?? '';
    try {
      const inside = machine.spawn({
        argv: words,
        env: p.env,
        cwd: '/',
        files: p.openFiles(),
        credentials: p.credentials,
        session: { tty: p.tty },
        *main(process) {
          const path = name.includes('/') ? name : findInPath(process, name);
          if (path === undefined) throw new Errno('ENOENT', name);
          const executable = resolveExecutable(machine, path, words, process.credentials);
          return yield* executable.main(process);
        },
      });
      const terminal = p.tty;
      const before = terminal?.foreground;
      if (terminal) terminal.foreground = inside.group;
      try {
        return shellStatus(yield* p.waitFor(inside));
      } finally {
        if (terminal && before !== undefined) terminal.foreground = before;
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new Fail(`failed to run command '${name}': ${error.text}`, error.code === 'ENOENT' ? 127 : 126);
    }
  },
});

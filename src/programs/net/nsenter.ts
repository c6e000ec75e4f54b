import { Fail } from '../../shell/utilities/fail.ts';
import { type Options, Usage } from '../../shell/utilities/options.ts';
import { runOn } from '../../shell/utilities/run-on.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { Errno } from '../../world/errno.ts';
import type { Machine } from '../../world/machine.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';
import { capable } from './capable.ts';
import { namedNamespace } from './named-namespace.ts';

/** Namespaces by their letters, as /proc/PID/ns names them. */
const NAMESPACES: Readonly<Record<string, string>> = {
  m: 'mnt',
  u: 'uts',
  i: 'ipc',
  n: 'net',
  p: 'pid',
  C: 'cgroup',
  U: 'user',
  T: 'time',
};

/**
 * A command in the namespaces of another process: a Pod's network with the programs of the node, or all of a container.
 * util-linux: sys-utils/nsenter.c
 */
export const nsenter = utility({
  name: 'nsenter',
  usage: '[options] [<program> [<argument>...]]',
  about: 'Run a program with namespaces of other processes.',
  package: 'util-linux',
  options: [
    '-a --all',
    '-t --target=',
    '-m --mount=?',
    '-u --uts=?',
    '-i --ipc=?',
    '-n --net=?',
    '-p --pid=?',
    '-C --cgroup=?',
    '-U --user=?',
    '-T --time=?',
    '-S --setuid=',
    '-G --setgid=',
    '--preserve-credentials',
    '-r --root=?',
    '-w --wd=?',
    '-F --no-fork',
  ],
  inOrder: true,
  *run(tool, options) {
    const { p } = tool;
    const target = targetOf(tool, options);
    const wanted = options.has('a')
      ? Object.keys(NAMESPACES)
      : Object.keys(NAMESPACES).filter((one) => options.has(one));
    const network = namedNetwork(tool, options);
    for (const letter of wanted) {
      const kind = NAMESPACES[letter];
      if (target === undefined && !(letter === 'n' && network))
        throw new Fail(`neither filename nor target pid supplied for ns/${kind}`);
      if (target && !capable(p, 'SYS_ADMIN'))
        throw new Fail(
          tool.busybox
            ? `setns(): can't reassociate to namespace '${kind}': Operation not permitted`
            : target.credentials.uid === p.credentials.uid
              ? `reassociate to namespace 'ns/${kind}' failed: Operation not permitted`
              : `cannot open /proc/${p.machine.pids.numberOf(target)}/ns/${kind}: Permission denied`,
        );
    }
    const machine = entered(p, target, new Set(wanted), network);
    const shell = tool.env('SHELL') ?? '/bin/sh';
    const words = options.operands.length > 0 ? options.operands : [shell];
    try {
      return yield* runOn(tool, machine, words, wanted.includes('m') ? '/' : p.cwd);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const failed = tool.busybox ? `can't execute '${words[0]}'` : `failed to execute ${words[0]}`;
      throw new Fail(`${failed}: ${error.text}`, error.code === 'ENOENT' ? 127 : 126);
    }
  },
});

function targetOf(tool: Tool, options: Options): Process | undefined {
  const given = options.get('t');
  if (given === undefined) return undefined;
  if (!/^\d+$/.test(given)) throw new Fail(`failed to parse pid: '${given}'`);
  const found = tool.p.machine.pids.find(Number(given));
  if (found && !found.ended) return found;
  const first = Object.keys(NAMESPACES).find((letter) => options.has(letter)) ?? (options.has('a') ? 'U' : undefined);
  if (first === undefined) throw new Usage(`no namespace specified`);
  throw new Fail(
    options.has('a')
      ? `stat of /proc/${given}/ns/user failed: No such file or directory`
      : `${tool.busybox ? "can't open '" : 'cannot open '}/proc/${given}/ns/${NAMESPACES[first]}${tool.busybox ? "'" : ''}: No such file or directory`,
  );
}

/** `--net=FILE`: a namespace of /var/run/netns, or of a process. */
function namedNetwork(tool: Tool, options: Options): NetworkNamespace | undefined {
  const file = options.get('n');
  if (file === undefined || file === '') return undefined;
  const name = /^\/(?:var\/)?run\/netns\/([^/]+)$/.exec(file)?.[1];
  const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(file)?.[1];
  const network =
    name === undefined
      ? tool.p.machine.pids.find(Number(pid ?? Number.NaN))?.machine.network
      : namedNamespace(tool.p.machine.network, name);
  if (!network) throw new Fail(`cannot open ${file}: No such file or directory`);
  return network;
}

/** The files go with the mount namespace, the rest as it was asked for. */
function entered(
  { machine }: Process,
  target: Process | undefined,
  wanted: ReadonlySet<string>,
  named: NetworkNamespace | undefined,
): Machine {
  const base = wanted.has('m') && target ? target.machine : machine;
  const other = target?.machine ?? machine;
  const network = wanted.has('n') ? (named ?? other.network) : machine.network;
  const hostname = wanted.has('u') ? other.hostname : machine.hostname;
  if (network === base.network && hostname === base.hostname) return base;
  return base.within({ network, hostname });
}

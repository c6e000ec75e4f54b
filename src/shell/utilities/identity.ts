import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { quote } from './quote.ts';
import type { Tool } from './tool.ts';
import { groupName, groupsOf, userName, usersOf } from './users.ts';
import { utility } from './utility.ts';

export const whoami = utility({
  name: 'whoami',
  usage: '[OPTION]...',
  about: 'Print the user name associated with the current effective user ID.',
  options: [],
  *run(tool, options) {
    if (options.operands[0] !== undefined) throw new Usage(`extra operand ${quote(tool, options.operands[0])}`);
    const name = userName(tool.p.machine, tool.who.uid);
    if (/^\d+$/.test(name))
      throw new Fail(tool.busybox ? `unknown uid ${name}` : `cannot find name for user ID ${name}`);
    tool.put(`${name}\n`);
    return 0;
  },
});

export const id = utility({
  name: 'id',
  usage: '[OPTION]... [USER]...',
  about: 'Print user and group information for each specified USER,\nor (when USER omitted) for the current process.',
  options: ['-a', '-Z --context', '-g --group', '-G --groups', '-n --name', '-r --real', '-u --user', '-z --zero'],
  *run(tool, options) {
    const { machine } = tool.p;
    const named = options.operands[0];
    let { uid, gid, groups } = tool.who;
    if (named !== undefined) {
      const user = usersOf(machine).find((one) => one.name === named || String(one.uid) === named);
      if (!user) throw new Fail(tool.busybox ? `unknown user ${named}` : `${quote(tool, named)}: no such user`);
      uid = user.uid;
      gid = user.gid;
      groups = groupsOf(machine)
        .filter((group) => group.members.includes(user.name))
        .map((group) => group.gid);
    }
    const others = groups.filter((group) => group !== gid);
    // GNU names the effective one first, busybox lists them as the kernel does.
    const all = tool.busybox && groups.includes(gid) ? [...groups] : [gid, ...others];
    if (options.has('n') && !options.has('u', 'g', 'G'))
      throw new Fail('cannot print only names or real IDs in default format');
    const show = (number: number, name: string) => (options.has('n') ? name : String(number));
    if (options.has('u')) tool.put(`${show(uid, userName(machine, uid))}\n`);
    else if (options.has('g')) tool.put(`${show(gid, groupName(machine, gid))}\n`);
    else if (options.has('G')) tool.put(`${all.map((one) => show(one, groupName(machine, one))).join(' ')}\n`);
    else {
      const label = (number: number, name: string) => (name === String(number) ? name : `${number}(${name})`);
      const list = all.map((one) => label(one, groupName(machine, one))).join(',');
      tool.put(`uid=${label(uid, userName(machine, uid))} gid=${label(gid, groupName(machine, gid))} groups=${list}\n`);
    }
    return 0;
  },
});

export const groups = utility({
  name: 'groups',
  usage: '[OPTION]... [USERNAME]...',
  about: 'Print group memberships for each USERNAME.',
  options: [],
  *run(tool) {
    const all = [tool.who.gid, ...tool.who.groups.filter((group) => group !== tool.who.gid)];
    tool.put(`${all.map((one) => groupName(tool.p.machine, one)).join(' ')}\n`);
    return 0;
  },
});

/** What /etc/hosts says of a name: its address and the first name of its line. */
function hostsEntry(tool: Tool, name: string): { readonly address: string; readonly name: string } | undefined {
  const text = tool.tryStat('/etc/hosts') ? tool.files.readText('/etc/hosts') : '';
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (names.includes(name)) return { address, name: names[0] ?? name };
  }
  return undefined;
}

export const hostname = utility({
  name: 'hostname',
  usage: '[-b] {hostname|-F file}',
  about: 'Show the system host name.',
  options: [
    '-a --alias',
    '-A --all-fqdns',
    '-d --domain',
    '-f --fqdn --long',
    '-i --ip-address',
    '-I --all-ip-addresses',
    '-s --short',
    '-F --file=',
    '-b --boot',
    '-y --yp --nis',
  ],
  *run(tool, options) {
    const { machine } = tool.p;
    const wanted = options.operands[0];
    if (wanted !== undefined) {
      if (tool.who.uid !== 0)
        throw new Fail(
          tool.busybox ? 'sethostname: Operation not permitted' : 'you must be root to change the host name',
        );
      machine.hostname = wanted;
      return 0;
    }
    const addresses = [...machine.network.addresses]
      .map(String)
      .filter((address) => !address.startsWith('127.') && !address.includes(':'));
    const known = hostsEntry(tool, machine.hostname);
    const key = options.last('i', 'I', 's', 'd', 'f', 'A', 'a');
    if (key === 'I') tool.put(`${addresses.map((address) => `${address} `).join('')}\n`);
    else if (key === 'i') tool.put(`${known?.address ?? (addresses.join(' ') || '127.0.1.1')}\n`);
    else if (key === 's') tool.put(`${machine.hostname.split('.')[0]}\n`);
    else if (key === 'f') tool.put(`${known?.name ?? machine.hostname}\n`);
    else if (key === 'd') {
      const full = known?.name ?? machine.hostname;
      tool.put(full.includes('.') ? `${full.slice(full.indexOf('.') + 1)}\n` : '');
    } else if (key === 'a') tool.put('\n');
    else tool.put(`${machine.hostname}\n`);
    return 0;
  },
});

export const uname = utility({
  name: 'uname',
  usage: '[OPTION]...',
  about: 'Print certain system information.  With no OPTION, same as -s.',
  options: [
    '-a --all',
    '-s --kernel-name',
    '-n --nodename',
    '-r --kernel-release',
    '-v --kernel-version',
    '-m --machine',
    '-p --processor',
    '-i --hardware-platform',
    '-o --operating-system',
  ],
  *run(tool, options) {
    if (options.operands[0] !== undefined) throw new Usage(`extra operand ${quote(tool, options.operands[0])}`);
    const { facts, hostname: node } = tool.p.machine;
    const machine = facts.get('machine') ?? 'x86_64';
    const parts: [string, string][] = [
      ['s', 'Linux'],
      ['n', node],
      ['r', facts.get('kernelRelease') ?? '6.8.0-49-generic'],
      ['v', facts.get('kernelVersion') ?? '#49-Ubuntu SMP PREEMPT_DYNAMIC Mon Nov  4 02:06:24 UTC 2024'],
      ['m', machine],
      ['p', options.has('a') && tool.busybox ? '' : machine],
      ['i', options.has('a') && tool.busybox ? '' : machine],
      ['o', tool.busybox ? 'Linux' : 'GNU/Linux'],
    ];
    const shown = options.has('a') ? parts : parts.filter(([key]) => options.has(key));
    tool.put(
      `${(shown.length > 0 ? shown : parts.slice(0, 1))
        .map(([, text]) => text)
        .filter(Boolean)
        .join(' ')}\n`,
    );
    return 0;
  },
});

export const arch = utility({
  name: 'arch',
  usage: '[OPTION]...',
  about: 'Print machine architecture.',
  options: [],
  *run(tool) {
    tool.put(`${tool.p.machine.facts.get('machine') ?? 'x86_64'}\n`);
    return 0;
  },
});

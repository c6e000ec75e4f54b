import { FileSystem, ROOT } from '../world/files/file-system.ts';
import { Device, Directory, RegularFile } from '../world/files/inode.ts';
import { memoizeBy } from '../world/memoize.ts';

const DIRECTORIES = [
  '/dev',
  '/dev/pts',
  '/dev/shm',
  '/etc',
  '/etc/apt',
  '/etc/modules-load.d',
  '/etc/sysctl.d',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/srv',
  '/sys',
  '/tmp',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/local',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/sbin',
  '/usr/share',
  '/usr/share/doc',
  '/var',
  '/var/lib',
  '/var/log',
  '/var/run',
  '/var/spool',
  '/var/tmp',
  '/var/cache',
];

const OS_RELEASE = `PRETTY_NAME="Ubuntu 24.04.2 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.2 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
PRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"
UBUNTU_CODENAME=noble
LOGO=ubuntu-logo
`;

const ROOT_BASHRC = `# ~/.bashrc: read by bash for interactive shells.
[ -z "$PS1" ] && return
PS1='\\u@\\h:\\w\\$ '
alias ls='ls --color=auto'
alias ll='ls -alF'
alias grep='grep --color=auto'
`;

/** What Debian binds besides readline's own keys. debian: readline-common, /etc/inputrc */
const INPUTRC = `# /etc/inputrc: keys of the command line, for all users; ~/.inputrc takes its place.
set input-meta on
set output-meta on
$if mode=emacs
# Home, End, Delete and Insert of terminals that send these
"\\e[1~": beginning-of-line
"\\e[4~": end-of-line
"\\e[3~": delete-char
"\\e[2~": quoted-insert
# Ctrl with an arrow: a word
"\\e[1;5C": forward-word
"\\e[1;5D": backward-word
"\\e[5C": forward-word
"\\e[5D": backward-word
"\\e\\e[C": forward-word
"\\e\\e[D": backward-word
$if term=rxvt
"\\e[7~": beginning-of-line
"\\e[8~": end-of-line
"\\eOc": forward-word
"\\eOd": backward-word
$endif
$endif
`;

/** Size that `ls -l` shows for a program, bytes: made from its name, so that it is always the same. */
function sizeOf(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return 14_000 + sum * 17;
}

/** Where programs live that are not for everybody. */
const SYSTEM_PROGRAMS = new Set([
  'arp',
  'bridge',
  'ifconfig',
  'ip',
  'iptables',
  'iptables-save',
  'nft',
  'route',
  'sysctl',
  'modprobe',
  'reboot',
  'useradd',
  'groupadd',
]);

/** The read-only layer of an Ubuntu machine with `programs` installed. `now` is the time its files carry, ms. Several machines share one. */
export const linuxLayer = memoizeBy(8, (programs, now) => `${now} ${programs.join(' ')}`, makeLayer);

function makeLayer(programs: readonly string[], now: number): Directory {
  const root = new Directory({ mode: 0o755, uid: 0, gid: 0, mtime: now });
  const files = new FileSystem(root, () => now);
  for (const path of DIRECTORIES) files.makeDirectory(path);
  files.chmod('/tmp', 0o1777);
  files.chmod('/var/tmp', 0o1777);
  files.chmod('/root', 0o700);
  for (const name of ['bin', 'sbin', 'lib']) files.symlink(`usr/${name}`, `/${name}`);
  addDevices(files, now);
  addConfiguration(files);
  for (const name of programs) {
    if (name.includes('/')) continue;
    const file = new RegularFile({ mode: 0o755, uid: 0, gid: 0, mtime: now });
    file.program = name;
    file.statedSize = sizeOf(name);
    files.place(`${SYSTEM_PROGRAMS.has(name) ? '/usr/sbin' : '/usr/bin'}/${name}`, file);
  }
  return root;
}

export function addDevices(files: FileSystem, now: number): void {
  const meta = { mode: 0o666, uid: 0, gid: 0, mtime: now };
  for (const [name, minor] of [
    ['null', 3],
    ['zero', 5],
    ['full', 7],
    ['random', 8],
    ['urandom', 9],
  ] as const) {
    files.place(`/dev/${name}`, new Device(meta, name === 'urandom' ? 'random' : name, 1, minor));
  }
  files.place('/dev/tty', new Device(meta, 'tty', 5, 0));
  for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries())
    files.place(`/dev/${name}`, new Device(meta, 'stdio', 0, fd));
  files.makeDirectory('/dev/fd');
  for (const fd of [0, 1, 2]) files.place(`/dev/fd/${fd}`, new Device(meta, 'stdio', 0, fd));
}

function addConfiguration(files: FileSystem): void {
  files.writeFile('/etc/os-release', OS_RELEASE);
  files.writeFile(
    '/etc/passwd',
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  );
  files.writeFile('/etc/group', 'root:x:0:\ndaemon:x:1:\nadm:x:4:\nsudo:x:27:\nusers:x:100:\nnogroup:x:65534:\n');
  files.writeFile('/etc/inputrc', INPUTRC);
  files.writeFile('/root/.bashrc', ROOT_BASHRC);
  files.writeFile('/root/.profile', 'if [ "$BASH" ] && [ -f ~/.bashrc ]; then\n  . ~/.bashrc\nfi\n');
  files.writeFile('/etc/shells', '/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n');
  files.writeFile('/etc/resolv.conf', 'nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n');
  files.writeFile('/etc/nsswitch.conf', 'passwd:         files\ngroup:          files\nhosts:          files dns\n');
}

/** Adds a user with a home directory. */
export function addUser(files: FileSystem, name: string, id: number, groups: readonly string[]): string {
  const home = `/home/${name}`;
  files.appendFile('/etc/passwd', `${name}:x:${id}:${id}:${name}:${home}:/bin/bash\n`, ROOT);
  let lines = files.readText('/etc/group');
  for (const group of groups)
    lines = lines.replace(
      new RegExp(`^(${group}:x:\\d+:)(.*)$`, 'm'),
      (_, head: string, members: string) => `${head}${members === '' ? name : `${members},${name}`}`,
    );
  files.writeFile('/etc/group', `${lines}${name}:x:${id}:\n`);
  files.makeDirectory(home, ROOT, 0o750);
  files.chown(home, id, id);
  return home;
}

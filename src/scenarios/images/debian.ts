import type { FileSystem } from '../../world/files/file-system.ts';
import { addSkeleton, install } from './base.ts';

/** What Debian's slim images have. */
const COMMANDS =
  'arch awk base32 base64 basename bash cat chgrp chmod chown chroot clear cmp comm cp cut dash date df diff dirname du echo egrep env expand expr false fgrep find fold getent grep groups gunzip gzip head hostname id join kill ln ls md5sum mkdir mkfifo mktemp mv nice nl nohup nproc nsenter od paste pidof printenv printf pwd readlink realpath rev rm rmdir sed seq setsid sha1sum sha256sum shuf sleep sort split stat stty sync tac tail tar tee test timeout touch tr true tty uname unexpand uniq unlink wc which whoami xargs yes zcat'.split(
    ' ',
  );

/** A Debian root with bash and the usual commands, and `more` besides. */
export function addDebian(files: FileSystem, programs: readonly string[], more: readonly string[] = []): void {
  addSkeleton(files);
  const known = new Set(programs);
  for (const name of [...COMMANDS, ...more]) if (known.has(name)) install(files, `/usr/bin/${name}`, name);
  for (const name of ['bash', 'cat', 'ls', 'sleep', 'echo', 'grep', 'hostname', 'date', 'true', 'false'])
    if (known.has(name)) install(files, `/bin/${name}`, name);
  install(files, '/bin/sh', 'dash');
  files.writeFile(
    '/etc/passwd',
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  );
  files.writeFile(
    '/etc/os-release',
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
  );
  files.writeFile('/etc/debian_version', '12.11\n');
  files.writeFile('/etc/bash.bashrc', "PS1='\\u@\\h:\\w\\$ '\n");
}

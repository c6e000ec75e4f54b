import type { Program } from '../../world/program.ts';
import { awk, gawk, mawk } from './awk.ts';
import { base32, base64 } from './base64.ts';
import { file, hexdump, od, strings, xxd } from './binary.ts';
import { busybox } from './busybox.ts';
import { cat } from './cat.ts';
import { checksums } from './checksum.ts';
import { chgrp, chmod, chown } from './chmod.ts';
import { chroot } from './chroot.ts';
import { cmp } from './cmp.ts';
import { column } from './column.ts';
import { cp } from './cp.ts';
import { cut } from './cut.ts';
import { date } from './date.ts';
import { dd, envsubst, truncate } from './dd.ts';
import { diff } from './diff.ts';
import { du } from './disk.ts';
import { echo } from './echo.ts';
import { env, printenv } from './env.ts';
import { expr } from './expr.ts';
import { df, mount } from './file-systems.ts';
import { find } from './find.ts';
import { egrep, fgrep, grep } from './grep.ts';
import { gzipUtilities } from './gzip.ts';
import { head } from './head.ts';
import { arch, groups, hostname, id, uname, whoami } from './identity.ts';
import { install } from './install.ts';
import { comm, join } from './join.ts';
import { jq } from './jq.ts';
import { kill } from './kill.ts';
import { expand, fmt, fold, nl, paste, rev, shuf, split, tac, unexpand } from './line-tools.ts';
import { ln } from './ln.ts';
import { ls } from './ls.ts';
import { man } from './man.ts';
import { mkdir, rmdir } from './mkdir.ts';
import { mkfifo } from './mkfifo.ts';
import { mktemp } from './mktemp.ts';
import { mv } from './mv.ts';
import { killall, pgrep, pidof, pkill } from './pgrep.ts';
import { printf } from './printf.ts';
import { ps } from './ps.ts';
import { pwd } from './pwd.ts';
import { basename, dirname, readlink, realpath } from './realpath.ts';
import { rm, unlink } from './rm.ts';
import { nice, nohup, setsid, stty, timeout, tput } from './run-tools.ts';
import { sed } from './sed.ts';
import { seq, yes } from './seq.ts';
import { sleep } from './sleep.ts';
import { sort } from './sort.ts';
import { stat } from './stat.ts';
import { tail } from './tail.ts';
import { tar } from './tar.ts';
import { tee } from './tee.ts';
import { bracket, test } from './test.ts';
import type { Dialect } from './tool.ts';
import { free, top, uptime } from './top.ts';
import { touch } from './touch.ts';
import { tr } from './tr.ts';
import { clear, falseUtility, nproc, reset, sync, trueUtility, tty } from './trivial.ts';
import { uniq } from './uniq.ts';
import { programOf, type Utility } from './utility.ts';
import { wc } from './wc.ts';
import { which } from './which.ts';
import { xargs } from './xargs.ts';
import { yq } from './yq.ts';

/** Every utility, whatever the dialect. */
const ALL: readonly Utility[] = [
  arch,
  dd,
  envsubst,
  ...gzipUtilities,
  mkfifo,
  truncate,
  file,
  hexdump,
  man,
  od,
  strings,
  tar,
  xxd,
  yq,
  jq,
  awk,
  gawk,
  mawk,
  egrep,
  fgrep,
  grep,
  sed,
  base32,
  base64,
  basename,
  bracket,
  cat,
  chgrp,
  chmod,
  chown,
  clear,
  cmp,
  column,
  comm,
  cp,
  cut,
  date,
  df,
  mount,
  diff,
  dirname,
  du,
  echo,
  env,
  expand,
  expr,
  falseUtility,
  find,
  fmt,
  fold,
  free,
  groups,
  head,
  hostname,
  id,
  install,
  join,
  kill,
  killall,
  ln,
  ls,
  mkdir,
  mktemp,
  mv,
  nice,
  nl,
  nohup,
  nproc,
  paste,
  pgrep,
  pidof,
  pkill,
  printenv,
  printf,
  ps,
  pwd,
  readlink,
  realpath,
  reset,
  rev,
  rm,
  rmdir,
  seq,
  setsid,
  chroot,
  shuf,
  sleep,
  sort,
  split,
  stat,
  stty,
  sync,
  tac,
  tail,
  tee,
  test,
  timeout,
  top,
  touch,
  tput,
  tr,
  trueUtility,
  tty,
  uname,
  unexpand,
  uniq,
  unlink,
  uptime,
  wc,
  which,
  whoami,
  xargs,
  yes,
  ...checksums,
];

/** What busybox images lack. */
const NOT_IN_BUSYBOX = new Set([
  'column',
  'envsubst',
  'file',
  'fmt',
  'gawk',
  'install',
  'jq',
  'join',
  'man',
  'mawk',
  'sha224sum',
  'tput',
  'yq',
]);

/** The utilities in one dialect. GNU's are named as they are called, busybox's `busybox/NAME`, and `busybox` itself. */
export function makeUtilities(dialect: Dialect): Program[] {
  const declared = dialect === 'gnu' ? ALL : ALL.filter(({ name }) => !NOT_IN_BUSYBOX.has(name));
  const programs = declared.map((declaration) => programOf(declaration, dialect));
  return dialect === 'busybox' ? [...programs, busybox] : programs;
}

/** GNU coreutils, findutils, grep, sed, mawk, procps … as on Debian and Ubuntu. */
export const utilities: readonly Program[] = makeUtilities('gnu');

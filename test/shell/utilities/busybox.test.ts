import { expect, it } from 'vitest';
import { makeBox, play } from './support.ts';

/** What busybox 1.37 says; its words differ from GNU's. */
const SAYS: readonly (readonly [command: string, stderr: string, status: number])[] = [
  ['ls nope', 'ls: nope: No such file or directory\n', 1],
  ['cat nope', "cat: can't open 'nope': No such file or directory\n", 1],
  ['rm nope', "rm: can't remove 'nope': No such file or directory\n", 1],
  ['mkdir sub', "mkdir: can't create directory 'sub': File exists\n", 1],
  ['rmdir sub', "rmdir: 'sub': Directory not empty\n", 1],
  ['cp nope x', "cp: can't stat 'nope': No such file or directory\n", 1],
  ['cp sub x', "cp: omitting directory 'sub'\n", 1],
  ['mv nope x', "mv: can't rename 'nope': No such file or directory\n", 1],
  ['touch nodir/x', 'touch: nodir/x: No such file or directory\n', 1],
  ['chmod 600 nope', 'chmod: nope: No such file or directory\n', 1],
  ['head nope', 'head: nope: No such file or directory\n', 1],
  ['grep x nope', 'grep: nope: No such file or directory\n', 2],
  ['sed p nope', 'sed: nope: No such file or directory\n', 1],
  ['sort nope', 'sort: nope: No such file or directory\n', 2],
  ['find nope', 'find: nope: No such file or directory\n', 1],
  ['xargs nosuch </dev/null', "xargs: can't execute 'nosuch': No such file or directory\n", 127],
  ['id nosuch', 'id: unknown user nosuch\n', 1],
  ['ls /bin/nope', 'ls: /bin/nope: No such file or directory\n', 1],
  ['busybox nosuch', 'nosuch: applet not found\n', 127],
  ['kill 99999', '', 1],
];

for (const [command, stderr, status] of SAYS) {
  it(command, () => {
    const { machine } = makeBox('busybox');
    const ours = play(machine, command);
    if (stderr !== '') expect(ours.stderr).toBe(stderr);
    expect(ours.status).toBe(status);
  });
}

it('runs applets through the binary', () => {
  const { machine } = makeBox('busybox');
  expect(play(machine, 'busybox head -n 1 fruit.txt; busybox wc -l fruit.txt; busybox sh -c "echo hi"').stdout).toBe(
    'apple\n7 fruit.txt\nhi\n',
  );
  expect(play(machine, 'busybox | head -1').stdout).toBe('BusyBox v1.37.0 () multi-call binary.\n');
  expect(play(machine, 'ls -z').stderr).toMatch(
    /^ls: invalid option -- 'z'\nBusyBox v1\.37\.0 \(\) multi-call binary\.\n\nUsage: ls /,
  );
});

it('lists in columns of its own', () => {
  const { machine } = makeBox('busybox');
  expect(play(machine, 'ls -l fruit.txt').stdout).toBe(
    '-rw-r--r--    1 root     root            46 Jan  1 08:30 fruit.txt\n',
  );
});

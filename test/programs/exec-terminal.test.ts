import { expect, test } from 'vitest';
import { startLoginShell } from '../../src/shell/index.ts';
import { decode, encode } from '../../src/world/bytes.ts';
import { makeCluster } from './support.ts';

test('what is typed reaches a shell in a container', () => {
  const { built } = makeCluster();
  const tty = built.workstation.openTty(80, 24);
  let shown = '';
  tty.onOutput((bytes) => {
    shown += decode(bytes);
  });
  startLoginShell(built.workstation, tty);
  const type = (text: string, ms: number) => {
    tty.type(encode(text));
    built.world.loop.runUntil(built.world.now + ms);
  };
  type('export KUBECONFIG=/home/learner/.kube/config\r', 100);
  type('kubectl run web --image=nginx\r', 20_000);
  type('kubectl exec -it web -- sh\r', 2000);
  shown = '';
  type('hostname\r', 1000);
  expect(shown.replaceAll('\r', '')).toBe('hostname\nweb\n# ');
  type('exec bash\r', 1000);
  expect(shown).toContain('root@web:/# ');
  type('exit 3\r', 1000);
  type('echo $?\r', 1000);
  expect(shown).toContain('command terminated with exit code 3');
  expect(shown).toMatch(/echo \$\?\s+(?:\x1b\[\?2004l\r)?3\r/);
});

test('a debug container that is over before it can be joined shows its log instead', () => {
  const { line } = makeCluster();
  line('kubectl run web --image=nginx; sleep 10');
  const { stdout, stderr } = line('kubectl debug -q -i web --image=busybox:1.36 --target=web -- echo hello');
  expect(stdout).toBe('hello\n');
  expect(stderr).toContain("warning: couldn't attach to pod/web, falling back to streaming logs: ");
});

import { spawn } from '@lydell/node-pty';
import { expect, test } from 'vitest';
import { HostTerminal, until } from './headless.ts';

function start() {
  const host = new HostTerminal(100, 30);
  // A shell stays behind, as it does for a learner.
  const pty = spawn(
    '/bin/sh',
    [
      '-c',
      `seq 1 90; '${process.execPath}' scripts/run-ts.mjs test/tui/demo.ts en; echo "status $?"; stty -a; sleep 60`,
    ],
    {
      cols: 100,
      rows: 30,
      env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', EDITOR: 'vi' },
    },
  );
  pty.onData((data) => host.write(data));
  return { host, pty };
}

const shows = (host: HostTerminal, text: string) =>
  until(
    () => host.text().includes(text),
    () => `${text} on\n${host.text()}`,
    30_000,
  );

for (const signal of ['TERM', 'HUP', 'INT']) {
  test(`kill -${signal} gives the terminal back`, async () => {
    const { host, pty } = start();
    try {
      await shows(host, 'learner@workstation');
      expect(host.terminal.buffer.active.type).toBe('alternate');
      const { execFileSync } = await import('node:child_process');
      const child = execFileSync('pgrep', ['-P', `${pty.pid}`, 'node'], { encoding: 'utf8' }).trim();
      process.kill(Number(child), `SIG${signal}`);
      await shows(host, `status ${128 + { TERM: 15, HUP: 1, INT: 2 }[signal as 'TERM' | 'HUP' | 'INT']}`);
      await until(
        () => / icanon/.test(host.text()),
        () => host.text(),
      );
      expect(host.terminal.buffer.active.type).toBe('normal');
      expect(host.terminal.modes.wraparoundMode).toBe(true);
      expect(host.written).not.toContain('\x1b[3J');
      // What was on the screen before is still there to scroll back to.
      expect(host.terminal.buffer.normal.getLine(0)?.translateToString(true)).toBe('1');
    } finally {
      pty.kill('SIGKILL');
    }
  });
}

test('keys, resize and quitting over a real terminal', async () => {
  const { host, pty } = start();
  try {
    await shows(host, 'learner@workstation');
    pty.write('kubectl create 파드\r');
    await shows(host, 'you said: kubectl create 파드');
    await shows(host, '✓ ReplicaSet web exists');
    host.terminal.resize(80, 24);
    host.columns = 80;
    host.rows = 24;
    pty.resize(80, 24);
    await shows(host, 'Ctrl-] +');
    pty.write('\x1dq');
    await shows(host, 'status 0');
  } finally {
    pty.kill('SIGKILL');
  }
});

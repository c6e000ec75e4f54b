import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { Host } from '../../src/tui/host.ts';
import type { Language } from '../../src/tui/port.ts';
import { runTui } from '../../src/tui/run.ts';
import { FakeCourse } from './fake-port.ts';
import { HostTerminal, until } from './headless.ts';

class Keyboard extends EventEmitter {
  readonly isTTY = true;
  raw = false;
  resume() {}
  pause() {}
  setRawMode(raw: boolean) {
    this.raw = raw;
  }
  type(text: string) {
    this.emit('data', Buffer.from(text, 'utf8'));
  }
}

const P = '\x1d';

class Tutor {
  readonly terminal: HostTerminal;
  readonly keyboard = new Keyboard();
  readonly course: FakeCourse;
  readonly signals = new EventEmitter();
  readonly exits: number[] = [];
  errors = '';
  suspended = 0;
  readonly done: Promise<number>;

  constructor(
    columns: number,
    rows: number,
    options: { language?: Language; env?: Record<string, string>; ascii?: boolean; lesson?: string } = {},
  ) {
    this.terminal = new HostTerminal(columns, rows);
    this.course = new FakeCourse(options.language);
    const listen = (name: string, listener: (value: unknown) => void) => {
      this.signals.on(name, listener);
      return () => void this.signals.off(name, listener);
    };
    const host: Host = {
      stdin: this.keyboard,
      stdout: this.terminal,
      stderr: { write: (text) => (this.errors += text) },
      env: options.env ?? {},
      onSignal: listen,
      onExit: (listener) => listen('exit', () => listener()),
      onCrash: (listener) => listen('crash', listener),
      exit: (status) => void this.exits.push(status),
      suspend: () => void this.suspended++,
    };
    this.done = runTui(this.course, {
      host,
      ...(options.ascii ? { ascii: true } : {}),
      ...(options.lesson ? { lesson: options.lesson } : {}),
    });
    tutors.push(this);
  }

  get session() {
    const { session } = this.course;
    if (!session) throw new Error('no session');
    return session;
  }

  type(text: string) {
    this.keyboard.type(text);
  }

  /** Waits until the screen shows it. */
  async shows(text: string | RegExp) {
    const seen = () =>
      typeof text === 'string' ? this.terminal.text().includes(text) : text.test(this.terminal.text());
    await until(seen, () => `${text} on\n${this.terminal.text()}`);
  }

  async hides(text: string) {
    await until(
      () => !this.terminal.text().includes(text),
      () => `gone: ${text} on\n${this.terminal.text()}`,
    );
  }
}

const tutors: Tutor[] = [];
afterEach(async () => {
  for (const tutor of tutors.splice(0)) {
    tutor.signals.emit('exit');
    tutor.session.close();
  }
});

describe('the TUI over a fake course', () => {
  test('list, search, open, type, tick, next, quit', async () => {
    const t = new Tutor(100, 30);
    await t.shows('Deployment rollback');
    t.type('undo');
    await t.hides('ReplicaSet');
    t.type('\x1b');
    await t.shows('ReplicaSet');
    t.type('\r');
    await t.shows('learner@workstation:~$');
    await t.shows('○ ReplicaSet web exists');
    await t.shows('Step 1/2');
    expect(t.session.sizes).toEqual(['60x28']);
    t.type('kubectl create 한글\r');
    await t.shows('you said: kubectl create 한글');
    await t.shows('✓ ReplicaSet web exists');
    t.session.meet('0-1');
    await t.shows('Step done. Ctrl-] n goes on');
    await t.shows('✓2/2');
    // Nothing goes on by itself.
    expect(t.session.performed).toEqual([]);
    t.type(`${P}n`);
    await t.shows('Step 2/2');
    t.type(`${P}q`);
    expect(await t.done).toBe(0);
    expect(t.terminal.written).not.toContain('\x1b[3J');
    await t.terminal.settled();
    expect(t.terminal.terminal.buffer.active.type).toBe('normal');
    expect(t.keyboard.raw).toBe(false);
    expect(t.session.closed).toBe(true);
  });

  test('the cursor stands where Korean is composed', async () => {
    const t = new Tutor(120, 40, { lesson: 'replicaset' });
    await t.shows('learner@workstation:~$');
    t.type('파드');
    await t.shows('$ 파드');
    const x = 49 + 'learner@workstation:~$ '.length + 4;
    await until(
      () => t.terminal.cursor().x === x && t.terminal.cursor().y === 0,
      () => JSON.stringify(t.terminal.cursor()),
    );
  });

  test('checks, hints one by one, solution after a question, back', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}c`);
    await t.shows('0 of 2 passed');
    await t.shows('There is no ReplicaSet');
    await t.shows('learner@workstation');
    t.type(`${P}h`);
    await t.shows('Hint 1 of 2');
    await t.hides('Hint 2 of 2');
    t.type(`${P}h`);
    await t.shows('Hint 2 of 2');
    t.type(`${P}s`);
    await t.shows('Show the solution of this step?');
    t.type('n');
    await t.hides('Show the solution');
    expect(t.session.performed.map((action) => action.name)).toEqual(['check', 'hint', 'hint']);
    t.type(`${P}sy`);
    await t.shows('kubectl create -f rs.yaml');
    t.type(`${P}d`);
    await t.shows('keeps a number of Pods');
    expect(t.session.typed).toBe('');
  });

  test('the way of a request: asked for, looked at again, asked for again', async () => {
    const t = new Tutor(100, 40, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}w`);
    await t.shows('From where to where?');
    t.type('box web\r');
    await t.shows('The way of a request');
    await t.shows('default/deny-out on node node01');
    await t.shows('learner@workstation');
    t.type(`${P}w`);
    await t.shows('From where to where?');
    await t.shows('box web ');
    t.type(':80\r');
    await t.hides('From where');
    expect([...new Set(t.session.traced)]).toEqual(['1: box web', '2: box web:80']);
    t.type(`${P}d`);
    await t.shows('keeps a number of Pods');
    const looks = t.session.traced.length;
    t.type(`${P}v`);
    await t.shows('Map of the cluster');
    expect(t.session.traced.length).toBe(looks);
    expect(t.session.typed).toBe('');
  });

  test('next asks when the step is not done', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}n`);
    await t.shows('is played for you.');
    await t.shows('Skip it?');
    t.type('n');
    await t.hides('Skip it?');
    // Whoever stays wants to know what is missing.
    await t.shows('0 of 2 passed');
    t.type(`${P}n`);
    await t.shows('Skip it?');
    t.type('y');
    await t.shows('Step 2/2');
    expect(t.session.performed).toEqual([{ name: 'next' }, { name: 'next' }, { name: 'skip' }]);
  });

  test('next asks in other words when nobody has written a solution', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.session.solved = false;
    t.session.emit({ type: 'changed' });
    t.type(`${P}n`);
    await t.shows('Go on nevertheless?');
    t.type('y');
    await t.shows('Step 2/2');
  });

  test('what was said of one step does not stand below the next', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.session.meet('0-0');
    t.session.meet('0-1');
    await t.shows('Step done. Ctrl-] n goes on');
    t.type(`${P}n`);
    await t.shows('Step 2/2');
    await t.hides('Step done.');
  });

  test('one pane at a time at 80x24; typing goes to the terminal', async () => {
    const t = new Tutor(80, 24, { lesson: 'replicaset' });
    await t.shows('Create it');
    expect(t.session.sizes).toEqual(['80x22']);
    await t.hides('learner@workstation');
    t.type('ls');
    await t.shows('$ ls');
    await t.hides('Create it');
    t.type(`${P}\t`);
    await t.shows('Create it');
    t.type(`${P}\t`);
    await t.shows('$ ls');
    t.type(`${P}c`);
    await t.shows('0 of 2 passed');
    expect(t.session.typed).toBe('ls');
  });

  test('reading: scrolls, and typing goes on in the terminal', async () => {
    const t = new Tutor(100, 20, { lesson: 'replicaset' });
    await t.shows('↓ more');
    t.type(`${P} `);
    await t.shows('↑ more');
    t.type('\x1b[6~\x1b[6~');
    await t.hides('↓ more');
    t.type('ls\r');
    await t.shows('you said: ls');
    await t.shows('Ctrl-] +');
  });

  test('scroll-back of the terminal', async () => {
    const t = new Tutor(100, 20, { lesson: 'replicaset' });
    await t.shows('$');
    t.session.print(Array.from({ length: 60 }, (_, i) => `line ${i}\r\n`).join(''));
    await t.shows('line 59');
    t.type('\x1b[5;2~');
    await t.shows('line 30');
    await t.shows('lines back');
    t.type('x');
    await t.shows('line 59');
  });

  test('the prefix twice reaches the world; control keys and pastes do too', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}${P}\x03\x02\x01\x07\x1bf\x1b[A\x1b[200~a\nb\x1b[201~`);
    await until(
      () => t.session.typed.includes('b'),
      () => JSON.stringify(t.session.typed),
    );
    expect(t.session.typed).toBe('\x1d\x03\x02\x01\x07\x1bf\x1b[Aa\rb');
  });

  test('commands do not depend on the input method', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}ㅊ`);
    await t.shows('0 of 2 passed');
  });

  test('the language changes while a lesson runs', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('Create it');
    t.type(`${P}g`);
    await t.shows('레플리카셋(ReplicaSet)은 지정한');
    await t.shows('단계 1/2');
    expect(t.course.language).toBe('ko');
  });

  test('fast-forward asks, shows progress, can be stopped', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}t`);
    await t.shows('Let how much time pass?');
    await until(
      () => t.terminal.cursor().y > 5,
      () => JSON.stringify(t.terminal.cursor()),
    );
    t.type('\x15soon\r');
    await t.shows('Not a duration');
    t.type('\x1510m\r');
    await t.shows('25%');
    expect(t.terminal.text()).not.toContain('Not a duration');
    expect(t.session.performed).toEqual([{ name: 'fast-forward', ms: 600_000 }]);
    t.type('\x1b');
    await t.hides('25%');
  });

  test('keys wait while a step is set up', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.session.busyWith = { kind: 'setup', resolve: () => {} };
    await t.shows('The step is being prepared');
    t.type('ls\r');
    t.type('\x1b');
    t.session.busyWith = undefined;
    await t.hides('The step is being prepared');
    t.type('date\r');
    await t.shows('you said: date');
    expect(t.terminal.text()).not.toContain('you said: ls');
  });

  test('undo clears the terminal after a question', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.type('ls\r');
    await t.shows('you said: ls');
    t.type(`${P}u`);
    await t.shows('Undo the last input?');
    t.type('y');
    await t.hides('you said: ls');
  });

  test('the prefix takes a question back and begins a command', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}u`);
    await t.shows('Undo the last input?');
    t.type(`${P}l`);
    await t.shows('Type to search');
    expect(t.session.typed).toBe('');
  });

  test('says what was wrong with the journal', async () => {
    const t = new Tutor(100, 30);
    await t.shows('Deployment rollback');
    t.course.notice = 'The journal is damaged from line 3 on.';
    t.type('\r');
    await t.shows('damaged from line 3 on');
  });

  test('the help comes from the key table, in both languages', async () => {
    const t = new Tutor(120, 40, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}?`);
    await t.shows('one more hint');
    t.type('g');
    await t.shows('힌트 하나 더 보기');
    t.type('\x1b');
    await t.shows('만들기');
  });

  test('resize at any time', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.terminal.resize(200, 50);
    await until(
      () => t.session.sizes.includes('119x48'),
      () => t.session.sizes.join(),
    );
    t.terminal.resize(80, 24);
    await until(
      () => t.session.sizes.includes('80x22'),
      () => t.session.sizes.join(),
    );
    t.terminal.resize(30, 5);
    await t.shows('30x5');
    t.terminal.resize(90, 50);
    await t.shows('Create it');
    await t.shows('learner@workstation');
  });

  test('what the world says to its first size is shown', async () => {
    const t = new Tutor(100, 30);
    t.course.saysSize = true;
    await t.shows('ReplicaSet');
    t.type('\r');
    await t.shows(/size \d+x\d+/);
  });

  test('an ended shell is started anew with Enter', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.session.terminal.ended = true;
    t.type('x');
    await t.shows('The shell has ended');
    t.type('\r');
    await until(
      () => t.session.performed.length === 1,
      () => 'restart',
    );
  });

  test('the editor of the host', async () => {
    const t = new Tutor(100, 30, {
      lesson: 'replicaset',
      env: { EDITOR: `sh -c 'printf x:1 >> "$1"' x` },
    });
    await t.shows('$');
    t.type(`${P}e`);
    await t.shows('Which file');
    t.type('none\r');
    await t.shows('No such file or directory');
    t.type(`${P}ers.yaml\r`);
    await t.shows('rs.yaml saved.');
    expect(t.session.files.get('rs.yaml')).toBe('kind: ReplicaSet\nx:1');
    t.type('ls');
    await t.shows('$ ls');
  });

  test('signals and crashes give the terminal back', async () => {
    for (const [event, status] of [
      ['SIGTERM', 143],
      ['SIGHUP', 129],
      ['crash', 1],
    ] as const) {
      const t = new Tutor(100, 30, { lesson: 'replicaset' });
      await t.shows('$');
      t.signals.emit(event, new Error('boom'));
      await t.terminal.settled();
      expect(t.exits).toEqual([status]);
      expect(t.terminal.terminal.buffer.active.type).toBe('normal');
      expect(t.keyboard.raw).toBe(false);
      if (event === 'crash') expect(t.errors).toContain('boom');
    }
  });

  test('Ctrl-Z after the prefix suspends and comes back', async () => {
    const t = new Tutor(100, 30, { lesson: 'replicaset' });
    await t.shows('$');
    t.type(`${P}\x1a`);
    await until(
      () => t.suspended === 1,
      () => 'suspended',
    );
    await until(
      () => t.keyboard.raw,
      () => 'raw again',
    );
    t.type('back');
    await t.shows('$ back');
  });
});

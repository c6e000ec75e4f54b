import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, JournalError, readJournal, writeJournal } from '../../src/course/journal.ts';
import { JournalFile } from '../../src/course/journal-file.ts';
import { openSession } from '../../src/course/open-session.ts';
import { Session } from '../../src/course/session.ts';
import { MemoryStorage } from '../../src/course/storage/memory-storage.ts';
import { type AppendFile, LockedError, StorageError } from '../../src/course/storage/storage.ts';
import { decode, encode } from '../../src/world/bytes.ts';
import { fakeSource } from './fake-world.ts';
import { DEMO, enter, HEADER, pass } from './support.ts';

const NAME = 'journals/demo.jsonl';

function open(storage: MemoryStorage, more: { fresh?: boolean; step?: string } = {}) {
  let time = 0;
  return openSession({
    source: fakeSource,
    storage,
    lesson: DEMO,
    language: 'en',
    clock: () => time++,
    created: 0,
    ...more,
  });
}

/** What a killed process leaves: the same bytes, without its lock. */
function crashed(bytes: Uint8Array): MemoryStorage {
  const storage = new MemoryStorage();
  storage.files.set(NAME, bytes);
  return storage;
}

/** The world that the journal's bytes describe, by a plain replay. */
function replayed(bytes: Uint8Array): Session {
  const content = readJournal(bytes);
  let time = 0;
  return new Session({
    source: fakeSource,
    header: content?.header ?? HEADER,
    lesson: DEMO,
    journal: undefined,
    clock: () => time++,
    ...(content ? { content } : {}),
  });
}

function playLesson(storage: MemoryStorage): Session {
  const { session } = open(storage);
  session.finish();
  enter(session, 'pod web-0 unready');
  session.resize(100, 30);
  enter(session, 'uuid');
  session.undo();
  enter(session, 'pod web-1');
  enter(session, 'tutor next');
  session.input(Uint8Array.of(0xff, 0xfe));
  session.saveFile('/root/a', encode('done\n'));
  session.input(encode('echo half a li'));
  return session;
}

describe('the journal', () => {
  test('replay gives the same world', () => {
    const storage = new MemoryStorage();
    const session = playLesson(storage);
    const again = replayed(storage.files.get(NAME) ?? new Uint8Array(0));
    expect(again.now).toBe(session.now);
    expect(again.world.hash()).toBe(session.world.hash());
    expect(decode(again.screen)).toBe(decode(session.screen));
  });

  test('a kill at any byte resumes exactly', () => {
    const storage = new MemoryStorage();
    playLesson(storage);
    const bytes = storage.files.get(NAME) ?? new Uint8Array(0);
    const hashes = new Map<number, string>();
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.slice(0, length);
      const whole = cut.lastIndexOf(0x0a) + 1;
      const { session, message } = open(crashed(cut));
      if (whole === 0) continue;
      expect(message === undefined).toBe(whole === length);
      if (!hashes.has(whole)) hashes.set(whole, replayed(bytes.slice(0, whole)).world.hash());
      expect(session.world.hash()).toBe(hashes.get(whole));
    }
    expect(hashes.size).toBeGreaterThan(10);
  });

  test('goes on after a torn line', () => {
    const storage = new MemoryStorage();
    playLesson(storage);
    const bytes = storage.files.get(NAME) ?? new Uint8Array(0);
    const after = crashed(bytes.slice(0, -3));
    const { session } = open(after);
    enter(session, 'X');
    session.close();
    expect(replayed(after.files.get(NAME) ?? bytes).world.hash()).toBe(session.world.hash());
    expect(readJournal(after.files.get(NAME) ?? bytes)?.message).toBeUndefined();
  });

  test('a changed line shows', () => {
    const bytes = writeJournal(HEADER, [typed(1, 'a'), typed(2, 'b'), typed(3, 'c')]);
    const changed = encode(decode(bytes).replace('"data":"b"', '"data":"x"'));
    const content = readJournal(changed);
    expect(content?.entries.length).toBe(1);
    expect(content?.message?.en).toContain('damaged from line 3');
  });

  test('what is damaged is kept aside', () => {
    const storage = new MemoryStorage();
    playLesson(storage);
    const bytes = storage.files.get(NAME) ?? new Uint8Array(0);
    const lines = decode(bytes).split('\n');
    const broken = encode([...lines.slice(0, 2), '{"bad', ...lines.slice(3)].join('\n'));
    const after = crashed(broken);
    const { session, message } = open(after);
    expect(message?.en).toContain('damaged from line 3');
    expect(after.files.get(`${NAME}.damaged`)).toEqual(broken);
    enter(session, 'X');
    session.close();
    expect(replayed(after.files.get(NAME) ?? bytes).world.hash()).toBe(session.world.hash());
    expect(readJournal(after.files.get(NAME) ?? bytes)?.message).toBeUndefined();
  });

  test('a newer format and other files are refused plainly', () => {
    expect(() => readJournal(encode('hello\nworld\n'))).toThrow(JournalError);
    const storage = new MemoryStorage();
    playLesson(storage);
    const newer = writeJournal({ ...HEADER, version: '9.0.0', ...{ format: 2 } }, []);
    expect(() => readJournal(newer)).toThrow(/newer kubetutor \(9\.0\.0\)/);
    const blocked = crashed(newer);
    expect(() => open(blocked)).toThrow(JournalError);
    expect(open(blocked, { fresh: true }).session.run?.step?.id).toBe('pod');
    expect(blocked.files.has(`${NAME}.unreadable`)).toBe(true);
  });

  test('another version: finished steps stay, the step begins at its start', () => {
    const storage = new MemoryStorage();
    const session = playLesson(storage);
    session.close();
    const content = readJournal(storage.files.get(NAME) ?? new Uint8Array(0));
    const old = writeJournal({ ...HEADER, ...content?.header, version: '0.0.1' }, content?.entries ?? []);
    const { session: next, message } = open(crashed(old));
    next.finish();
    expect(message?.en).toContain('0.0.1');
    expect(next.run?.finishedSteps).toEqual(['pod']);
    expect(next.run?.step?.id).toBe('file');
    expect(next.built.workstation.files.exists('/root/a')).toBe(false);
  });

  test('a second instance is told so', () => {
    const storage = new MemoryStorage();
    const { session } = open(storage);
    expect(() => open(storage)).toThrow(LockedError);
    session.close();
    expect(open(storage).resumed).toBe(true);
  });

  test('a full disk is a warning, and nothing is lost once there is room', () => {
    class FullDisk extends MemoryStorage {
      full = false;
      override append(name: string, length: number): AppendFile {
        const file = super.append(name, length);
        return {
          append: (bytes) => {
            if (this.full) throw new StorageError(name, new Error('ENOSPC: no space left on device, write'));
            file.append(bytes);
          },
          close: () => file.close(),
        };
      }
    }
    const storage = new FullDisk();
    const { session } = open(storage);
    session.finish();
    storage.full = true;
    enter(session, 'pod a');
    expect(session.saved).toBe(false);
    expect(session.warning?.en).toContain('journal not saved: ENOSPC');
    enter(session, 'pod b');
    storage.full = false;
    enter(session, 'pod c', 0);
    expect(session.saved).toBe(true);
    expect(replayed(storage.files.get(NAME) ?? new Uint8Array(0)).world.hash()).toBe(session.world.hash());
  });

  test('property: whatever is typed and whenever, replay gives the same world', () => {
    const lines = [
      'pod a',
      'pod b unready',
      'rmpod a',
      'uuid',
      'sleep 3',
      '\x03',
      'tutor check',
      'tutor next --force',
      'tutor undo',
      'ech',
    ];
    const act = fc.oneof(
      fc.record({ line: fc.constantFrom(...lines), wait: fc.integer({ min: 0, max: 3000 }) }),
      fc.record({ undo: fc.constant(true), wait: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ columns: fc.integer({ min: 20, max: 200 }), wait: fc.double({ min: 0, max: 7, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        const storage = new MemoryStorage();
        const { session } = open(storage);
        for (const action of acts) {
          if ('line' in action) session.input(encode(`${action.line}\r`));
          else if ('undo' in action) session.undo();
          else session.resize(action.columns, 24);
          pass(session, action.wait);
        }
        session.input(encode(' '));
        const again = replayed(storage.files.get(NAME) ?? new Uint8Array(0));
        expect(again.world.hash()).toBe(session.world.hash());
        expect(decode(again.screen)).toBe(decode(session.screen));
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test('an unwritable disk from the start', () => {
    class ReadOnly extends MemoryStorage {
      override append(name: string): AppendFile {
        throw new StorageError(name, new Error('EROFS: read-only file system, open'));
      }
    }
    const { file } = JournalFile.open(new ReadOnly(), NAME);
    file.start(HEADER);
    file.append(typed(1, 'a'));
    expect(file.warning?.ko).toContain('EROFS');
  });
});

function typed(t: number, data: string): Entry {
  return { kind: 'input', input: { t, kind: 'type', data } };
}

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { packFiles } from '../../src/cli/templates/pack.ts';
import { problemText } from '../../src/course/lesson/problem.ts';
import { Files } from '../../src/course/pack/files.ts';
import { PackError } from '../../src/course/pack/pack-error.ts';
import { coveringChoices, draw, fillText, optionsOf, placesIn } from '../../src/course/pack/parameters.ts';
import { packOf } from '../../src/course/pack/read-pack.ts';
import { readArchive, writeArchive } from '../../src/course/pack/tar.ts';
import { encode } from '../../src/world/bytes.ts';
import { templatePack } from '../instructors/packs.ts';

const PARAMETERS = {
  app: ['shop', 'blog', 'wiki'],
  replicas: { from: 2, to: 6, step: 2 },
  team: { name: 'team' },
  fault: [
    { break: 'a', fix: 'b' },
    { break: 'c', fix: 'd' },
  ],
};

describe('parameters', () => {
  test('a draw is a function of pack, student and name; adding one changes no other', () => {
    const first = draw(PARAMETERS, 'p', 'kim', '');
    expect(draw(PARAMETERS, 'p', 'kim', '')).toEqual(first);
    const more = draw({ other: [1, 2], ...PARAMETERS }, 'p', 'kim', '');
    for (const [name, value] of first) expect(more.get(name)).toEqual(value);
    expect(String(first.get('team'))).toMatch(/^team-[a-z0-9]{4}$/);
    expect([2, 4, 6]).toContain(first.get('replicas'));
  });

  test('every value comes up among students, about as often', () => {
    const counts = new Map<unknown, number>();
    for (let i = 0; i < 900; i++) {
      const app = draw(PARAMETERS, 'p', `student${i}`, '').get('app');
      counts.set(app, (counts.get(app) ?? 0) + 1);
    }
    expect(Math.min(...counts.values())).toBeGreaterThan(240);
    expect(counts.size).toBe(3);
  });

  test('the draws that are proved have every value of every list, and the bounds of every range', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.array(fc.integer(), { minLength: 1, maxLength: 6 })),
        (parameters) => {
          const choices = coveringChoices(parameters);
          for (const [name, parameter] of Object.entries(parameters)) {
            expect(new Set(choices.map((choice) => choice.get(name))).size).toBe(optionsOf(parameter));
          }
        },
      ),
    );
    const range = coveringChoices({ n: { from: 1, to: 100 } });
    expect(range.map((choice) => choice.get('n'))).toEqual([0, 49, 99]);
  });

  test('texts are filled; what is no place stays', () => {
    const drawn = new Map([['app', 'shop'] as const, ['many', 'a: 1\nb: 2'] as const]);
    const missing: string[] = [];
    const fill = (text: string) => fillText(text, drawn, (name) => missing.push(name));
    expect(fill('x @{app}-1 @@{app} ${app} ${a[@]} @{app.x} @{no}')).toBe(
      'x shop-1 @{app} ${app} ${a[@]} @{app.x} @{no}',
    );
    expect(missing).toEqual(['app.x', 'no']);
    expect(fill('spec:\n  @{many}\n')).toBe('spec:\n  a: 1\n  b: 2\n');
    expect(placesIn('@{a} @@{b} @{c.d}')).toEqual(['a', 'c.d']);
  });
});

describe('a pack', () => {
  const pack = templatePack();
  const student = packOf(filesOf(pack.studentFiles((value) => stringify(value))), 'copy').pack;

  test("a student's copy has no secrets, draws the same and has the same content", () => {
    const copy = pack.studentFiles((value) => stringify(value));
    const text = [...copy.values()].map((bytes) => new TextDecoder().decode(bytes)).join('\n');
    expect(text).not.toMatch(/solutions|nearMisses|symptoms|hidden: true|kept|fix/);
    expect(text).toContain('hiddenChecks');
    expect(student?.isStudentCopy).toBe(true);
    expect(student?.hashes.student).toBe(pack.hashes.student);
    for (const id of ['kim', 'lee', 'park']) {
      const [mine] = pack.lessonsFor(id).lessons;
      const [theirs] = student?.lessonsFor(id).lessons ?? [];
      expect(theirs?.seed).toBe(mine?.seed);
      expect(theirs?.steps[0]?.setup).toEqual(mine?.steps[0]?.setup);
      expect(theirs?.steps[0]?.text).toEqual(mine?.steps[0]?.text);
      expect(theirs?.steps[0]?.checks).toEqual(mine?.steps[0]?.checks.filter((check) => !check.hidden));
    }
    expect(writeArchive(pack.studentFiles((value) => stringify(value)))).toEqual(writeArchive(copy));
  });

  test('policies and hidden checks may change without a new content for students; visible ones not', () => {
    expect(templatePack('week1', (text) => text.replace('max: 3', 'max: 5')).hashes).toEqual(pack.hashes);
    const hidden = templatePack('week1', (text) => text.replace('metadata.labels.team', 'metadata.labels.tier'));
    expect([hidden.hashes.student === pack.hashes.student, hidden.hashes.full === pack.hashes.full]).toEqual([
      true,
      false,
    ]);
    const visible = templatePack('week1', (text) => text.replace('points: 3', 'points: 4'));
    expect(visible.hashes.student).not.toBe(pack.hashes.student);
  });

  test.each([
    ['app: [', 'apps: [', 'pack/exercises/repair/lesson.yaml:44:35: there is no parameter app; did you mean apps?'],
    [
      '{from: 2, to: 4}',
      '{from: 4, to: 2}',
      'pack/exercises/repair/lesson.yaml:9:13: replicas: from is larger than to',
    ],
    [
      'should run @{replicas}',
      'should run @{replica}',
      'pack/exercises/repair/text.en.md:2:62: there is no parameter replica',
    ],
    ['needs: [available]', 'needs: [kept]', 'needs names a check that comes before this one, not kept'],
    ['attempts:', 'atempts:', 'pack/pack.yaml:7:3: unknown key atempts'],
    ['max: 3', 'max: none', 'pack/pack.yaml:7:19: max: expected number, received string'],
  ])('%s → %s', (from, to, message) => {
    const files = new Files();
    for (const [name, text] of packFiles('week1', 'en')) files.add(name, encode(text.replace(from, to)));
    const { pack: read, problems } = packOf(files, 'pack');
    const all = [
      ...problems,
      ...(read && problems.length === 0 ? [...read.provingVariants()].flatMap((one) => one.problems) : []),
    ];
    expect(all.map(problemText).join('\n')).toContain(message);
  });
});

describe('an archive', () => {
  const one = new Map([['pack.yaml', encode('id: x')]]);

  test('comes back as it was, whatever the names and bytes', () => {
    const name = fc
      .array(fc.stringMatching(/^[a-z0-9가-힣_-]{1,20}$/), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 2000 })), {
          maxLength: 8,
          selector: ([path]) => path,
        }),
        (list) => {
          const files = new Map(list);
          expect(new Map(readArchive(writeArchive(files)))).toEqual(files);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([
    ['a path that leads out', archive([['../x', 'a']]), 'leads out'],
    ['an absolute path', archive([['/etc/passwd', 'a']]), 'leads out'],
    ['a path of Windows', archive([['a\\..\\x', 'a']]), 'leads out'],
    ['a drive', archive([['C:x', 'a']]), 'leads out'],
    ['a symbolic link', archive([['x', '', '2']]), 'symbolic link'],
    ['a hard link', archive([['x', '', '1']]), 'hard link'],
    ['a device', archive([['x', '', '3']]), 'device'],
    [
      'a file twice',
      archive([
        ['x', 'a'],
        ['./x', 'b'],
      ]),
      'second file',
    ],
    ['a bomb', gzipSync(new Uint8Array(60_000_000)), 'larger than'],
    ['too many files', archive(Array.from({ length: 2500 }, (_, i): [string, string] => [`f${i}`, ''])), 'more than'],
    ['no archive', encode('hello'), ''],
    ['a cut archive', writeArchive(one).subarray(0, 60), 'cut off'],
  ])('%s is refused', (_, bytes, text) => {
    if (text === '') return expect(readArchive(bytes).size).toBe(0);
    expect(() => readArchive(bytes)).toThrow(PackError);
    expect(() => readArchive(bytes)).toThrow(text);
  });
});

function filesOf(map: ReadonlyMap<string, Uint8Array>): Files {
  const files = new Files();
  for (const [name, bytes] of map) files.add(name, bytes);
  return files;
}

/** A tar archive of our own making, with whatever names and types. */
function archive(list: readonly (readonly [string, string, string?])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, text, type = '0'] of list) {
    const header = new Uint8Array(512);
    header.set(encode(name), 0);
    header.set(encode(`${text.length.toString(8).padStart(11, '0')}\0`), 124);
    header.set(encode('        '), 148);
    header.set(encode(type), 156);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.set(encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
    const content = new Uint8Array(Math.ceil(text.length / 512) * 512);
    content.set(encode(text));
    parts.push(header, content);
  }
  return gzipSync(Buffer.concat(parts));
}

import { problemsOfAll } from '../course/lesson/issues.ts';
import { PositionedYaml } from '../course/lesson/yaml-positions.ts';
import { isStudentId, studentId } from '../course/pack/pack.ts';
import { PackError } from '../course/pack/pack-error.ts';
import { zonedTime } from '../course/pack/schema.ts';
import type { ClassOptions } from '../course/results/class-results.ts';
import { manualFile } from '../course/results/schema.ts';
import type { ManualEntry, RosterEntry } from '../course/results/types.ts';
import { csvRows } from './formats/csv.ts';
import { Handed } from './handed-in.ts';
import { instructorMessages } from './locale/instructor-messages.ts';
import { problemLine } from './locale/problem-line.ts';

export type ClassFiles = ClassOptions;

/** What an instructor knows beside the submissions. Raises PackError for a file that cannot be read. */
export function readClassFiles(flags: { roster?: string; manual?: string; received?: string }): ClassFiles {
  return {
    ...(flags.roster === undefined ? {} : { roster: readRoster(textOf(flags.roster), flags.roster) }),
    ...(flags.manual === undefined ? {} : { manual: readManual(flags.manual) }),
    ...(flags.received === undefined ? {} : { received: readReceived(textOf(flags.received), flags.received) }),
  };
}

/** Lines `ID` or `ID,NAME`; a first line `id,name` or `student,name` is a heading. */
function readRoster(text: string, file: string): RosterEntry[] {
  const say = instructorMessages();
  const names = new Map<string, string | undefined>();
  const entries = rows(text).filter(([id], index) => !(index === 0 && /^(id|student)$/i.test(id ?? '')));
  for (const [student = '', name] of entries) {
    const id = studentId(student);
    if (!isStudentId(id)) throw wrong(file, say.badStudent(student));
    const before = names.get(id);
    if (before && name && before !== name) throw wrong(file, say.twoNames(id, before, name));
    names.set(id, name || before);
  }
  return [...names].map(([student, name]) => (name ? { student, name } : { student }));
}

/** YAML: `STUDENT: {points: 2, checks: {LESSON/STEP/CHECK: 1}, comment: …}`. */
function readManual(file: string): ReadonlyMap<string, ManualEntry> {
  const yaml = new PositionedYaml(file, textOf(file));
  const parsed = manualFile.safeParse(yaml.value ?? {});
  const [problem] = [...yaml.problems, ...problemsOfAll(parsed.error?.issues ?? [], yaml, [])];
  if (problem || !parsed.success) {
    const text = problem ? problemLine(problem) : file;
    throw new PackError({ en: text, ko: text });
  }
  return new Map(Object.entries(parsed.data).map(([student, entry]) => [studentId(student), entry]));
}

/** Lines `FILE,TIME`: when the server took a file. A time has a zone: that of this computer may be another. */
function readReceived(text: string, file: string): ReadonlyMap<string, number> {
  return new Map(
    rows(text)
      .filter(([name], index) => !(index === 0 && /^file$/i.test(name ?? '')))
      .map(([name = '', time = '']) => {
        const at = zonedTime(time);
        if (at === undefined) throw wrong(file, instructorMessages().badTime(name, time));
        return [name, at];
      }),
  );
}

function rows(text: string): string[][] {
  return csvRows(text).map((row) => row.map((cell) => cell.trim()));
}

function textOf(file: string): string {
  const text = Handed.text(file);
  if (text === undefined) throw new PackError({ en: `cannot read ${file}`, ko: `${file}을(를) 읽을 수 없습니다` });
  if (text.includes('\ufffd')) throw wrong(file, 'UTF-8?');
  return text;
}

function wrong(file: string, what: string): PackError {
  return new PackError({ en: `${file}: ${what}`, ko: `${file}: ${what}` });
}

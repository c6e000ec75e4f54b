import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from '../../world/bytes.ts';
import { isRecord } from '../input.ts';
import { withoutComments } from '../lesson/comments.ts';
import type { Lesson } from '../lesson/lesson.ts';
import type { TextProblem } from '../lesson/lint-texts.ts';
import type { Problem } from '../lesson/problem.ts';
import { type LessonFiles, readLesson } from '../lesson/read.ts';
import type { Path, PositionedYaml } from '../lesson/yaml-positions.ts';
import type { Language, Text } from '../text.ts';
import { lessonInBoth, textOf } from './languages.ts';
import {
  Budget,
  type Choice,
  chosen,
  coveringChoices,
  type Drawn,
  draw,
  fillText,
  fillValue,
  type Parameters,
  resolved,
  TooLongError,
  variantCount,
} from './parameters.ts';
import type { PackFile, PolicyFile } from './schema.ts';
import { playedValue, studentParameters, studentValue, unusedParameters } from './student-form.ts';

/** A lesson of a pack as it is written: nothing is drawn yet. */
export interface LessonSource {
  readonly id: string;
  readonly folder: string;
  readonly files: LessonFiles;
  readonly yaml: PositionedYaml;
  /** lesson.yaml as plain data. */
  readonly value: unknown;
  readonly parameters: Parameters;
}

/** What a submission and its journal say of the pack that was played. */
export interface PackStamp {
  readonly id: string;
  readonly version: number;
  /** Digest of the content, hexadecimal. */
  readonly hash: string;
}

/** Who may be a student: letters and digits of any script, and what e-mail addresses are made of. */
const STUDENT = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]{0,63}$/u;

/** Ids are compared as they are written: the same letters must be the same bytes, on a Mac too. */
export function studentId(text: string): string {
  return text.trim().normalize('NFC');
}

export function isStudentId(text: string): boolean {
  return STUDENT.test(text) && studentId(text) === text;
}

/** Lessons and exercises that an instructor hands out together. */
export class Pack {
  readonly id: string;
  readonly version: number;
  readonly title: Text;
  readonly languages: readonly Language[];
  readonly policies: PolicyFile;
  /** Whether this is a student's copy: without hidden checks and solutions. */
  readonly isStudentCopy: boolean;

  constructor(
    private readonly file: PackFile,
    private readonly sources: readonly LessonSource[],
    /** As it was read: for messages. */
    readonly place: string,
    private readonly yaml: PositionedYaml,
  ) {
    this.id = file.id;
    this.version = file.version;
    this.title = textOf(file.title);
    this.languages = file.languages ?? ['en', 'ko'];
    this.policies = file.policies ?? {};
    this.isStudentCopy = file.student ?? false;
  }

  get lessonIds(): readonly string[] {
    return this.sources.map((source) => source.id);
  }

  /** Whether neighbours have different tasks. */
  get hasParameters(): boolean {
    return variantCount(this.allParameters) > 1 || Object.keys(this.allParameters).length > 0;
  }

  private get allParameters(): Parameters {
    return Object.fromEntries([
      ...Object.entries(this.file.parameters ?? {}),
      ...this.sources.flatMap((source) =>
        Object.entries(source.parameters).map(([name, value]) => [`${source.id}/${name}`, value] as const),
      ),
    ]);
  }

  get variants(): number {
    return variantCount(this.allParameters);
  }

  /** Something wrong with a lesson at a place of its lesson.yaml; undefined when there is no such lesson. */
  problem(lesson: string, path: Path, message: string): Problem | undefined {
    return this.sources.find((source) => source.id === lesson)?.yaml.problem(path, message);
  }

  /** Something wrong within a text of a lesson's lesson.yaml. */
  problemIn(lesson: string, { path, text, offset, message }: TextProblem): Problem | undefined {
    return this.sources.find(({ id }) => id === lesson)?.yaml.problemIn(path, text, offset, message);
  }

  /** What has no effect, a slip of the pen most often: such a pack can be graded, and its author is told. */
  slips(): readonly Problem[] {
    const { late, deadline } = this.policies;
    const idle = late && deadline === undefined ? ['late counts from a deadline, and there is none'] : [];
    return [...idle.map((text) => this.yaml.problem(['policies'], text, 'late')), ...this.unusedParameters()];
  }

  private unusedParameters(): readonly Problem[] {
    const texts = ({ files }: LessonSource) => [files.en.text, files.ko.text];
    const everywhere = this.sources.flatMap((source) => [JSON.stringify(source.value) ?? '', ...texts(source)]);
    const unused = (yaml: PositionedYaml, parameters: Parameters, used: readonly string[]) =>
      unusedParameters(parameters, used).map((name) =>
        yaml.problem(['parameters'], `nothing uses the parameter ${name}`, name),
      );
    return [
      ...unused(this.yaml, this.file.parameters ?? {}, everywhere),
      ...this.sources.flatMap((source) => {
        const own = JSON.stringify(withoutParameters(source.value)) ?? '';
        return unused(source.yaml, source.parameters, [own, ...texts(source)]);
      }),
    ];
  }

  /** The stamp of this copy. */
  get stamp(): PackStamp {
    return { id: this.id, version: this.version, hash: this.isStudentCopy ? this.hashes.student : this.hashes.full };
  }

  private digests: { readonly full: string; readonly student: string } | undefined;

  /** Digests of the whole content and of what a student's copy has of it. Policies and hidden checks do not count: they may change while students work. */
  get hashes(): { readonly full: string; readonly student: string } {
    this.digests ??= { full: this.digestOf((value) => value, false), student: this.digestOf(playedValue, true) };
    return this.digests;
  }

  private digestOf(form: (value: unknown) => unknown, student: boolean): string {
    const shown = (text: string) => (student ? withoutComments(text).text : text);
    const lessons = this.sources.map(({ id, value, files }) => [
      id,
      withoutParameters(form(value)),
      shown(files.en.text),
      shown(files.ko.text),
    ]);
    // Parameters count by what a student's copy has of them: then both copies agree.
    const parameters = student
      ? this.studentParameters()
      : [this.file.parameters ?? {}, ...this.sources.map((source) => source.parameters)];
    return bytesToHex(
      sha256(encode(canonical(['kubetutor pack', this.id, this.version, this.languages, parameters, lessons]))),
    );
  }

  private studentParameters(): Parameters[] {
    const texts = this.sources.map(({ value, files }) => {
      const shown = [files.en, files.ko].map(({ text }) => withoutComments(text).text);
      return [JSON.stringify(withoutParameters(studentValue(value))), ...shown].join('\n');
    });
    const own = this.sources.map((source, index) => studentParameters(source.parameters, [texts[index] ?? '']));
    return [studentParameters(this.file.parameters ?? {}, [...texts, JSON.stringify(own)]), ...own];
  }

  /** The lessons as a student has them: parameters drawn, each world with a seed of its own. Problems are those of this draw. */
  lessonsFor(student: string): { lessons: readonly Lesson[]; problems: readonly Problem[] } {
    return this.read(
      (source) =>
        resolved(
          new Map([
            ['student', student],
            ...draw(this.file.parameters ?? {}, this.id, student, ''),
            ...draw(source.parameters, this.id, student, source.id),
          ]),
        ),
      (lesson) => studentSeed(this.id, student, lesson),
    );
  }

  /** Every lesson with draws that between them have every value of every parameter. */
  *provingVariants(): Generator<{
    readonly name: string;
    /** The same of those values alone that a lesson has to do with. */
    readonly nameFor: (lesson: string) => string;
    readonly lessons: readonly Lesson[];
    readonly problems: readonly Problem[];
  }> {
    const all = this.allParameters;
    const choices: readonly Choice[] = coveringChoices(all);
    for (const [index, choice] of choices.entries()) {
      const drawn = chosen(all, choice);
      const read = this.read(
        ({ id }) => resolved(new Map([['student', `student-${index + 1}`], ...drawnFor(drawn, id)])),
        undefined,
      );
      const describe = (some: Drawn) => (read.problems.length > 0 ? '' : describeDraw(resolvedAll(some)));
      yield { name: describe(drawn), nameFor: (lesson) => describe(drawnFor(drawn, lesson)), ...read };
    }
  }

  private read(drawFor: (source: LessonSource) => Drawn, seed: ((lesson: string) => string) | undefined) {
    const lessons: Lesson[] = [];
    const problems: Problem[] = [];
    for (const source of this.sources) {
      try {
        const found = this.readSource(source, drawFor(source), problems);
        problems.push(...found.problems);
        if (found.lesson) lessons.push(seed ? { ...found.lesson, seed: seed(found.lesson.id) } : found.lesson);
      } catch (error) {
        if (!(error instanceof TooLongError)) throw error;
        problems.push(source.yaml.problem(['parameters'], error.message));
      }
    }
    return { lessons, problems };
  }

  /** Raises TooLongError. */
  private readSource(source: LessonSource, drawn: Drawn, problems: Problem[]) {
    const budget = new Budget();
    const { files } = source;
    const fill = ({ name, text }: { name: string; text: string }) => ({
      name,
      text: fillText(
        text,
        drawn,
        (missing, at) => {
          // Which parameters there are, only a lesson.yaml that can be read says.
          if (isRecord(source.value)) problems.push(placeProblem(name, text, missing, at));
        },
        budget,
      ),
    });
    return readLesson(
      { yaml: files.yaml, en: fill(files.en), ko: fill(files.ko) },
      {
        yaml: source.yaml,
        ...(this.worlds ? { worlds: this.worlds } : {}),
        withoutSolutions: this.isStudentCopy,
        prepare: (value, say) => this.prepare(value, drawn, budget, say),
      },
    );
  }

  private prepare(value: unknown, drawn: Drawn, budget: Budget, say: (path: Path, message: string) => void): unknown {
    const filled = isRecord(value)
      ? {
          ...value,
          ...Object.fromEntries(
            Object.entries(value)
              .filter(([key]) => key !== 'parameters')
              .map(([key, item]) => [key, fillValue(item, drawn, say, budget, [key])]),
          ),
        }
      : value;
    return lessonInBoth(filled, this.languages);
  }

  /** The worlds there are, for the reader of lessons; undefined: any. */
  worlds: readonly string[] | undefined;

  /** The files of a student's copy: the same pack gives the same files. */
  studentFiles(stringify: (value: unknown) => string): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>();
    const parameters = this.studentParameters();
    const { policies: _, ...about } = this.file;
    const deadline = this.policies.deadline;
    const head = {
      ...about,
      parameters: parameters[0],
      lessons: this.lessonIds,
      ...(deadline === undefined && !this.policies.attempts
        ? {}
        : {
            policies: {
              ...(this.policies.attempts ? { attempts: this.policies.attempts } : {}),
              ...(deadline === undefined ? {} : { deadline }),
            },
          }),
      student: true,
    };
    files.set('pack.yaml', encode(stringify(present(head))));
    this.sources.forEach((source, index) => {
      const value = studentValue(source.value);
      const own = parameters[index + 1] ?? {};
      const rest = isRecord(value) ? withoutParameters(value) : value;
      const whole = isRecord(rest) && Object.keys(own).length > 0 ? { ...rest, parameters: own } : rest;
      files.set(`${source.folder}/lesson.yaml`, encode(stringify(whole)));
      for (const language of this.languages)
        files.set(`${source.folder}/text.${language}.md`, encode(withoutComments(source.files[language].text).text));
    });
    return files;
  }
}

function placeProblem(file: string, text: string, missing: string, at: number): Problem {
  const before = text.slice(0, at).split('\n');
  return {
    file,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: `there is no parameter ${missing}`,
  };
}

/** Values of all lessons with those in their places that they name: a lesson's own come first. */
function resolvedAll(drawn: Drawn): Drawn {
  return new Map(
    [...drawn].flatMap(([name]) => {
      const scope = name.slice(0, name.lastIndexOf('/') + 1);
      const seen = [...drawn].flatMap(([other, value]) => {
        if (!other.includes('/')) return [[other, value] as const];
        return other.startsWith(scope) && scope !== '' ? [[other.slice(scope.length), value] as const] : [];
      });
      const value = resolved(new Map(seen)).get(name.slice(scope.length));
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function describeDraw(drawn: Drawn): string {
  return [...drawn]
    .map(([name, value]) => `${name}=${shortened(typeof value === 'object' ? (Object.values(value)[0] ?? '') : value)}`)
    .join(', ');
}

/** The end of a long value, for that is where values of one list differ. */
function shortened(value: string | number): string {
  const letters = [...String(value)];
  return letters.length <= MAX_SHOWN ? String(value) : `…${letters.slice(1 - MAX_SHOWN).join('')}`;
}

const MAX_SHOWN = 40;

function withoutParameters(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { parameters: _, ...rest } = value;
  return rest;
}

function present(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(
      ([, value]) => value !== undefined && !(isRecord(value) && Object.keys(value).length === 0),
    ),
  );
}

/** JSON with its keys in order: the same content gives the same text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** The seed of a student's world: neighbours' Pods have different names. */
export function studentSeed(pack: string, student: string, lesson: string): string {
  return bytesToHex(sha256(encode(`kubetutor\n${pack}\n${student}\n${lesson}`))).slice(0, 32);
}

/** As a journal's first line has it. */
export function stampText({ id, version, hash }: PackStamp): string {
  return `${id}@${version}#${hash}`;
}

export function parseStamp(text: string): PackStamp | undefined {
  const [, id, version, hash] = /^([a-z0-9-]+)@(\d+)#([0-9a-f]{64})$/.exec(text) ?? [];
  return id === undefined || hash === undefined ? undefined : { id, version: Number(version), hash };
}

/** Of what was drawn what a lesson has to do with: its own values, and those of the whole pack. */
function drawnFor(drawn: Drawn, lesson: string): Drawn {
  return new Map(
    [...drawn].flatMap(([name, value]) => {
      if (!name.includes('/')) return [[name, value] as const];
      return name.startsWith(`${lesson}/`) ? [[name.slice(lesson.length + 1), value] as const] : [];
    }),
  );
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from '../../world/bytes.ts';
import type { Lesson } from '../lesson/lesson.ts';
import type { Problem } from '../lesson/problem.ts';
import type { Language, Text } from '../text.ts';
import { type PackStamp, studentSeed } from './pack.ts';
import type { PolicyFile } from './schema.ts';

/** What can be handed out and graded: a pack, or the built-in lessons. */
export interface Coursework {
  readonly id: string;
  readonly version: number;
  readonly title: Text;
  readonly languages: readonly Language[];
  readonly policies: PolicyFile;
  readonly isStudentCopy: boolean;
  readonly hashes: { readonly full: string; readonly student: string };
  readonly stamp: PackStamp;
  lessonsFor(student: string): { readonly lessons: readonly Lesson[]; readonly problems: readonly Problem[] };
}

/** The id that work with the built-in lessons names. */
export const BUILT_IN = 'kubetutor';

/** The built-in lessons as something to hand out. Everybody has them whole: solutions are part of them. */
export function builtInCoursework(lessons: readonly Lesson[]): Coursework {
  const hash = bytesToHex(sha256(encode(JSON.stringify(lessons))));
  return {
    id: BUILT_IN,
    version: 1,
    title: { en: 'The lessons of kubetutor', ko: 'kubetutor 레슨' },
    languages: ['en', 'ko'],
    policies: {},
    isStudentCopy: false,
    hashes: { full: hash, student: hash },
    stamp: { id: BUILT_IN, version: 1, hash },
    lessonsFor: (student) => ({
      lessons: lessons.map((lesson) => ({ ...lesson, seed: studentSeed(BUILT_IN, student, lesson.id) })),
      problems: [],
    }),
  };
}

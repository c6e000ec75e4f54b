import type { PolicyFile } from '../pack/schema.ts';
import type { GradedSubmission, GradeOutcome } from '../submission/grade-submission.ts';
import type { RefusalKind } from '../submission/refusal.ts';
import type { Text } from '../text.ts';

/** A file that was handed in, and what came of it by itself. */
export interface FileResult {
  readonly file: string;
  /** SHA-256 of the file: the same file is not graded twice. */
  readonly sha256: string;
  /** When it really came, where somebody said so: ms since 1970. Parts of a class are merged by it. */
  readonly received?: number;
  readonly outcome: GradeOutcome;
}

/** One accepted or refused file of a student, in its place among the others. */
export interface Attempt {
  readonly file: string;
  /** From 1, in the order they came; absent for what was not accepted. */
  readonly number?: number;
  /** ms since 1970. */
  readonly submitted?: number;
  /** Points before policies. */
  readonly score: number;
  readonly max: number;
  /** Points after what hints, shown solutions and lateness take off. */
  readonly points: number;
  /** ms after the deadline; 0 when in time. */
  readonly late: number;
  /** Percent of the maximum that lateness takes off. */
  readonly penalty: number;
  readonly counted: boolean;
  readonly refused?: { readonly kind: RefusalKind; readonly message: Text };
  /** What a person should know about it. */
  readonly notes: readonly Text[];
}

export interface StudentResult {
  readonly student: string;
  readonly name?: string;
  readonly status: 'graded' | 'refused' | 'missing';
  readonly points: number;
  readonly max: number;
  readonly attempts: readonly Attempt[];
  /** What a person has added. */
  readonly manual: number;
  readonly comment?: string;
  /** The attempt whose criteria are shown. */
  readonly shown?: GradedSubmission;
}

export interface ClassResults {
  readonly pack: {
    readonly id: string;
    readonly version: number;
    readonly title: Text;
    /** Digest of the content that was judged by (and of what was played, where that differs). */
    readonly hash?: string;
  };
  readonly version: string;
  readonly policies: PolicyFile;
  /** Which part of the class this is (`--shard`); absent when it is the whole. */
  readonly part?: { readonly index: number; readonly of: number };
  readonly files: readonly FileResult[];
  readonly students: readonly StudentResult[];
  /** Files that no student can be told of. */
  readonly unknown: readonly Attempt[];
}

/** Points and a comment that a person gives. */
export interface ManualEntry {
  /** Added to the sum; may be negative. */
  readonly points?: number;
  /** `LESSON/STEP/CHECK`: the points it has instead. */
  readonly checks?: Readonly<Record<string, number>>;
  readonly comment?: string;
}

export interface RosterEntry {
  readonly student: string;
  readonly name?: string;
}

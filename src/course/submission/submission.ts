import { gzipSync } from 'node:zlib';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from '../../world/bytes.ts';
import type { PackStamp } from '../pack/pack.ts';
import { VERSION } from '../version.ts';
import type { SessionKey } from './session-key.ts';

/** The format this version writes and reads. */
export const SUBMISSION_FORMAT = 1;
export const SUBMISSION_SUFFIX = '.kubetutor';

/** One lesson's journal, as it lies on the student's disk. */
export interface SubmittedLesson {
  readonly lesson: string;
  readonly seed: string;
  /** Inputs in the journal: a file that was cut shows. */
  readonly inputs: number;
  /** SHA-256 of the journal, which chains its lines. */
  readonly digest: string;
  readonly journal: string;
}

/** What a student hands in. */
export interface Submission {
  readonly format: number;
  /** Of kubetutor. */
  readonly version: string;
  readonly pack: PackStamp;
  readonly student: string;
  /** When it was written by the student's clock, ms since 1970: a claim. */
  readonly submitted: number;
  readonly key: string;
  readonly lessons: readonly SubmittedLesson[];
  readonly signature: string;
}

export interface SubmissionParts {
  /** Of kubetutor, as the journals have it. */
  readonly version?: string;
  readonly pack: PackStamp;
  readonly student: string;
  readonly submitted: number;
  readonly lessons: readonly Omit<SubmittedLesson, 'digest'>[];
}

/** The bytes of a submission: gzip of one JSON object. */
export function writeSubmission(parts: SubmissionParts, key: SessionKey): Uint8Array {
  const lessons = parts.lessons.map((lesson) => ({ ...lesson, digest: digestOf(lesson.journal) }));
  const unsigned = {
    ...parts,
    lessons,
    format: SUBMISSION_FORMAT,
    version: parts.version ?? VERSION,
    key: key.publicKey,
  };
  return packSubmission({ ...unsigned, signature: key.sign(signedText(unsigned)) });
}

export function packSubmission(submission: Submission): Uint8Array {
  const { format, version, pack, student, submitted, key, lessons, signature } = submission;
  const plain = { kubetutor: 'submission', format, version, pack, student, submitted, key, lessons, signature };
  const zipped = gzipSync(encode(JSON.stringify(plain)), { level: 9 });
  zipped[9] = 0xff;
  return zipped;
}

export function digestOf(journal: string): string {
  return bytesToHex(sha256(encode(journal)));
}

/** What is signed: everything but the journals themselves, which their digests stand for. */
export function signedText(submission: Omit<Submission, 'signature'>): string {
  const { format, version, pack, student, submitted, key, lessons } = submission;
  const parts = lessons.map(({ lesson, seed, inputs, digest }) => [lesson, seed, inputs, digest]);
  return JSON.stringify([
    'kubetutor submission',
    format,
    version,
    pack.id,
    pack.version,
    pack.hash,
    student,
    submitted,
    key,
    parts,
  ]);
}

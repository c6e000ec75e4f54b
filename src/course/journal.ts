import { createHash } from 'node:crypto';
import { concat, decode, encode } from '../world/bytes.ts';
import { type Input, isRecord, parseInput } from './input.ts';
import { isLanguage, type Language, type Text } from './text.ts';

/** The format this version writes and reads. */
export const JOURNAL_FORMAT = 1;

/** The first line: all that a world needs to start, and who wrote it. */
export interface JournalHeader {
  /** The version of kubetutor that writes it: only that one can replay it exactly. */
  readonly version: string;
  /** Absent in a sandbox. */
  readonly lesson?: { readonly id: string; readonly version: number };
  readonly world: string;
  readonly seed: string;
  readonly language: Language;
  /** Host time, ms since 1970: for people only. */
  readonly created: number;
  readonly student?: string;
  /** `ID@VERSION#DIGEST` of the pack that was played. */
  readonly pack?: string;
  /** Public key (ed25519, base64url) that a submission of this journal is signed with. */
  readonly key?: string;
}

/** A line after the first. */
export type Entry =
  | { readonly kind: 'input'; readonly input: Input }
  /** From here on only the first `keep` inputs count, and the clock is back at `t`. What was `shown` stays seen. */
  | { readonly kind: 'rewind'; readonly keep: number; readonly t: number; readonly shown?: readonly Shown[] }
  /** Where the learner is, for people, lists and other versions; a replay passes over it. */
  | { readonly kind: 'note'; readonly step: string; readonly finished: readonly string[] };

/** Help that a learner has had with a step. */
export interface Shown {
  readonly step: string;
  readonly hints: number;
  readonly solution: boolean;
}

/** What a journal's bytes say. */
export interface JournalContent {
  readonly header: JournalHeader;
  readonly entries: readonly Entry[];
  /** Length of the whole lines that are right, in bytes. */
  readonly goodBytes: number;
  /** The digest that the next line continues. */
  readonly digest: string;
  /** What had to be left out, to be told to the learner. */
  readonly message: Text | undefined;
}

/** A journal that cannot be used at all. */
export class JournalError extends Error {
  constructor(readonly text: Text) {
    super(text.en);
  }
}

/** Hexadecimal digits of the chained digest in each line. */
const DIGEST_LENGTH = 16;

/** Digest of a line, given that of the line before it: a line that was changed, left out or put in shows. */
function chain(previous: string, line: string): string {
  return createHash('sha256').update(`${previous}\n${line}`).digest('hex').slice(0, DIGEST_LENGTH);
}

/** One line with its digest, and the digest. `value` is plain data. */
function seal(previous: string, value: object): { line: Uint8Array; digest: string } {
  const body = JSON.stringify(value);
  const digest = chain(previous, body);
  return { line: encode(`${body.slice(0, -1)},"h":"${digest}"}\n`), digest };
}

export function sealHeader(header: JournalHeader): { line: Uint8Array; digest: string } {
  return seal('', { kubetutor: 'journal', format: JOURNAL_FORMAT, ...header });
}

export function sealEntry(previous: string, entry: Entry): { line: Uint8Array; digest: string } {
  if (entry.kind === 'input') return seal(previous, entry.input);
  return seal(previous, entry);
}

const LF = 0x0a;

/**
 * Reads a journal. A last line that was cut off is left out, with a message; so is everything from the first line on
 * that is not what was written. Raises JournalError when not even the header can be used, or a newer kubetutor wrote it.
 */
export function readJournal(bytes: Uint8Array): JournalContent | undefined {
  let header: JournalHeader | undefined;
  const entries: Entry[] = [];
  let digest = '';
  let at = 0;
  let message: Text | undefined;
  for (let number = 1; at < bytes.length; number++) {
    const end = bytes.indexOf(LF, at);
    const line = end < 0 ? undefined : unseal(digest, decode(bytes.subarray(at, end)));
    if (!line) {
      message = end < 0 ? tornText() : damagedText(number);
      break;
    }
    if (!header) header = parseHeader(line.value);
    else entries.push(parseEntry(line.value, number));
    digest = line.digest;
    at = end + 1;
  }
  if (header) return { header, entries, goodBytes: at, digest, message };
  if (message && bytes.indexOf(LF) >= 0) throw new JournalError(notAJournalText());
  return undefined;
}

/** Undefined when the line is not what was written. */
function unseal(previous: string, text: string): { value: Record<string, unknown>; digest: string } | undefined {
  const match = /^(\{.*),"h":"([0-9a-f]+)"\}$/s.exec(text);
  const body = `${match?.[1] ?? ''}}`;
  const digest = match?.[2];
  if (digest === undefined || chain(previous, body) !== digest) return undefined;
  const value: unknown = JSON.parse(body);
  return isRecord(value) ? { value, digest } : undefined;
}

function parseHeader(value: Record<string, unknown>): JournalHeader {
  if (value['kubetutor'] !== 'journal') throw new JournalError(notAJournalText());
  if (typeof value['format'] === 'number' && value['format'] > JOURNAL_FORMAT) {
    throw new JournalError(newerText(String(value['version'])));
  }
  const { version, world, seed, language, created, lesson, student, pack, key } = value;
  if (typeof version !== 'string' || typeof world !== 'string' || typeof seed !== 'string') {
    throw new JournalError(notAJournalText());
  }
  return {
    version,
    world,
    seed,
    language: typeof language === 'string' && isLanguage(language) ? language : 'en',
    created: typeof created === 'number' ? created : 0,
    ...(isRecord(lesson) ? { lesson: { id: String(lesson['id']), version: Number(lesson['version']) } } : {}),
    ...(typeof student === 'string' ? { student } : {}),
    ...(typeof pack === 'string' ? { pack } : {}),
    ...(typeof key === 'string' ? { key } : {}),
  };
}

function parseEntry(value: Record<string, unknown>, line: number): Entry {
  const { kind, keep, t, step, finished, shown } = value;
  if (kind === 'rewind' && typeof keep === 'number' && typeof t === 'number') {
    return { kind, keep, t, ...(Array.isArray(shown) ? { shown: shown.flatMap((one) => parseShown(one) ?? []) } : {}) };
  }
  if (kind === 'note' && typeof step === 'string' && Array.isArray(finished)) {
    return { kind, step, finished: finished.map(String) };
  }
  const input = parseInput(value);
  if (!input) throw new JournalError(unknownEntryText(line));
  return { kind: 'input', input };
}

function parseShown(value: unknown): Shown | undefined {
  if (!isRecord(value) || typeof value['step'] !== 'string') return undefined;
  return {
    step: value['step'],
    hints: Math.min(100, Math.max(0, Math.floor(Number(value['hints']) || 0))),
    solution: value['solution'] === true,
  };
}

/** The help that was had with a step and taken back: it was seen all the same. */
export function shownBefore(entries: readonly Entry[], step: string): { hints: number; solution: boolean } {
  const all = entries.flatMap((entry) => (entry.kind === 'rewind' ? (entry.shown ?? []) : []));
  const mine = all.filter((shown) => shown.step === step);
  return { hints: Math.max(0, ...mine.map((shown) => shown.hints)), solution: mine.some((shown) => shown.solution) };
}

/** What counts after all rewinds, and until when the clock has run at least. */
export function effectiveInputs(entries: readonly Entry[]): { inputs: Input[]; until: number } {
  const inputs: Input[] = [];
  let until = 0;
  for (const entry of entries) {
    if (entry.kind === 'input') {
      inputs.push(entry.input);
      until = entry.input.t;
    } else if (entry.kind === 'rewind') {
      inputs.length = Math.min(inputs.length, entry.keep);
      until = entry.t;
    }
  }
  return { inputs, until };
}

/** The bytes of a whole journal. */
export function writeJournal(header: JournalHeader, entries: readonly Entry[]): Uint8Array {
  let { line, digest } = sealHeader(header);
  const lines = [line];
  for (const entry of entries) {
    ({ line, digest } = sealEntry(digest, entry));
    lines.push(line);
  }
  return concat(lines);
}

function tornText(): Text {
  return {
    en: 'The last line of the journal was not written to its end and is left out.',
    ko: '저널의 마지막 줄이 끝까지 기록되지 않아 제외했습니다.',
  };
}

function damagedText(line: number): Text {
  return {
    en: `The journal is damaged from line ${line} on; what comes before it is used, and the whole file is kept as .damaged.`,
    ko: `저널이 ${line}번째 줄부터 손상되어 그 앞부분만 사용합니다. 원래 파일은 .damaged로 남겨 둡니다.`,
  };
}

function notAJournalText(): Text {
  return { en: 'This is not a journal of kubetutor.', ko: 'kubetutor의 저널이 아닙니다.' };
}

function unknownEntryText(line: number): Text {
  return {
    en: `Line ${line} of the journal is of a kind that this kubetutor does not know. Update kubetutor.`,
    ko: `저널의 ${line}번째 줄은 이 kubetutor가 모르는 종류입니다. kubetutor를 업데이트하세요.`,
  };
}

function newerText(version: string): Text {
  return {
    en: `A newer kubetutor (${version}) wrote this journal. Update kubetutor, or start the lesson afresh.`,
    ko: `더 새로운 kubetutor(${version})가 쓴 저널입니다. kubetutor를 업데이트하거나 레슨을 새로 시작하세요.`,
  };
}

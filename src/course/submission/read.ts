import { gunzipSync } from 'node:zlib';
import { decode, encode } from '../../world/bytes.ts';
import { type Input, isRecord } from '../input.ts';
import { type JournalContent, JournalError, readJournal } from '../journal.ts';
import { isStudentId, stampText } from '../pack/pack.ts';
import { VERSION } from '../version.ts';
import { otherVersion, RefusalError } from './refusal.ts';
import { MAX_SPAN } from './replay-journal.ts';
import { isSignedBy } from './session-key.ts';
import { digestOf, SUBMISSION_FORMAT, type Submission, type SubmittedLesson, signedText } from './submission.ts';

/** Bounds on what is read at all. A lesson typed for a day is far below them. */
export const MAX_FILE = 8_000_000;
const MAX_TEXT = 64_000_000;
const MAX_DEPTH = 16;
const MAX_INPUTS = 200_000;
const MAX_LESSONS = 500;
/** Years 1970 to 9999: a clock may be wrong, but it is a clock. */
const MAX_TIME = Date.UTC(9999, 11, 31);
/** What names must look like before a message repeats them: whoever reads it may act on it. */
const VERSION_FORM = /^\d+\.\d+\.\d+[\w.+-]{0,40}$/;
const ID_FORM = /^[a-z0-9-]{1,100}$/;
const HASH_FORM = /^[0-9a-f]{64}$/;

/** A submission that is whole: what it says of itself holds together. */
export interface ReadSubmission {
  readonly submission: Submission;
  readonly journals: ReadonlyMap<string, JournalContent>;
}

/** Reads what somebody handed in. Raises RefusalError; takes bounded time and memory whatever it is. */
export function readSubmission(bytes: Uint8Array): ReadSubmission {
  const submission = parse(unzip(bytes));
  const journals = new Map<string, JournalContent>();
  for (const lesson of submission.lessons) {
    if (journals.has(lesson.lesson))
      throw edited(`two journals of ${lesson.lesson}`, `${lesson.lesson}의 저널이 둘입니다`);
    const content = readLesson(lesson, submission.version);
    agree(submission, lesson, content);
    journals.set(lesson.lesson, content);
  }
  if (!isSignedBy(submission.key, signedText(submission), submission.signature)) {
    throw new RefusalError(
      'forged',
      'The signature is not that of the key that the journals name: somebody put this file together without it.',
      '서명이 저널에 적힌 키의 것이 아닙니다. 그 키 없이 만든 파일입니다.',
    );
  }
  return { submission, journals };
}

function unzip(bytes: Uint8Array): string {
  if (bytes.length > MAX_FILE)
    throw bomb(`the file is larger than ${MAX_FILE / 1e6} MB`, `파일이 ${MAX_FILE / 1e6} MB보다 큽니다`);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    const text = decode(bytes.subarray(bytes[0] === 0xef ? 3 : 0));
    if (text.startsWith('{')) return text;
    throw foreign(...whatElse(bytes));
  }
  try {
    return decode(gunzipSync(bytes, { maxOutputLength: MAX_TEXT }));
  } catch (error) {
    if (error instanceof RangeError)
      throw bomb(`it unpacks to more than ${MAX_TEXT / 1e6} MB`, `압축을 풀면 ${MAX_TEXT / 1e6} MB를 넘습니다`);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'Z_BUF_ERROR') throw cut();
    throw edited('its data is damaged, or something was added to it', '데이터가 손상되었거나 무언가 덧붙었습니다');
  }
}

/** What people hand in instead. */
function whatElse(bytes: Uint8Array): [string, string] | [] {
  if (bytes.length === 0) return ['The file is empty.', '파일이 비어 있습니다.'];
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    return [
      'It is a zip archive: take the .kubetutor file out of it.',
      'zip 아카이브입니다. 안의 .kubetutor 파일을 꺼내세요.',
    ];
  if (decode(bytes.subarray(0, 8)).startsWith('\x1f\ufffd'))
    return [
      'It was sent as a text, which damages it. Hand in the file itself.',
      '텍스트로 전송되어 손상되었습니다. 파일 그대로 제출하세요.',
    ];
  return [];
}

function parse(text: string): Submission {
  if (depthOf(text) > MAX_DEPTH) throw bomb('it is nested too deeply', '중첩이 너무 깊습니다');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (!text.startsWith('{"kubetutor":"submission"')) throw foreign();
    throw text.trimEnd().endsWith('}') ? edited('it is no JSON any more', 'JSON이 아닙니다') : cut();
  }
  if (!isRecord(value) || value['kubetutor'] !== 'submission') throw foreign();
  if (typeof value['format'] === 'number' && value['format'] > SUBMISSION_FORMAT) {
    throw new RefusalError(
      'version',
      `A newer kubetutor (${String(value['version'])}) wrote this submission.`,
      `더 새로운 kubetutor(${String(value['version'])})가 쓴 제출물입니다.`,
    );
  }
  const { format, version, pack, student, submitted, key, lessons, signature } = value;
  const known =
    format === SUBMISSION_FORMAT &&
    typeof version === 'string' &&
    isRecord(pack) &&
    typeof student === 'string' &&
    typeof submitted === 'number' &&
    typeof key === 'string' &&
    Array.isArray(lessons) &&
    typeof signature === 'string';
  if (!known) throw edited('a field of it is missing or of another kind', '필드가 없거나 종류가 다릅니다');
  const stamp = { id: String(pack['id']), version: Number(pack['version']), hash: String(pack['hash']) };
  const formed =
    VERSION_FORM.test(version) && ID_FORM.test(stamp.id) && HASH_FORM.test(stamp.hash) && stamp.version > 0;
  if (!formed)
    throw edited('what it says of kubetutor and of its pack is none', 'kubetutor와 팩에 대한 값이 올바르지 않습니다');
  if (!(submitted >= 0 && submitted <= MAX_TIME))
    throw edited('the time of handing in is none', '제출 시각이 올바르지 않습니다');
  if (!isStudentId(student)) throw edited('the id of the student is none', '학생 id가 올바르지 않습니다');
  if (lessons.length > MAX_LESSONS) throw bomb('it has too many lessons', '레슨이 너무 많습니다');
  return {
    format,
    version,
    pack: stamp,
    student,
    submitted,
    key,
    lessons: lessons.map(parseLesson),
    signature,
  };
}

function parseLesson(value: unknown): SubmittedLesson {
  if (isRecord(value)) {
    const { lesson, seed, inputs, digest, journal } = value;
    const known =
      typeof lesson === 'string' && ID_FORM.test(lesson) && typeof seed === 'string' && typeof inputs === 'number';
    if (known && typeof digest === 'string' && typeof journal === 'string')
      return { lesson, seed, inputs, digest, journal };
  }
  throw edited('a lesson of it is not as it was written', '레슨 하나가 기록된 그대로가 아닙니다');
}

/** How deep brackets are nested, outside of strings; stops counting when it is too deep. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      deepest = Math.max(deepest, ++depth);
      if (deepest > MAX_DEPTH) return deepest;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

function readLesson(lesson: SubmittedLesson, version: string): JournalContent {
  let lines = 0;
  for (let i = lesson.journal.indexOf('\n'); i >= 0; i = lesson.journal.indexOf('\n', i + 1)) lines++;
  if (lines > MAX_INPUTS) throw bomb(`more than ${MAX_INPUTS} inputs`, `입력이 ${MAX_INPUTS}개를 넘습니다`);
  for (const line of lesson.journal.split('\n'))
    if (depthOf(line) > MAX_DEPTH) throw bomb('it is nested too deeply', '중첩이 너무 깊습니다');
  let content: JournalContent | undefined;
  try {
    content = readJournal(encode(lesson.journal));
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    // What this kubetutor cannot read, the one that wrote it may.
    if (version !== VERSION) throw otherVersion(version);
    throw edited('its journal holds what kubetutor never writes', 'kubetutor가 쓰지 않는 내용이 저널에 있습니다');
  }
  if (!content) throw cut();
  const inputs = content.entries.length;
  if (content.message) {
    const whole = !lesson.journal.endsWith('\n') && content.goodBytes > encode(lesson.journal).lastIndexOf(0x0a);
    const line = inputs + 2;
    throw whole ? cut() : edited(`line ${line} of its journal is another`, `저널의 ${line}번째 줄이 다릅니다`);
  }
  if (inputs < lesson.inputs) throw cut();
  if (inputs !== lesson.inputs || digestOf(lesson.journal) !== lesson.digest)
    throw edited('the journal is not the one that was handed in', '제출할 때의 저널이 아닙니다');
  return content;
}

/** What the first line of a journal says must be what the submission says. */
function agree(submission: Submission, lesson: SubmittedLesson, content: JournalContent): void {
  const { header } = content;
  if (header.student !== submission.student) {
    const whose = header.student !== undefined && isStudentId(header.student) ? header.student : undefined;
    throw new RefusalError(
      'student',
      `It says that it is ${submission.student}'s, but the journal is that of ${whose ?? 'nobody'}.`,
      `${submission.student}의 것이라고 하지만 저널은 ${whose ?? '아무개'}의 것입니다.`,
    );
  }
  const same =
    header.pack === stampText(submission.pack) &&
    header.key === submission.key &&
    header.seed === lesson.seed &&
    header.lesson?.id === lesson.lesson;
  if (!same)
    throw edited('the journal begins otherwise than the submission says', '저널의 첫머리가 제출물의 내용과 다릅니다');
  if (!VERSION_FORM.test(header.version))
    throw edited('its journal names no kubetutor', '저널에 적힌 버전이 올바르지 않습니다');
  let time = 0;
  let first: number | undefined;
  let inputs = 0;
  /** The place of the input that begins the lesson: a window of another size may come before it. */
  let begun = Number.POSITIVE_INFINITY;
  for (const entry of content.entries) {
    if (entry.kind === 'note') continue;
    inputs = entry.kind === 'rewind' ? keptOf(entry.keep, inputs) : inputs + 1;
    if (begun > inputs) begun = Number.POSITIVE_INFINITY;
    if (entry.kind === 'input' && checkInput(entry.input, begun < inputs)) begun = inputs;
    const { t } = entry.kind === 'input' ? entry.input : entry;
    if (entry.kind === 'input' && t < time) throw edited('time runs backwards in it', '시간이 거꾸로 갑니다');
    time = t;
    first ??= t;
    if (!(t - first <= MAX_SPAN)) throw bomb('it spans more than 60 days', '60일이 넘는 시간에 걸쳐 있습니다');
  }
}

/** Going back leaves some of the inputs there are. Raises RefusalError. */
function keptOf(keep: number, inputs: number): number {
  if (Number.isInteger(keep) && keep >= 0 && keep <= inputs) return keep;
  throw edited('it goes back to where it never was', '있지도 않았던 곳으로 되돌아갑니다');
}

/** What a session writes: bytes that are bytes, and one beginning. Gives whether it is that. Raises RefusalError. */
function checkInput(input: Input, begun: boolean): boolean {
  if ((input.kind === 'type64' || input.kind === 'file64') && !BASE64.test(input.data))
    throw edited('bytes in its journal are none', '저널의 바이트가 올바르지 않습니다');
  const begins = input.kind === 'action' && input.action === 'begin';
  if (begins && begun) throw edited('its lesson begins a second time', '레슨이 두 번 시작합니다');
  return begins;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function bomb(en: string, ko: string): RefusalError {
  return new RefusalError(
    'bomb',
    `It is not graded, for it would take too much: ${en}.`,
    `너무 큰 부담이 되어 채점하지 않습니다: ${ko}.`,
  );
}

function edited(en: string, ko: string): RefusalError {
  return new RefusalError('edited', `It was changed after it was written: ${en}.`, `기록된 뒤에 바뀌었습니다: ${ko}.`);
}

function cut(): RefusalError {
  return new RefusalError(
    'cut',
    'Its end is missing: the file was cut off. Hand it in again.',
    '끝부분이 없습니다. 파일이 잘렸으니 다시 제출하세요.',
  );
}

function foreign(en = '', ko = ''): RefusalError {
  return new RefusalError(
    'foreign',
    `This is no submission of kubetutor. ${en}`.trim(),
    `kubetutor의 제출물이 아닙니다. ${ko}`.trim(),
  );
}

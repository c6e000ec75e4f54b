import type { Language } from '../../../course/text.ts';

/** Words of results: for tables and pages. */
const EN = {
  student: 'Student',
  name: 'Name',
  points: 'Points',
  of: 'of',
  status: 'Status',
  graded: 'graded',
  refused: 'not accepted',
  missing: 'nothing handed in',
  attempts: 'Attempts',
  attempt: 'Attempt',
  file: 'File',
  handedIn: 'Handed in (by the student’s clock, unless a list of receipts was given)',
  late: 'late',
  deadline: 'Deadline',
  attemptRule: (max: number | undefined, count: 'best' | 'last' | 'first' | 'average') =>
    `${max === undefined ? 'any number of attempts' : max === 1 ? 'one attempt' : `${max} attempts at most`}, ${count === 'average' ? 'their average counts' : `the ${count} counts`}`,
  counts: 'counts',
  comment: 'Comment',
  find: 'Find',
  byHand: 'Added by hand',
  criterion: 'Criterion',
  result: 'Result',
  passed: 'met',
  failed: 'not met',
  undecided: 'not judged',
  expected: 'Expected',
  actual: 'Found',
  why: 'Why',
  class: 'Class',
  students: 'students',
  mean: 'Mean',
  median: 'Median',
  distribution: 'How the points are spread',
  distributionOf: (count: number, from: number, to: number) => `${count} with ${from}–${to} %`,
  hardest: 'Hardest criteria',
  met: 'met it',
  steps: 'Steps',
  step: 'Step',
  reached: 'Reached',
  finished: 'All criteria met',
  time: 'Time, median',
  slowest: 'longest',
  hints: 'Hints',
  stuck: 'Stopped here',
  solution: 'solution shown',
  changes: 'What the new grading changes',
  before: 'Before',
  after: 'After',
  problems: 'Files that were not accepted',
  lines: 'lines entered',
  asked: 'checks asked for',
  notReached: 'not reached',
  proves:
    'A submission is a replay: points are for the state that the recorded keystrokes lead to. Nothing in a file can show who pressed the keys.',
  back: 'The class',
  none: 'none',
};

export type Words = typeof EN;

const KO: Words = {
  student: '학생',
  name: '이름',
  points: '점수',
  of: '/',
  status: '상태',
  graded: '채점됨',
  refused: '받아들이지 않음',
  missing: '제출 없음',
  attempts: '시도',
  attempt: '시도',
  file: '파일',
  handedIn: '제출 시각 (수신 목록이 없으면 학생 컴퓨터의 시계)',
  late: '늦음',
  deadline: '마감',
  attemptRule: (max, count) =>
    `${max === undefined ? '시도 횟수 제한 없음' : `시도는 ${max}번까지`}, ${{ best: '가장 높은 점수', last: '마지막 시도', first: '첫 시도', average: '평균' }[count]} 인정`,
  counts: '인정',
  comment: '의견',
  find: '찾기',
  byHand: '직접 더한 점수',
  criterion: '기준',
  result: '결과',
  passed: '충족',
  failed: '미충족',
  undecided: '판정 안 함',
  expected: '기대',
  actual: '실제',
  why: '이유',
  class: '반',
  students: '학생 수',
  mean: '평균',
  median: '중앙값',
  distribution: '점수 분포',
  distributionOf: (count: number, from: number, to: number) => `${from}~${to} %: ${count}명`,
  hardest: '가장 어려운 기준',
  met: '충족',
  steps: '단계',
  step: '단계',
  reached: '도달',
  finished: '모든 기준 충족',
  time: '시간(중앙값)',
  slowest: '최장',
  hints: '힌트',
  stuck: '여기서 멈춤',
  solution: '풀이를 봄',
  changes: '다시 채점해서 바뀐 것',
  before: '이전',
  after: '이후',
  problems: '받아들이지 않은 파일',
  lines: '입력한 줄',
  asked: '채점 요청',
  notReached: '도달하지 않음',
  proves:
    '제출물은 재생한 것입니다. 점수는 기록된 키 입력이 도달한 상태에 대한 것입니다. 누가 키를 눌렀는지는 어떤 파일로도 알 수 없습니다.',
  back: '반 전체',
  none: '없음',
};

export function words(language: Language): Words {
  return language === 'ko' ? KO : EN;
}

/** `1:05:09` or `5:09`. */
export function clockTime(seconds: number): string {
  const s = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(s % 60)}` : `${minutes}:${pad(s % 60)}`;
}

/** A moment in the zone of the deadline, where there is one: that is where the class lives. */
export function dateTime(ms: number, deadline: string | undefined): string {
  const [, sign, hours = 0, minutes = 0] = /([+-])(\d\d):(\d\d)$/.exec(deadline ?? '') ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const local = new Date(ms + offset * 60_000).toISOString().replace('T', ' ').slice(0, 16);
  return `${local} ${sign === undefined ? 'UTC' : (deadline ?? '').slice(-6)}`;
}

/** `2d 3h 5m` of a lateness: to the minute, for another day may begin with it. */
export function lateness(ms: number, language: Language = 'en'): string {
  const minutes = Math.ceil(ms / 60_000);
  const amounts = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const units = language === 'ko' ? ['일', '시간', '분'] : ['d', 'h', 'm'];
  return amounts.flatMap((amount, at) => (amount === 0 ? [] : [`${amount}${units[at]}`])).join(' ') || `0${units[2]}`;
}

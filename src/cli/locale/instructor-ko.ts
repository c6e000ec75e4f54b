import type { InstructorMessages } from './instructor-messages.ts';

export const instructorKo: InstructorMessages = {
  newKind: (kind) => `${kind}: pack, lesson, exercise 중 하나여야 합니다`,
  newName: (name) => `${JSON.stringify(name)}은(는) id로 쓸 수 없습니다. a-z, 0-9와 단일 -만 됩니다`,
  newExists: (place) => `${place}이(가) 이미 있습니다`,
  newNeedsPack: (place) =>
    `${place}은(는) 팩 안에 있지 않습니다. \`kubetutor new pack 이름\`으로 팩을 만들고 이름/${place}처럼 쓰세요`,
  newNext: (place) => `다음: \`kubetutor preview ${place}\`, \`kubetutor lint --prove ${place}\``,
  previewFor: (student, variants) =>
    `${student}에게 보이는 그대로입니다${variants > 1 ? `. 서로 다른 문제는 ${variants}가지입니다 (--student ID로 다른 학생의 것을 봅니다)` : ''}.`,
  hidden: '숨김: 강사용에만 있음',
  hiddenChecks: (count, points) => `그리고 강사용에만 있는 기준 ${count}개 (${points}점)`,
  hint: (number) => `힌트 ${number}:`,
  packNeedsStudent: '--student를 붙이세요. 숨긴 검사, 풀이, 오답, 증상을 뺀 학생용을 만듭니다',
  packWritten: (lessons, hash) =>
    `레슨 ${lessons}개의 학생용입니다. 내용 ${hash}. 원본 폴더는 채점에 필요하니 보관하세요.`,
  packOk: (id, lessons, variants, proved) =>
    `${id}: 레슨 ${lessons}개에 이상이 없습니다. 서로 다른 문제 ${variants}가지${proved > 0 ? ` 중 ${proved}가지를 풀어 보았습니다` : ''}.`,
  provesVariant: (pack, number, of, draw) => `${pack}: 확인 중 ${number}/${of}${draw === '' ? '' : ` (${draw})`} …`,
  whoAreYou: '누구신가요? --student ID로 한 번만 알려 주세요 (강사가 아는 id).',
  packGone: (place) => `하던 팩이 ${place}에 더 이상 없습니다. --pack 경로로 알려 주세요.`,
  badStudent: (id) => `${JSON.stringify(id)}은(는) 학생 id로 쓸 수 없습니다. 글자, 숫자, . _ @ + - 로 64자까지`,
  nothingToSubmit: '아직 제출할 것이 없습니다. `kubetutor start --pack 팩 --student ID`로 시작하세요.',
  leftOut: (lessons) =>
    `다른 버전의 팩이나 kubetutor로 한 것이라 들어 있지 않습니다: ${lessons}. 다시 시작하면 처음부터 합니다.`,
  otherKey: (lessons) =>
    `다른 키로 한 것이라 들어 있지 않습니다(다른 컴퓨터에서 했거나 keys/session.pem을 잃어버렸습니다): ${lessons}. 그 키가 있는 곳에서 제출하세요.`,
  passedOver: (files, count) => `.kubetutor가 아니어서 채점하지 않은 파일 ${count}개: ${files}`,
  unknownStudents: (file, names) => `${file}: 제출하지 않았고 --roster 명단에도 없어 반영하지 않은 학생: ${names}`,
  unknownCriteria: (file, names) => `${file}: 그런 기준이 없어 반영하지 않은 것: ${names}`,
  unknownFiles: (file, names) => `${file}: 제출되지 않은 파일: ${names}`,
  twoNames: (student, one, other) => `${student}의 이름이 둘입니다: ${one}, ${other}`,
  badTime: (file, time) =>
    `${file}: ${JSON.stringify(time)}은(는) 시간대까지 적은 시각이 아닙니다. 2026-12-01T10:00+09:00이나 2026-12-01 01:00:00Z처럼 쓰세요`,
  partsMissing: (parts, of) => `반 전체의 결과가 아닙니다. 전체 ${of}개 중 ${parts}번이 없습니다.`,
  submitted: (file, lessons, inputs) => `${file}: 레슨 ${lessons}개, 입력 ${inputs}개. 이 파일을 제출하세요.`,
  notBegun: (lessons) => `시작하지 않아 들어 있지 않은 레슨: ${lessons}`,
  notStarted: (lesson) => `${lesson}은(는) 시작하지 않았습니다.`,
  noFile: (file) => `${file}이(가) 없습니다.`,
  noFiles: (place) => `${place}에 제출물(*.kubetutor)이 없습니다.`,
  packNotGiven: '팩으로 만든 제출물이 있습니다. --pack 경로로 그 팩을 알려 주세요.',
  grading: (done, of, rate) => `${of}개 중 ${done}개 채점, 초당 ${rate}`,
  graded: (count, seconds, rate, refused) =>
    `${count}개를 ${seconds}초에 채점했습니다 (초당 ${rate})${refused > 0 ? `. 받아들일 수 없는 것 ${refused}개` : ''}`,
  pages: (place) => `페이지: ${place}`,
  badShard: (text) => `--shard ${text}: 1/n부터 n/n까지 i/n으로 씁니다`,
  badNumber: (option, value) => `${option} ${value}: 0보다 큰 수를 쓰세요`,
  imported: (count, place) => `연습 문제 ${count}개를 ${place}에 만들었습니다`,
  importLeft: '어느 연습 문제의 것이든 가져오지 않은 것:',
  importNothing: (place) => `${place}에 validate.sh나 verify.sh가 있는 폴더가 없습니다.`,
  replayEnd: '여기까지입니다.',
};

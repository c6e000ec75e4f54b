import type { CliMessages } from './messages.ts';

export const ko: CliMessages = {
  noSuchLesson: (id) => `${id}라는 레슨이 없습니다. \`kubetutor list\`로 목록을 보세요.`,
  noSuchWorld: (world, worlds) => `${world}라는 월드가 없습니다. 있는 것: ${worlds}`,
  cannotRead: (file, detail) => `${file}을(를) 읽을 수 없습니다: ${detail}`,
  badOption: (option, value) => `${option}: ${JSON.stringify(value)}은(는) 쓸 수 없는 값입니다`,
  unknownCommand: (name, hint) => `오류: '${name}'은(는) 모르는 명령입니다\n이렇게 해 보세요: ${hint}`,
  unknownOption: (option) => `모르는 옵션 ${option}`,
  needsValue: (option) => `${option}에는 값이 필요합니다`,
  runHelp: `사용법: kubetutor run [옵션]... [스크립트 | -] [인자]...
새 월드에서 bash 스크립트를 실행합니다. 기다리는 시간은 건너뜁니다. 출력과 종료 상태는 스크립트의 것입니다.

  --world W          월드 (기본값: default)
  --seed S           난수의 씨앗 (기본값: 1)
  --copy HOST=PATH   이 컴퓨터의 파일이나 폴더를 월드로 복사 (여러 번 가능)
  --timeout TIME     월드 시간으로 이만큼 지나면 끝냄 (기본값: 24h, 종료 상태 124)
  --cpu SECONDS      실제 계산 시간으로 이만큼 지나면 끝냄 (기본값: 600, 종료 상태 124)
`,
  outOfTime: (time) => `kubetutor: 월드 시간으로 ${time}이 지나도 스크립트가 끝나지 않아 중단했습니다`,
  outOfCpu: (seconds) => `kubetutor: ${seconds}초를 계산해도 스크립트가 끝나지 않아 중단했습니다`,
  noLessons: '레슨이 없습니다.',
  steps: (done, of) => `${of}단계 중 ${done}단계`,
  minutes: (from, to) => `${from}~${to}분`,
  lintOk: (count) => `레슨 ${count}개에 문제가 없습니다.`,
  lintNothing: (folder) => `${folder}에 lesson.yaml이 없습니다.`,
  proves: (id) => `${id}: 풀이와 오답을 확인하는 중 …`,
  needsTerminal: '터미널이 필요합니다. 터미널 없이 스크립트를 실행하려면 `kubetutor run`을 쓰세요.',
  noTui: '이 빌드에는 TUI가 없습니다.',
  fresh: '--fresh로 새로 시작할 수 있습니다. 이전 저널은 보관됩니다.',
  goodbye: '저장했습니다. `kubetutor`로 여기서부터 계속합니다.',
  goodbyeNext: (lesson) => `저장했습니다. 다음 레슨: \`kubetutor start ${lesson}\``,
  leaveShell: '마음대로 써 보는 월드입니다. Ctrl-]를 두 번 누르면 나갑니다.',
  doctor: { good: 'kubetutor에 필요한 것이 모두 있습니다.', bad: '빠진 것이 있습니다. ✗ 표시 줄을 보세요.' },
};

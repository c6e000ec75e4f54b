import type { Messages } from './messages.ts';
import { traceKo } from './trace.ts';

export const ko: Messages = {
  help: `tutor check          이 단계를 채점합니다
tutor hint           힌트를 하나 더 봅니다
tutor next           다음 단계로 갑니다 (--force: 덜 됐더라도)
tutor skip           이 단계를 건너뜁니다 (풀이를 대신 실행)
tutor previous       앞 단계로 돌아갑니다
tutor undo           마지막 명령줄을 되돌립니다
tutor reset          이 단계를 처음부터 다시 합니다 (--lesson: 레슨 전체)
tutor solution       풀이를 봅니다
tutor time +10m      시간을 보냅니다 (30s, 10m, 2h)
tutor status         지금 어디인지 봅니다
tutor trace FROM TO  요청이 지나는 길을 봅니다 (tutor trace만 치면 쓰는 법)
tutor bill           클라우드 계정에서 나가는 비용을 봅니다
tutor help           이 도움말
`,
  noAccount: '이 월드에는 클라우드 계정이 없습니다.',
  noLesson: '여기에는 레슨이 없습니다. 연습용 샌드박스입니다.',
  unknown: (command) => `tutor: ${command}: 모르는 명령입니다. \`tutor help\`를 보세요`,
  badTime: (text) => `tutor: ${text}: 시간은 +30s, +10m, +2h처럼 씁니다`,
  score: (score, max) => `${max}점 중 ${score}점`,
  hiddenChecks: (count, points) => `제출하면 기준 ${count}개를 더 채점합니다 (${points}점).`,
  expected: '기대',
  actual: '실제',
  why: '이유',
  stepDone: (last) =>
    last
      ? '마지막 단계까지 끝났습니다. 수고하셨습니다!'
      : '이 단계를 마쳤습니다. `tutor next`로 넘어가거나, 좀 더 연습해 보세요.',
  stepOpen:
    '아직 끝나지 않았습니다. 위를 보세요. `tutor hint`로 힌트를 보거나, `tutor skip`으로 풀이를 대신 실행하고 넘어갈 수 있습니다.',
  lastStep: '마지막 단계입니다.',
  firstStep: '첫 단계입니다.',
  nowAt: (number, of, title) => `${of}단계 중 ${number}단계: ${title}`,
  noHint: '힌트가 더 없습니다.',
  hint: (number, of) => `힌트 ${number}/${of}:`,
  noSolution: '이 단계에는 할 일이 없습니다.',
  solutionIs: '한 가지 방법:',
  askSolution: '정말 풀이를 볼까요? `tutor solution --yes`라고 하세요.',
  askSkip:
    '이 단계에서 한 작업을 되돌리고, 풀이를 대신 실행한 다음 넘어갑니다. 단계를 완료한 것으로 치지는 않습니다. `tutor skip --yes`라고 하세요.',
  finished: (count, of) => `${of}단계 중 ${count}단계 완료`,
  passing: (duration) => `${duration}이(가) 지났습니다.`,
  askReset:
    '시작한 뒤의 모든 것을 되돌립니다. `tutor reset --yes`, 레슨 전체는 `tutor reset --lesson --yes`라고 하세요.',
  trace: traceKo,
};

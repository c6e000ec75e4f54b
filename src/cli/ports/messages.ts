import type { Language } from '../../course/text.ts';

/** One-line answers to a learner's actions. */
interface PortMessages {
  readonly stepDone: string;
  readonly stepOpen: string;
  readonly lessonDone: string;
  readonly lastStep: string;
  readonly skipped: string;
  readonly skippedInVain: string;
  readonly firstStep: string;
  readonly noHint: string;
  readonly noSolution: string;
  readonly nothingToUndo: string;
}

const ALL: Readonly<Record<Language, PortMessages>> = {
  en: {
    stepDone: 'This step is done. Play on, or go to the next one.',
    stepOpen: 'This step is not done yet.',
    lessonDone: 'Well done: that was the last step of this lesson.',
    lastStep: 'This is the last step.',
    skipped: 'Skipped: its solution was played for you. The step stays open.',
    skippedInVain:
      'Skipped, but its solution did not bring everything about here: set the lesson back if this goes wrong.',
    firstStep: 'This is the first step.',
    noHint: 'There are no more hints.',
    noSolution: 'There is nothing to do in this step.',
    nothingToUndo: 'There is nothing to take back.',
  },
  ko: {
    stepDone: '이 단계를 마쳤습니다. 더 연습하거나 다음 단계로 가세요.',
    stepOpen: '이 단계는 아직 끝나지 않았습니다.',
    lessonDone: '수고하셨습니다. 이 레슨의 마지막 단계였습니다.',
    lastStep: '마지막 단계입니다.',
    skipped: '건너뛰었습니다. 풀이를 대신 실행했으며, 완료한 단계로 치지 않습니다.',
    skippedInVain: '건너뛰었지만 풀이만으로는 목표를 다 이루지 못했습니다. 문제가 생기면 레슨을 처음으로 되돌리세요.',
    firstStep: '첫 단계입니다.',
    noHint: '힌트가 더 없습니다.',
    noSolution: '이 단계에는 할 일이 없습니다.',
    nothingToUndo: '되돌릴 것이 없습니다.',
  },
};

export function portMessages(language: Language): PortMessages {
  return ALL[language];
}

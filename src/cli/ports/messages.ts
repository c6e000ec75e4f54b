import type { Language } from '../../course/text.ts';

/** One-line answers to a learner's actions. */
interface PortMessages {
  readonly stepDone: string;
  readonly stepOpen: string;
  readonly lessonDone: string;
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
    firstStep: 'This is the first step.',
    noHint: 'There are no more hints.',
    noSolution: 'There is nothing to do in this step.',
    nothingToUndo: 'There is nothing to take back.',
  },
  ko: {
    stepDone: '이 단계를 마쳤습니다. 더 연습하거나 다음 단계로 가세요.',
    stepOpen: '이 단계는 아직 끝나지 않았습니다.',
    lessonDone: '수고하셨습니다. 이 레슨의 마지막 단계였습니다.',
    firstStep: '첫 단계입니다.',
    noHint: '힌트가 더 없습니다.',
    noSolution: '이 단계에는 할 일이 없습니다.',
    nothingToUndo: '되돌릴 것이 없습니다.',
  },
};

export function portMessages(language: Language): PortMessages {
  return ALL[language];
}

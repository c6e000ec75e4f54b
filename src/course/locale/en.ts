import type { Messages } from './messages.ts';
import { traceEn } from './trace.ts';

export const en: Messages = {
  help: `tutor check          judge this step
tutor hint           one more hint
tutor next           go on (--force: although something is missing)
tutor skip           leave this step: its solution is played for you
tutor previous       back to the step before
tutor undo           take back the last command line
tutor reset          start this step again (--lesson: the whole lesson)
tutor solution       show a solution
tutor time +10m      let time pass (30s, 10m, 2h)
tutor status         where you are
tutor trace FROM TO  the way of a request, hop by hop (alone: how to say it)
tutor bill           what the cloud account costs
tutor help           this text
`,
  noAccount: 'This world has no cloud account.',
  noLesson: 'There is no lesson here: this is a sandbox.',
  unknown: (command) => `tutor: unknown command ${command}; see \`tutor help\``,
  badTime: (text) => `tutor: ${text}: a time looks like +30s, +10m or +2h`,
  score: (score, max) => `${score} of ${max} points`,
  hiddenChecks: (count, points) =>
    `${count} more ${count === 1 ? 'criterion is' : 'criteria are'} judged when you hand in (${points} ${points === 1 ? 'point' : 'points'}).`,
  expected: 'expected',
  actual: 'actual',
  why: 'why',
  stepDone: (last) =>
    last
      ? 'Done: that was the last step. Well done!'
      : 'This step is done. `tutor next` goes on; or play a little first.',
  stepOpen: 'This step is not done yet: see above. `tutor hint` helps, `tutor skip` plays the solution and goes on.',
  lastStep: 'This is the last step.',
  firstStep: 'This is the first step.',
  nowAt: (number, of, title) => `Step ${number} of ${of}: ${title}`,
  noHint: 'There are no more hints.',
  hint: (number, of) => `Hint ${number} of ${of}:`,
  noSolution: 'There is nothing to do in this step.',
  solutionIs: 'One way to do it:',
  askSolution: 'Really show the solution? Say `tutor solution --yes`.',
  askSkip:
    'This takes back what you did in this step, plays its solution and goes on; the step stays open. Say `tutor skip --yes`.',
  finished: (count, of) => `${count} of ${of} steps finished`,
  passing: (duration) => `${duration} have passed.`,
  askReset:
    'This takes back everything since the start. Say `tutor reset --yes`, or `tutor reset --lesson --yes` for the whole lesson.',
  trace: traceEn,
};

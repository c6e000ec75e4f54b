import type { InstructorMessages } from './instructor-messages.ts';

export const instructorEn: InstructorMessages = {
  newKind: (kind) => `${kind}: there are pack, lesson and exercise`,
  newName: (name) => `${JSON.stringify(name)} is no id: a-z, 0-9 and single -`,
  newExists: (place) => `${place} is there already`,
  newNeedsPack: (place) =>
    `${place} lies in no pack: begin one with \`kubetutor new pack NAME\`, and give NAME/${place}`,
  newNext: (place) => `Next: \`kubetutor preview ${place}\`, \`kubetutor lint --prove ${place}\``,
  previewFor: (student, variants) =>
    `As ${student} has it${variants > 1 ? `; there are ${variants} different tasks (--student ID shows another's)` : ''}.`,
  hidden: 'hidden: only in your copy',
  hiddenChecks: (count, points) =>
    `and ${count} ${count === 1 ? 'criterion' : 'criteria'} (${points}) that only the instructor's copy has`,
  hint: (number) => `Hint ${number}:`,
  packNeedsStudent:
    'say --student: it writes the copy for students, without hidden checks, solutions, near misses and symptoms',
  packWritten: (lessons, hash) =>
    `A student's copy of ${lessons} ${lessons === 1 ? 'lesson' : 'lessons'}; content ${hash}. Keep the folder: grading needs it.`,
  packOk: (id, lessons, variants, proved) =>
    `${id}: ${lessons} ${lessons === 1 ? 'lesson is' : 'lessons are'} right; ${variants} different ${variants === 1 ? 'task' : 'tasks'}${proved > 0 ? `, ${proved} played` : ''}.`,
  provesVariant: (pack, number, of, draw) => `${pack}: proving ${number}/${of}${draw === '' ? '' : ` (${draw})`} …`,
  whoAreYou: 'Who are you? Say it once with --student ID (the id your instructor knows you by).',
  packGone: (place) =>
    `The pack you worked at was ${place} and is not there any more. Say where it is with --pack PATH.`,
  badStudent: (id) => `${JSON.stringify(id)} is no id of a student: letters, digits and . _ @ + - , at most 64`,
  nothingToSubmit: 'There is nothing to hand in yet. Begin with `kubetutor start --pack PACK --student ID`.',
  leftOut: (lessons) =>
    `Not in it, for it was played with another version of the pack or of kubetutor: ${lessons}. It begins anew when you start it.`,
  otherKey: (lessons) =>
    `Not in it, for it was played with another key (on another computer, or before keys/session.pem was lost): ${lessons}. Hand it in from there, with that key.`,
  passedOver: (files, count) =>
    `${count} other ${count === 1 ? 'file is' : 'files are'} no .kubetutor and not graded: ${files}`,
  unknownStudents: (file, names) => `${file}: not counted, for they handed in nothing and are in no --roster: ${names}`,
  unknownCriteria: (file, names) => `${file}: not counted, for there is no such criterion: ${names}`,
  unknownFiles: (file, names) => `${file}: nobody handed in ${names}`,
  twoNames: (student, one, other) => `${student} has two names, ${one} and ${other}`,
  badTime: (file, time) =>
    `${file}: ${JSON.stringify(time)} is no time with its zone, like 2026-12-01T10:00+09:00 or 2026-12-01 01:00:00Z`,
  partsMissing: (parts, of) => `These results are not the whole class: part ${parts} of ${of} is missing.`,
  submitted: (file, lessons, inputs) =>
    `${file}: ${lessons} ${lessons === 1 ? 'lesson' : 'lessons'}, ${inputs} inputs. Hand in this file.`,
  notBegun: (lessons) => `Not in it, for it was not begun: ${lessons}`,
  notStarted: (lesson) => `${lesson} was not started.`,
  noFile: (file) => `There is no ${file}.`,
  noFiles: (place) => `There is no submission in ${place} (*.kubetutor).`,
  packNotGiven: 'Some of it was made with a pack: give the pack with --pack PATH.',
  grading: (done, of, rate) => `${done}/${of} graded, ${rate}/s`,
  graded: (count, seconds, rate, refused) =>
    `${count} graded in ${seconds} s (${rate}/s)${refused > 0 ? `; ${refused} could not be accepted` : ''}`,
  pages: (place) => `Pages: ${place}`,
  badShard: (text) => `--shard ${text}: it is written i/n, from 1/n to n/n`,
  badNumber: (option, value) => `${option} ${value}: a number above 0 is needed`,
  imported: (count, place) => `${count} ${count === 1 ? 'exercise' : 'exercises'} in ${place}`,
  importLeft: 'Not taken, whatever exercise it is of:',
  importNothing: (place) => `No folder in ${place} has a validate.sh or a verify.sh.`,
  replayEnd: 'That was all.',
};

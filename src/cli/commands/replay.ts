import { existsSync } from 'node:fs';
import { PackError } from '../../course/pack/pack-error.ts';
import { scenarioSource } from '../../course/scenario-source.ts';
import { lessonsPlayed } from '../../course/submission/grade-submission.ts';
import { readSubmission } from '../../course/submission/read.ts';
import { REFUSALS, RefusalError } from '../../course/submission/refusal.ts';
import { asciicast, RESTORED, type Transcript, transcriptOf } from '../../course/submission/transcript.ts';
import { sanitiseLine } from '../../tui/sanitise.ts';
import { courseworkAt } from '../coursework.ts';
import { WRONG_USAGE } from '../exit.ts';
import { readWhole } from '../handed-in.ts';
import { hostClock } from '../host.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage } from '../locale/messages.ts';
import { writeWhole } from '../write-whole.ts';

export interface ReplayFlags {
  readonly pack?: string;
  readonly played?: string;
  readonly lesson?: string;
  readonly speed?: string;
  readonly idle?: string;
  readonly asciicast?: string;
}

const LIMIT = 120_000;

/** `kubetutor replay FILE`: shows what a student's terminal showed, or writes it as an asciicast. */
export async function replay(file: string, flags: ReplayFlags): Promise<number> {
  const language = cliLanguage();
  if (!existsSync(file)) return refuse(instructorMessages().noFile(file));
  try {
    const read = readSubmission(readWhole(file));
    const { submission, journals } = read;
    const { copy: lessons } = lessonsPlayed(
      read,
      courseworkAt(flags.pack),
      flags.played === undefined ? undefined : courseworkAt(flags.played),
    );
    const id = flags.lesson ?? submission.lessons[0]?.lesson ?? '';
    const lesson = lessons.get(id);
    const content = journals.get(id);
    if (!lesson || !content) return refuse(instructorMessages().notStarted(id));
    const idle = Number(flags.idle ?? 2);
    const transcript = transcriptOf(content, lesson, {
      source: scenarioSource,
      clock: hostClock,
      limit: LIMIT,
      idle: idle > 0 ? idle : 2,
    });
    if (flags.asciicast === undefined) return await show(transcript, Number(flags.speed ?? 1) || 1);
    const title = sanitiseLine(`${submission.student}: ${lesson.title[language]}`);
    writeWhole(flags.asciicast, asciicast(transcript, title, submission.submitted / 1000));
    process.stdout.write(`${flags.asciicast}\n`);
    return 0;
  } catch (error) {
    if (error instanceof RefusalError) return refuse(error.text[language], REFUSALS[error.kind]);
    if (error instanceof PackError) return refuse(error.text[language]);
    throw error;
  }
}

async function show({ frames }: Transcript, speed: number): Promise<number> {
  let at = 0;
  for (const frame of frames) {
    const pause = ((frame.at - at) * 1000) / speed;
    if (pause >= 1) await new Promise((done) => setTimeout(done, pause));
    at = frame.at;
    if (frame.kind === 'o') process.stdout.write(frame.data);
  }
  if (process.stdout.isTTY) process.stdout.write(`\x1b7${RESTORED}\x1b8`);
  process.stdout.write(`\r\n`);
  process.stderr.write(`${instructorMessages().replayEnd}\n`);
  return 0;
}

function refuse(text: string, status = WRONG_USAGE): number {
  process.stderr.write(`kubetutor replay: ${sanitiseLine(text)}\n`);
  return status;
}

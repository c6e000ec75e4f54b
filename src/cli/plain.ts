import { createInterface } from 'node:readline';
import type { Session } from '../course/session.ts';
import { sanitise } from '../tui/sanitise.ts';
import { decode, encode } from '../world/bytes.ts';
import { WRONG_USAGE } from './exit.ts';
import { cliMessages } from './locale/messages.ts';
import type { HostCoursePort } from './ports/course-port.ts';

const TICK = 20;
const BUDGET = 15;
/** From a pipe nobody watches: while a command runs, time passes this many times faster. */
const PIPE_SPEED = 100;
/** After the last line the world has this much real time, ms, to come to rest. */
const LAST_WAIT = 10_000;

/** Line mode: for screen readers, pipes and terminals without cursor movement. Gives the exit status. */
export async function plain(course: HostCoursePort, given: string | undefined): Promise<number> {
  const id = given ?? lessonToGoOn(course);
  const say = cliMessages(course.language);
  if (id === undefined) {
    process.stderr.write(`kubetutor: ${say.noLessons}\n`);
    return WRONG_USAGE;
  }
  let opened: Awaited<ReturnType<HostCoursePort['openSession']>>;
  try {
    opened = await course.openSession(id);
  } catch (error) {
    process.stderr.write(`kubetutor: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const { session, port, message } = opened;
  if (message !== undefined) process.stdout.write(`${message}\n`);
  await talk(session, () => {
    const { lesson } = port;
    const step = lesson.steps[lesson.current];
    return {
      key: `${lesson.current}`,
      text: `\n${lesson.current + 1}/${lesson.steps.length} ${step?.title ?? ''}\n\n${lesson.text}\n\n`,
    };
  });
  port.close();
  const next = lessonToGoOn(course) ?? id;
  process.stdout.write(`\n${session.saved ? (next === id ? say.goodbye : say.goodbyeNext(next)) : ''}\n`);
  return 0;
}

/** The last lesson, and once it is finished the next that is not. */
function lessonToGoOn(course: HostCoursePort): string | undefined {
  const lessons = course.lessons();
  const at = lessons.findIndex(({ id }) => id === course.lastLesson);
  const open = [...lessons.slice(Math.max(at, 0)), ...lessons].find(({ state }) => state !== 'finished');
  return (open ?? lessons[at] ?? lessons[0])?.id;
}

async function talk(session: Session, place: () => { key: string; text: string }): Promise<void> {
  const piped = !process.stdin.isTTY;
  const output = new LineOutput();
  session.listen({ output: (bytes) => output.add(bytes), rebuilt: () => output.add(encode('\n')) });
  // Of what was on the screen before, the prompt.
  const { screen } = session;
  output.add(screen.subarray(screen.lastIndexOf(0x0a) + 1));
  session.resize(process.stdout.columns || 80, 24);
  const lines: string[] = [];
  let ended = false;
  createInterface({ input: process.stdin, terminal: false })
    .on('line', (line) => lines.push(line))
    .on('close', () => {
      ended = true;
    });
  let shown = '';
  let last = performance.now();
  let restless = 0;
  for (;;) {
    const now = performance.now();
    session.pump((now - last) * (piped && !session.atPrompt ? PIPE_SPEED : 1), BUDGET);
    last = now;
    const { key, text } = place();
    if (session.atPrompt && key !== shown) {
      // First what led here, and the next prompt after the text.
      if (shown !== '') output.flushLines();
      shown = key;
      // Whoever wrote the lesson: on this terminal it is text and nothing else.
      process.stdout.write(sanitise(text));
    }
    // The first prompt comes after the step's text.
    if (shown !== '') output.flush();
    const waiting = session.atPrompt && !output.busy(now);
    const next = waiting || !piped ? lines.shift() : undefined;
    if (next !== undefined) {
      if (!piped) output.ignore(next);
      session.input(encode(`${next}\r`));
      output.touched = now;
    } else if (ended && lines.length === 0) {
      if (waiting || restless > LAST_WAIT) return;
      restless += TICK;
    }
    await new Promise((done) => setTimeout(done, TICK));
  }
}

/** What the world's terminal shows, as lines without any control sequence. */
class LineOutput {
  touched = performance.now();
  private text = '';
  private echo: string | undefined;
  private spoken = false;

  add(bytes: Uint8Array): void {
    if (bytes.length > 0) this.spoken = true;
    this.text += decode(bytes);
    this.touched = performance.now();
  }

  /** The host's terminal has shown this line already. */
  ignore(line: string): void {
    this.echo = line;
  }

  busy(now: number): boolean {
    return !this.spoken || now - this.touched < 60;
  }

  /** Everything but the line that has not ended: the prompt. */
  flushLines(): void {
    const end = this.text.lastIndexOf('\n') + 1;
    const rest = this.text.slice(end);
    this.text = this.text.slice(0, end);
    this.flush();
    this.text += rest;
  }

  flush(): void {
    // A sequence may be cut in two; an unfinished one waits for its end.
    const cut = /\x1b(?:\[[0-9;?]*|\][^\x07\x1b]*)?$/.exec(this.text);
    const whole = cut ? this.text.slice(0, cut.index) : this.text;
    let plainText = whole
      .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, '')
      .replace(/\x1b\[[0-9;?<=>]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>78cM]/g, '')
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]|\r/g, '');
    if (this.echo !== undefined && plainText.startsWith(this.echo)) {
      plainText = plainText.slice(this.echo.length).replace(/^\n/, '');
      this.echo = undefined;
    }
    process.stdout.write(plainText);
    this.text = cut?.[0] ?? '';
  }
}

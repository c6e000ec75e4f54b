import type { Session } from '../course/session.ts';

/** Ctrl-], twice. */
const LEAVE = 0x1d;
const TICK = 15;
/** Host ms that the world may compute in one go. */
const BUDGET = 12;

/** Joins the world's terminal to this one until the learner leaves. Gives the exit status. */
export async function joinTerminal(session: Session): Promise<number> {
  const { stdin, stdout } = process;
  return await new Promise((done) => {
    let last = performance.now();
    let leaving = false;
    const adaptSize = () => session.resize(stdout.columns, stdout.rows);
    const onData = (bytes: Buffer) => {
      const asked = bytes.includes(LEAVE);
      if (asked && (leaving || bytes.indexOf(LEAVE) !== bytes.lastIndexOf(LEAVE))) return leave(0);
      leaving = asked;
      if (!asked) session.input(bytes);
      tick();
    };
    const tick = () => {
      const now = performance.now();
      session.pump(now - last, BUDGET);
      last = now;
    };
    const leave = (status: number) => {
      clearInterval(timer);
      stdin.off('data', onData);
      stdout.off('resize', adaptSize);
      stdin.setRawMode(false);
      stdin.pause();
      // Whatever a program of the world has left behind: alternate screen, colours, hidden cursor.
      stdout.write('\x1b[?1049l\x1b[0m\x1b[?25h\x1b[?2004l\r\n');
      session.close();
      done(status);
    };
    session.listen({
      output: (bytes) => stdout.write(bytes),
      rebuilt: () => stdout.write(Buffer.concat([Buffer.from('\x1b[0m\x1b[2J\x1b[H'), session.screen])),
    });
    stdin.setRawMode(true);
    process.once('SIGTERM', () => leave(143));
    process.once('SIGHUP', () => leave(129));
    stdin.on('data', onData);
    stdout.on('resize', adaptSize);
    adaptSize();
    stdout.write(session.screen);
    const timer = setInterval(tick, TICK);
  });
}

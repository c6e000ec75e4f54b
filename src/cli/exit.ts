/** Ends the process once everything written has gone out. */
export async function exit(status: number): Promise<never> {
  process.exitCode = status;
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  process.exit(status);
}

/** Usage errors. */
export const WRONG_USAGE = 2;

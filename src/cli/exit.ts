/** Ends the process once everything written has gone out. */
export async function exit(status: number): Promise<never> {
  process.exitCode = status;
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  process.exit(status);
}

/** A file of the host could not be read or written. */
export const HOST_FAILED = 4;

/** Usage errors. */
export const WRONG_USAGE = 2;

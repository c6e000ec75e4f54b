/** Ends a utility with `NAME: message` on stderr. */
export class Fail extends Error {
  constructor(
    message: string,
    /** The exit status; without it the utility's usual one. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/** A program that cannot be parsed; `at` is an offset in its text. */
export class JqSyntaxError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

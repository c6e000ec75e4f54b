/**
 * What an AWS service answers instead of a result: its code, its text and the HTTP status. Where each wording comes from is
 * noted in scripts/facts/aws-error-sources.yaml, which a test holds complete.
 */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** What the world does not do: said plainly, with a code that no service of AWS has. */
export function notModelled(what: string): AwsError {
  return new AwsError('NotModelled', `kubetutor does not model ${what}`, 501);
}

/** What an API server says when it refuses: meta/v1 Status, as far as kubectl reads it. */
export interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

/** An error of kubectl's own: printed as `error: MESSAGE`. */
export class KubectlError extends Error {}

/** A command used wrongly: the message, then where its help is. kubernetes: kubectl/pkg/cmd/util UsageErrorf */
export class UsageError extends KubectlError {
  constructor(path: string, message: string) {
    super(`${message}\nSee '${path} -h' for help and examples`);
  }
}

/** Printed as it stands. */
export class PlainError extends Error {}

/** The API server answered with a Status. */
export class StatusError extends Error {
  constructor(readonly status: Status) {
    super(status.message ?? '');
  }

  get reason(): string {
    return this.status.reason ?? '';
  }

  get notFound(): boolean {
    return this.reason === 'NotFound';
  }
}

/** A request that got no answer. `text` is what Go's net package says, `host` the server's host and port. */
export class ConnectionError extends Error {
  constructor(
    readonly method: string,
    readonly url: string,
    readonly host: string,
    readonly text: string,
  ) {
    super(`${method} "${url}": ${text}`);
  }

  get refused(): boolean {
    return this.text.includes('connection refused');
  }
}

/** A kubeconfig that contradicts itself. */
export class ConfigurationError extends Error {}

/** Discovery knows no such resource. kubernetes: apimachinery/pkg/api/meta NoResourceMatchError */
export class NoResourceError extends Error {}

/** Several errors, each printed on its own line. */
export class SeveralErrors extends Error {
  constructor(readonly errors: readonly Error[]) {
    super(errors.length === 1 ? errors[0]?.message : `[${[...new Set(errors.map((e) => e.message))].join(', ')}]`);
  }
}

/** Ends the program without a word. */
export class ExitError extends Error {
  constructor(readonly code: number) {
    super('exit');
  }
}

/** Ends the program with a text and an exit status of its own. */
export class CodeError extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** The text for standard error, without the last newline's guarantee, and the exit status. kubernetes: kubectl/pkg/cmd/util checkErr */
export function describeError(given: Error): { readonly text: string; readonly code: number } {
  const error = given instanceof SeveralErrors && given.errors.length === 1 ? (given.errors[0] ?? given) : given;
  if (error instanceof ExitError) return { text: '', code: error.code };
  if (error instanceof StatusError && error.reason === 'Invalid') return { text: invalidText(error.status), code: 1 };
  if (error instanceof ConfigurationError) return { text: `Error in configuration: ${error.message}\n`, code: 1 };
  if (error instanceof NoResourceError) return { text: error.message, code: 1 };
  if (error instanceof SeveralErrors)
    return { text: error.errors.map((one) => `${messageForError(one)}\n`).join(''), code: 1 };
  if (error instanceof CodeError) return { text: error.message, code: error.code };
  if (error instanceof PlainError) return { text: error.message, code: 1 };
  const standard = standardErrorMessage(error);
  if (standard !== undefined) return { text: standard, code: 1 };
  return { text: error.message.startsWith('error: ') ? error.message : `error: ${error.message}`, code: 1 };
}

function invalidText(status: Status): string {
  const details = status.details;
  let text = 'The request is invalid';
  if (!details) return status.message ? `${text}: ${status.message}` : text;
  const causes = [...new Set((details.causes ?? []).map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))];
  if (details.kind || details.name) text = `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`;
  else if (status.message && causes.length === 0) text += `: ${status.message}`;
  if (causes.length === 0) return text;
  if (causes.length === 1) return `${text}: ${causes[0]}\n`;
  return `${text}: \n${causes.map((cause) => `* ${cause}\n`).join('')}`;
}

/** The words for errors of the server and of the connection; undefined for others. */
export function standardErrorMessage(error: Error): string | undefined {
  if (error instanceof StatusError) {
    if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`;
    return error.reason === ''
      ? `Error from server: ${error.message}`
      : `Error from server (${error.reason}): ${error.message}`;
  }
  if (error instanceof ConnectionError)
    return error.refused
      ? `The connection to the server ${error.host} was refused - did you specify the right host or port?`
      : `Unable to connect to the server: ${error.text}`;
  return undefined;
}

export function messageForError(error: Error): string {
  return standardErrorMessage(error) ?? error.message;
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Says in an error which file it came from. kubernetes: kubectl/pkg/cmd/util AddSourceToErr */
export function withSource(verb: string, source: string, error: unknown): unknown {
  if (source === '' || !(error instanceof Error)) return error;
  const message = `error when ${verb} ${JSON.stringify(source)}: ${error.message}`;
  return error instanceof StatusError ? new StatusError({ ...error.status, message }) : new KubectlError(message);
}

import { aggregate, type FieldError } from './field-error.ts';
import { goQuote } from './go-quote.ts';
import type { Json, JsonObject } from './json-value.ts';

/** One cause of a failure. */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** What a Status says in `details`. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: readonly StatusCause[];
  retryAfterSeconds?: number;
}

/** A resource by its group ('' for core) and plural. */
export interface GroupResource {
  readonly group: string;
  readonly plural: string;
}

/** A kind by its group ('' for core). */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

interface StatusFields {
  code: number;
  message: string;
  reason?: string | undefined;
  details?: StatusDetails | undefined;
}

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

/**
 * A failed request, as the API server answers it: a meta/v1 Status. Thrown.
 * kubernetes: apimachinery/pkg/api/errors/errors.go
 */
export class StatusError extends Error {
  override name = 'StatusError';
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor({ code, message, reason = '', details }: StatusFields) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The same failure with causes. */
  withCauses(causes: readonly StatusCause[]): StatusError {
    const { code, message, reason, details } = this;
    return new StatusError({ code, message, reason, details: { ...details, causes } });
  }

  /** The Status object that goes over the wire. */
  toStatus(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details ? { details: detailsAsJson(this.details) } : {}),
      code: this.code,
    };
  }

  static notFound(resource: GroupResource, name: string): StatusError {
    const message = `${qualified(resource)} ${goQuote(name)} not found`;
    return new StatusError({ code: 404, reason: 'NotFound', message, details: named(resource, name) });
  }

  /** No such path, group or resource at all. */
  static noSuchPath(): StatusError {
    return new NoSuchPath({
      code: 404,
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
      details: {},
    });
  }

  static alreadyExists(resource: GroupResource, name: string): StatusError {
    const message = `${qualified(resource)} ${goQuote(name)} already exists`;
    return new StatusError({ code: 409, reason: 'AlreadyExists', message, details: named(resource, name) });
  }

  static generateNameConflict(resource: GroupResource, name: string): StatusError {
    const message = `${qualified(resource)} ${goQuote(name)} already exists, the server was not able to generate a unique name for the object`;
    const details = { ...named(resource, name), retryAfterSeconds: 1 };
    return new StatusError({ code: 409, reason: 'AlreadyExists', message, details });
  }

  static unauthorized(message = 'Unauthorized'): StatusError {
    return new StatusError({ code: 401, reason: 'Unauthorized', message });
  }

  /** Without a resource: a path that is none. */
  static forbidden(resource: GroupResource | undefined, name: string, why: string): StatusError {
    const details = resource ? named(resource, name) : {};
    const object = resource ? `${qualified(resource)}${name === '' ? '' : ` ${goQuote(name)}`} is ` : '';
    return new StatusError({ code: 403, reason: 'Forbidden', message: `${object}forbidden: ${why}`, details });
  }

  /** What a policy or a webhook says against an object: `forbidden` in words, whatever the reason. */
  static denied(resource: GroupResource, name: string, why: string, code: number, reason: string): StatusError {
    const message = `${qualified(resource)}${name === '' ? '' : ` ${goQuote(name)}`} is forbidden: ${why}`;
    return new StatusError({
      code,
      reason,
      message,
      details: { ...named(resource, name), causes: [{ message: why }] },
    });
  }

  /** Without a reason given: somebody else has written in between. */
  static conflict(resource: GroupResource, name: string, why = modified): StatusError {
    const message = `Operation cannot be fulfilled on ${qualified(resource)} ${goQuote(name)}: ${why}`;
    return new StatusError({ code: 409, reason: 'Conflict', message, details: named(resource, name) });
  }

  static applyConflict(causes: readonly StatusCause[], message: string): StatusError {
    return new StatusError({ code: 409, reason: 'Conflict', message, details: { causes } });
  }

  static gone(message: string): StatusError {
    return new StatusError({ code: 410, reason: 'Gone', message });
  }

  /** A resourceVersion or continue token that is too old. */
  static expired(message: string): StatusError {
    return new StatusError({ code: 410, reason: 'Expired', message });
  }

  /** `Deployment.apps "x" is invalid: …` */
  static invalid({ group, kind }: GroupKind, name: string, errors: readonly FieldError[]): StatusError {
    const causes = errors.map(({ type, body, field }) => ({ reason: type, message: body, field }));
    const what = `${group === '' ? kind : `${kind}.${group}`} ${goQuote(name)} is invalid`;
    const message = errors.length === 0 ? what : `${what}: ${aggregate(errors)}`;
    return new StatusError({ code: 422, reason: 'Invalid', message, details: { name, group, kind, causes } });
  }

  static badRequest(message: string): StatusError {
    return new StatusError({ code: 400, reason: 'BadRequest', message });
  }

  static tooManyRequests(message: string, retryAfterSeconds: number, causes: readonly StatusCause[] = []): StatusError {
    const details = { causes, retryAfterSeconds };
    return new StatusError({ code: 429, reason: 'TooManyRequests', message, details });
  }

  static serviceUnavailable(message: string): StatusError {
    return new StatusError({ code: 503, reason: 'ServiceUnavailable', message });
  }

  static methodNotSupported(resource: GroupResource, action: string): StatusError {
    const message = `${action} is not supported on resources of kind ${goQuote(qualified(resource))}`;
    return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: named(resource, '') });
  }

  /** A path that exists, but not for this method: what the server says before it looks at the resource. */
  static methodNotAllowed(): StatusError {
    const message = 'the server does not allow this method on the requested resource';
    return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
  }

  static serverTimeout(resource: GroupResource, operation: string, retryAfterSeconds: number): StatusError {
    const message = `The ${operation} operation against ${qualified(resource)} could not be completed at this time, please try again.`;
    const details = { ...named(resource, operation), retryAfterSeconds };
    return new StatusError({ code: 500, reason: 'ServerTimeout', message, details });
  }

  static internal(message: string): StatusError {
    const details = { causes: [{ message }] };
    return new StatusError({
      code: 500,
      reason: 'InternalError',
      message: `Internal error occurred: ${message}`,
      details,
    });
  }

  static timeout(message: string, retryAfterSeconds: number): StatusError {
    return new StatusError({
      code: 504,
      reason: 'Timeout',
      message: `Timeout: ${message}`,
      details: { retryAfterSeconds },
    });
  }

  static requestEntityTooLarge(message: string): StatusError {
    return new StatusError({
      code: 413,
      reason: 'RequestEntityTooLarge',
      message: `Request entity too large: ${message}`,
    });
  }

  static unsupportedMediaType(accepted: Iterable<string>): StatusError {
    const message = `the body of the request was in an unknown format - accepted media types include: ${[...accepted].join(', ')}`;
    return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message });
  }

  /** A patch of a type that no resource takes. */
  static unsupportedPatchType(): StatusError {
    const message = '415: Unsupported Media Type';
    return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message, details: {} });
  }

  static notAcceptable(available: Iterable<string>): StatusError {
    const message = `406: Not Acceptable\n\nAvailable representations: ${[...available].join(', ')}`;
    return new StatusError({ code: 406, reason: 'NotAcceptable', message, details: {} });
  }
}

/** `deployments.apps`, or `pods` in the core group. */
export function qualified({ group, plural }: GroupResource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function named({ group, plural }: GroupResource, name: string): StatusDetails {
  return { name, group, kind: plural };
}

function detailsAsJson({ name, group, kind, uid, causes, retryAfterSeconds }: StatusDetails): JsonObject {
  const given = { name, group, kind, uid, causes: causes?.map((cause) => filled({ ...cause })), retryAfterSeconds };
  return filled(given);
}

// Go leaves out what is empty.
function filled(given: Record<string, Json | undefined>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === '' || value === 0 || (Array.isArray(value) && value.length === 0)) continue;
    kept[name] = value;
  }
  return kept;
}

/** Raised for a path that nothing serves; whoever asks by HTTP reads Go's plain page. */
export class NoSuchPath extends StatusError {}

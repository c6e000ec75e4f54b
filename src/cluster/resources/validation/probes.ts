import type { Lifecycle, LifecycleHandler, Probe } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validateHttpHeaderName, validatePortName, validatePortNumber } from '../../apimachinery/value-names.ts';
import { type Errors, invalid, nonNegative } from './field.ts';

// kubernetes: pkg/apis/core/validation/validation.go validateProbe, validateHandler, validateLifecycle

type Handler = Omit<LifecycleHandler, never> & Pick<Probe, 'grpc'>;

export function validateLivenessProbe(probe: Probe | undefined, path: string): Errors {
  if (!probe) return [];
  const errors = validateProbe(probe, path);
  if (probe.successThreshold !== 1)
    errors.push(FieldError.invalid(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  return errors;
}

export function validateReadinessProbe(probe: Probe | undefined, path: string): Errors {
  if (!probe) return [];
  const errors = validateProbe(probe, path);
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds !== undefined) {
    errors.push(
      FieldError.invalid(`${path}.terminationGracePeriodSeconds`, seconds, 'must not be set for readinessProbes'),
    );
  }
  return errors;
}

function validateProbe(probe: Probe, path: string): Errors {
  const errors = validateHandler(probe, path, undefined);
  errors.push(
    ...nonNegative(probe.initialDelaySeconds, `${path}.initialDelaySeconds`),
    ...nonNegative(probe.timeoutSeconds, `${path}.timeoutSeconds`),
    ...nonNegative(probe.periodSeconds, `${path}.periodSeconds`),
    ...nonNegative(probe.successThreshold, `${path}.successThreshold`),
    ...nonNegative(probe.failureThreshold, `${path}.failureThreshold`),
  );
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds !== undefined && seconds <= 0) {
    errors.push(FieldError.invalid(`${path}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0'));
  }
  return errors;
}

export function validateLifecycle(
  lifecycle: Lifecycle | undefined,
  path: string,
  gracePeriod: number | undefined,
): Errors {
  if (!lifecycle) return [];
  const errors: Errors = [];
  if (lifecycle.postStart) errors.push(...validateHandler(lifecycle.postStart, `${path}.postStart`, gracePeriod));
  if (lifecycle.preStop) errors.push(...validateHandler(lifecycle.preStop, `${path}.preStop`, gracePeriod));
  return errors;
}

function validateHandler(handler: Handler, path: string, gracePeriod: number | undefined): Errors {
  const errors: Errors = [];
  let count = 0;
  const check = (name: string, given: object | undefined, rules: () => Errors) => {
    if (!given) return;
    if (count++ > 0) errors.push(FieldError.forbidden(`${path}.${name}`, 'may not specify more than 1 handler type'));
    else errors.push(...rules());
  };
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  check('exec', exec, () => ((exec?.command ?? []).length === 0 ? [FieldError.required(`${path}.exec.command`)] : []));
  check('httpGet', httpGet, () => validateHttpGet(httpGet, `${path}.httpGet`));
  check('tcpSocket', tcpSocket, () => validatePort(tcpSocket?.port ?? 0, `${path}.tcpSocket.port`));
  check('grpc', grpc, () => validatePort(grpc?.port ?? 0, `${path}.grpc.port`));
  check('sleep', sleep, () => {
    const seconds = sleep?.seconds ?? 0;
    if (gracePeriod === undefined || (seconds >= 0 && seconds <= gracePeriod)) return [];
    const must = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`;
    return [FieldError.invalid(`${path}.sleep`, seconds, must)];
  });
  if (count === 0) errors.push(FieldError.required(path, 'must specify a handler type'));
  return errors;
}

function validateHttpGet(get: Probe['httpGet'], path: string): Errors {
  if (!get) return [];
  const errors: Errors = [];
  if (!get.path) errors.push(FieldError.required(`${path}.path`));
  errors.push(...validatePort(get.port, `${path}.port`));
  if (get.scheme !== 'HTTP' && get.scheme !== 'HTTPS') {
    errors.push(FieldError.notSupported(`${path}.scheme`, get.scheme ?? '', ['HTTP', 'HTTPS']));
  }
  for (const { name } of get.httpHeaders ?? [])
    errors.push(...invalid(`${path}.httpHeaders`, name, validateHttpHeaderName(name)));
  return errors;
}

/** A number, or the name of a port. */
export function validatePort(port: number | string, path: string): Errors {
  return invalid(path, port, typeof port === 'number' ? validatePortNumber(port) : validatePortName(port));
}

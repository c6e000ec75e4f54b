import { formatDuration } from '../../../cluster/apimachinery/duration.ts';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import type { DryRun } from '../../dry-run.ts';
import { KubectlError, SeveralErrors, StatusError } from '../../errors.ts';
import { textAt } from '../../json.ts';

/** ms between two looks at a Pod, and before an eviction that was refused is tried again. */
const LOOK = 1000;
const RETRY = 5000;

interface Removal {
  readonly pod: JsonObject;
  /** When the next step is due, ms since the epoch. */
  due: number;
  evicted: boolean;
  over: boolean;
}

/** Evicts Pods, all at once, and waits until they are gone. Raises KubectlError, SeveralErrors. kubernetes: kubectl/pkg/drain/drain.go evictPods */
export function* evictAll(invocation: Invocation, pods: readonly JsonObject[], dryRun: DryRun): Task<void> {
  const { process, flags } = invocation;
  const timeout = flags.number('timeout');
  const end = timeout === 0 ? Number.POSITIVE_INFINITY : process.now + timeout;
  const removals: Removal[] = pods.map((pod) => ({ pod, due: process.now, evicted: false, over: false }));
  const errors: Error[] = [];
  for (;;) {
    const open = removals.filter((one) => !one.over);
    if (open.length === 0) break;
    const next = Math.min(...open.map((one) => one.due));
    if (next > process.now) yield* process.sleep(next - process.now);
    for (const one of open) {
      if (one.due > process.now) continue;
      try {
        yield* one.evicted ? look(invocation, one, end, timeout) : tryEvict(invocation, one, end, timeout, dryRun);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        one.over = true;
        errors.push(error);
      }
    }
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new SeveralErrors(errors);
}

function* tryEvict(
  { process, factory, flags }: Invocation,
  one: Removal,
  end: number,
  timeout: number,
  dryRun: DryRun,
): Task<void> {
  const name = textAt(one.pod, 'metadata', 'name');
  const namespace = textAt(one.pod, 'metadata', 'namespace');
  const suffix = dryRun === 'server' ? ' (server dry run)' : '';
  const failed = (text: string) =>
    new KubectlError(`error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${text}`);
  const deletes = flags.bool('disable-eviction');
  if (!deletes) yield* process.print(`evicting pod ${namespace}/${name}${suffix}\n`);
  if (process.now >= end) throw failed(`global timeout reached: ${formatDuration(timeout)}`);
  const grace = flags.number('grace-period');
  const options: JsonObject = {
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
  };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  try {
    if (deletes)
      yield* factory
        .client()
        .request('DELETE', path, { body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options } });
    else
      yield* factory.client().request('POST', `${path}/eviction`, {
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions: options },
      });
    one.evicted = true;
    one.due = process.now;
    if (dryRun === 'server') one.over = true;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.notFound) one.over = true;
    else if (error.reason === 'TooManyRequests') {
      yield* process.printError(
        `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${error.message}\n`,
      );
      one.due = process.now + RETRY;
    } else throw failed(error.message);
  }
}

function* look({ process, factory, flags }: Invocation, one: Removal, end: number, timeout: number): Task<void> {
  const name = textAt(one.pod, 'metadata', 'name');
  const namespace = textAt(one.pod, 'metadata', 'namespace');
  let gone = false;
  try {
    const live = yield* factory.client().get(`/api/v1/namespaces/${namespace}/pods/${name}`);
    gone = textAt(live, 'metadata', 'uid') !== textAt(one.pod, 'metadata', 'uid');
  } catch (error) {
    if (!(error instanceof StatusError && error.notFound)) throw error;
    gone = true;
  }
  if (gone) {
    one.over = true;
    yield* process.print(`pod/${name} ${flags.bool('disable-eviction') ? 'deleted' : 'evicted'}\n`);
  } else if (process.now >= end)
    throw new KubectlError(
      `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: global timeout reached: ${formatDuration(timeout)}`,
    );
  else one.due = process.now + LOOK;
}

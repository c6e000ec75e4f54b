import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { GradeOutcome } from '../course/submission/grade-submission.ts';
import { tooMuch } from '../course/submission/replay-journal.ts';

export interface WorkerSetup {
  /** Path of the instructor's pack; undefined: the built-in lessons. */
  readonly pack: string | undefined;
  /** Path of the pack as students had it, where it differs. */
  readonly played: string | undefined;
  /** ms of the host's time that replaying one submission may take. */
  readonly limit: number;
}

export interface WorkerOrder {
  readonly index: number;
  readonly bytes: Uint8Array;
}

interface WorkerAnswer {
  readonly index: number;
  readonly outcome: GradeOutcome;
}

/** MB of JavaScript heap that a worker may have; worlds make much that is soon garbage, so the young part is large. */
const MEMORY = { maxOldGenerationSizeMb: 1500, maxYoungGenerationSizeMb: 192 };
/** A worker that says nothing for this long beyond its limit, ms, hangs in one event: a regular expression, say. */
const GRACE = 10_000;

/** Grades orders in worker threads, each at most once. Whatever a submission does to its worker, it gets an outcome. */
export async function gradeInWorkers(
  orders: Iterable<WorkerOrder>,
  setup: WorkerSetup,
  jobs: number,
  onOutcome: (index: number, outcome: GradeOutcome) => void,
): Promise<void> {
  const queue = orders[Symbol.iterator]();
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, () => serve(queue, setup, onOutcome)));
}

/** One place at the table: a worker, and another one when it dies. */
async function serve(
  queue: Iterator<WorkerOrder>,
  setup: WorkerSetup,
  onOutcome: (index: number, outcome: GradeOutcome) => void,
): Promise<void> {
  let worker: Worker | undefined;
  for (let next = queue.next(); !next.done; next = queue.next()) {
    worker ??= new Worker(workerFile(), { workerData: setup, resourceLimits: MEMORY });
    const outcome = await gradeOne(worker, next.value, setup.limit);
    if (outcome === 'dead' || outcome === 'silent') {
      await worker.terminate();
      worker = undefined;
    }
    onOutcome(next.value.index, typeof outcome === 'string' ? bombOutcome(outcome, setup.limit) : outcome);
  }
  await worker?.terminate();
}

async function gradeOne(worker: Worker, order: WorkerOrder, limit: number): Promise<GradeOutcome | 'dead' | 'silent'> {
  return await new Promise((resolve, reject) => {
    const finish = (outcome: GradeOutcome | 'dead' | 'silent') => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(outcome);
    };
    const onMessage = (answer: WorkerAnswer) => finish(answer.outcome);
    const onExit = () => finish('dead');
    const onError = (error: Error & { code?: string }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') finish('dead');
      else {
        clearTimeout(timer);
        reject(error);
      }
    };
    // A submission with several lessons replays several times.
    const timer = setTimeout(() => finish('silent'), limit + GRACE);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(order);
  });
}

function bombOutcome(what: 'dead' | 'silent', limit: number): GradeOutcome {
  const error =
    what === 'dead'
      ? tooMuch('it fills all memory', '메모리를 모두 채웁니다')
      : tooMuch(`it takes more than ${limit / 1000} s`, `${limit / 1000}초가 넘게 걸립니다`);
  return { refused: error.refusal };
}

/** The worker's bundle lies beside the entry; chunks lie one folder below. */
function workerFile(): URL {
  const places = ['./grade-worker.js', '../grade-worker.js'].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(fileURLToPath(place)));
  if (!found) throw new Error('grade-worker.js is missing: build the package');
  return found;
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { faultOutcome, type GradeOutcome } from '../course/submission/grade-submission.ts';
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
  /** How many times the limit it may take. */
  readonly patience: number;
}

export interface WorkerAnswer {
  readonly index: number;
  readonly outcome: GradeOutcome;
  /** Given up for the time it took. */
  readonly slow: boolean;
}

/** MB of JavaScript heap that a worker may have; worlds make much that is soon garbage, so the young part is large. */
const MEMORY = { maxOldGenerationSizeMb: 1500, maxYoungGenerationSizeMb: 192 };
/** A worker that says nothing for this many times the limit, and this many ms more, hangs in one event. */
const SILENCE = { times: 2, ms: 10_000 };
/** What was too slow among others is tried again alone, with this many times the limit: a busy machine accuses nobody. */
const SECOND_PATIENCE = 3;

/** Grades files in worker threads. Whatever a submission does to its worker, it gets an outcome. */
export async function gradeInWorkers(
  files: Iterable<{ readonly index: number; readonly bytes: Uint8Array }>,
  setup: WorkerSetup,
  jobs: number,
  onOutcome: (index: number, outcome: GradeOutcome) => void,
): Promise<void> {
  const queue = files[Symbol.iterator]();
  const slow: WorkerOrder[] = [];
  const first = async () => {
    const place = new Place(setup);
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const order = { ...next.value, patience: 1 };
      const answer = await place.grade(order);
      if (answer.slow) slow.push({ ...order, patience: SECOND_PATIENCE });
      else onOutcome(order.index, answer.outcome);
    }
    await place.close();
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, first));
  const place = new Place(setup);
  for (const order of slow) onOutcome(order.index, (await place.grade(order)).outcome);
  await place.close();
}

/** A worker, and another one when it dies. */
class Place {
  private worker: Worker | undefined;

  constructor(private readonly setup: WorkerSetup) {}

  async grade(order: WorkerOrder): Promise<WorkerAnswer> {
    this.worker ??= new Worker(workerFile(), { workerData: this.setup, resourceLimits: MEMORY });
    const limit = this.setup.limit * order.patience;
    const answer = await askWorker(this.worker, order, limit * SILENCE.times + SILENCE.ms);
    if (typeof answer !== 'string' && !(answer instanceof Error)) return answer;
    await this.close();
    // Whatever one file does to its worker, the others are graded.
    if (answer instanceof Error) return { index: order.index, outcome: faultOutcome(answer), slow: false };
    return { index: order.index, outcome: bombOutcome(answer, limit), slow: answer === 'silent' };
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }
}

type Answer = WorkerAnswer | Error | 'dead' | 'silent';

async function askWorker(worker: Worker, order: WorkerOrder, silence: number): Promise<Answer> {
  return await new Promise((resolve) => {
    const finish = (answer: Answer) => {
      clearTimeout(timer);
      worker.off('message', finish).off('error', onError).off('exit', onExit);
      resolve(answer);
    };
    const onExit = () => finish('dead');
    const onError = (error: Error & { code?: string }) =>
      finish(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'dead' : error);
    const timer = setTimeout(() => finish('silent'), silence);
    worker.on('message', finish).on('error', onError).on('exit', onExit);
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

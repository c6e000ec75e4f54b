import { parentPort, workerData } from 'node:worker_threads';
import { scenarioSource } from '../course/scenario-source.ts';
import { gradeSubmission } from '../course/submission/grade-submission.ts';
import { courseworkAt } from './coursework.ts';
import type { WorkerOrder, WorkerSetup } from './grade-pool.ts';
import { hostClock } from './host.ts';

// Grades submissions one after another, apart from the process that asked: a bomb ends this thread and nothing else.

const setup: WorkerSetup = workerData;
const course = courseworkAt(setup.pack);
const played = setup.played === undefined ? undefined : courseworkAt(setup.played);
const options = {
  source: scenarioSource,
  clock: hostClock,
  limit: setup.limit,
  memory: () => process.memoryUsage().arrayBuffers,
  ...(played ? { played } : {}),
};
/** A submission may be of any world, and is graded in one go. */
async function work(): Promise<void> {
  for (const world of scenarioSource.names()) await scenarioSource.load?.(world);
  parentPort?.on('message', (order: WorkerOrder) => {
    parentPort?.postMessage({ index: order.index, outcome: gradeSubmission(order.bytes, course, options) });
  });
}

void work();

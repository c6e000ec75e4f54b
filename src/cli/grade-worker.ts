import { parentPort, workerData } from 'node:worker_threads';
import { scenarioSource } from '../course/scenario-source.ts';
import { gradeSubmission } from '../course/submission/grade-submission.ts';
import { courseworkAt } from './coursework.ts';
import type { WorkerAnswer, WorkerOrder, WorkerSetup } from './grade-pool.ts';
import { hostClock } from './host.ts';

// Grades submissions one after another, apart from the process that asked: a bomb ends this thread and nothing else.

const setup: WorkerSetup = workerData;
const course = courseworkAt(setup.pack);
const played = setup.played === undefined ? undefined : courseworkAt(setup.played);

parentPort?.on('message', ({ index, bytes, patience }: WorkerOrder) => {
  let slow = false;
  const outcome = gradeSubmission(bytes, course, {
    source: scenarioSource,
    clock: computed,
    limit: setup.limit * patience,
    memory: () => process.memoryUsage().arrayBuffers,
    onSlow: () => {
      slow = true;
    },
    ...(played ? { played } : {}),
  });
  const answer: WorkerAnswer = { index, outcome, slow };
  parentPort?.postMessage(answer);
});

/** ms that this thread has computed, where Node can tell (from 23.9 on); else time that has passed. */
function computed(): number {
  if ('threadCpuUsage' in process && typeof process.threadCpuUsage === 'function') {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  }
  return hostClock();
}

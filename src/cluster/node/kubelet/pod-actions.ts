import type { ContainerState } from './container-state.ts';

/** What a look at a Pod's containers comes to. */
export interface PodActions {
  /** To be started, one after the other. */
  readonly start: ContainerState[];
  /** An init container has failed, and the policy forbids another try. */
  readonly failed: boolean;
}

/** What should be started now. kubernetes: kuberuntime_manager.go computePodActions */
export function podActions(containers: readonly ContainerState[], policy: string): PodActions {
  const start: ContainerState[] = [];
  const init = initActions(containers, policy, start);
  if (init !== 'done') return { start, failed: init === 'failed' };
  for (const state of containers) {
    if (state.role === 'ephemeral' && !state.current && !state.terminated) start.push(state);
    if (state.role === 'app' && shouldStart(state, policy)) start.push(state);
  }
  return { start, failed: false };
}

/** Init containers in their order, and sidecars among them. */
function initActions(
  containers: readonly ContainerState[],
  policy: string,
  start: ContainerState[],
): 'done' | 'under way' | 'failed' {
  for (const state of containers) {
    if (state.role === 'sidecar') {
      if (state.running && state.started) continue;
      if (shouldStart(state, policy)) start.push(state);
      // One that has been up once does not hold up the others while it restarts.
      if (state.restartCount > 0 || (state.terminated && state.started)) continue;
      return 'under way';
    }
    if (state.role !== 'init' || (state.terminated?.exitCode === 0 && !state.restartWanted)) continue;
    if (state.running || state.busy) return 'under way';
    if (state.terminated && policy === 'Never') return 'failed';
    if (shouldStart(state, policy)) start.push(state);
    return 'under way';
  }
  return 'done';
}

export function shouldStart(state: ContainerState, policy: string): boolean {
  if (state.running || state.busy) return false;
  return !state.terminated || state.restartWanted || wantsRestart(state, policy);
}

/** Whether a container that has ended starts again. */
export function wantsRestart(state: ContainerState, policy: string): boolean {
  if (!state.terminated) return true;
  if (state.role === 'sidecar') return true;
  if (state.role === 'init') return state.terminated.exitCode !== 0 && policy !== 'Never';
  if (state.role === 'ephemeral') return false;
  const own = state.spec.restartPolicy ?? policy;
  return own === 'Always' || (own === 'OnFailure' && state.terminated.exitCode !== 0);
}

/** Containers of which nothing is known when all of a Pod has been stopped. kubernetes: pkg/kubelet/status/status_manager.go TerminatePod */
export function settleUnknown(containers: readonly ContainerState[]): void {
  for (const state of containers) {
    if (state.role === 'app') state.waiting = undefined;
    if (state.terminated || state.role === 'ephemeral') continue;
    state.waiting = undefined;
    state.terminated = {
      containerID: '',
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
      startedAt: 0,
      finishedAt: 0,
    };
  }
}

/** Goes on counting where the containers of an earlier Pod of the same uid have stopped. */
export function inheritCounts(containers: readonly ContainerState[], before: readonly ContainerState[]): void {
  for (const state of containers) {
    const old = before.find(({ name }) => name === state.name);
    if (state.role !== 'app' || !old?.terminated) continue;
    state.restartCount = old.restartCount + 1;
    state.lastTerminated = old.terminated;
  }
}

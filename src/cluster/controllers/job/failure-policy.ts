import type { Stored } from '../../api/object.ts';
import type { Job, Pod, PodFailurePolicyOnExitCodesRequirement } from '../../api/types.generated.ts';

/** What a Job's podFailurePolicy says of a failed Pod. */
export interface Judgement {
  readonly action: 'Ignore' | 'Count' | 'FailJob' | 'FailIndex';
  /** Why the Job fails. */
  readonly message: string;
}

/** kubernetes: pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy */
export function judge(job: Job, pod: Stored<Pod>): Judgement {
  const { namespace, name } = pod.metadata;
  for (const [index, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const { action } = rule;
    if (action !== 'Ignore' && action !== 'Count' && action !== 'FailJob' && action !== 'FailIndex') continue;
    const container = rule.onExitCodes && failedContainer(pod, rule.onExitCodes);
    if (container) {
      const message = `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${container.exitCode} matching ${action} rule at index ${index}`;
      return { action, message };
    }
    const condition = rule.onPodConditions?.find((pattern) =>
      pod.status?.conditions?.some(
        ({ type, status }) => type === pattern.type && status === (pattern.status ?? 'True'),
      ),
    );
    if (condition) {
      const message = `Pod ${namespace}/${name} has condition ${condition.type} matching ${action} rule at index ${index}`;
      return { action, message };
    }
  }
  return { action: 'Count', message: '' };
}

function failedContainer(
  pod: Pod,
  requirement: PodFailurePolicyOnExitCodesRequirement,
): { name: string; exitCode: number } | undefined {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  for (const { name, state } of statuses) {
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0 || (requirement.containerName && requirement.containerName !== name)) continue;
    if (requirement.values.includes(exitCode) === (requirement.operator === 'In')) return { name, exitCode };
  }
  return undefined;
}

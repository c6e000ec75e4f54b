/** The parts of a condition that every kind's have. */
export interface Condition {
  type: string;
  status: string;
  reason?: string | undefined;
  message?: string | undefined;
  lastTransitionTime?: string | undefined;
}

export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether a condition is there with status True. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

export function withoutCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

/**
 * Appends a condition in the place of the one of its type. Nothing changes when status and reason are the same;
 * lastTransitionTime stays while the status does. kubernetes: deployment/util SetDeploymentCondition and its like
 */
export function setCondition<C extends Condition>(conditions: readonly C[] | undefined, next: C): C[] {
  const current = findCondition(conditions, next.type);
  if (current && current.status === next.status && current.reason === next.reason) return [...(conditions ?? [])];
  const kept = current && current.status === next.status ? { lastTransitionTime: current.lastTransitionTime } : {};
  return [...withoutCondition(conditions, next.type), { ...next, ...kept }];
}

/** Like meta.SetStatusCondition: in place, and with the message too; lastTransitionTime stays while the status does. */
export function putCondition<C extends Condition>(conditions: readonly C[] | undefined, next: C): C[] {
  const all = [...(conditions ?? [])];
  const index = all.findIndex((condition) => condition.type === next.type);
  const current = all[index];
  if (!current) return [...all, next];
  all[index] = current.status === next.status ? { ...next, lastTransitionTime: current.lastTransitionTime } : next;
  return all;
}

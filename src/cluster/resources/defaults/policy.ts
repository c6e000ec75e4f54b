import type { HorizontalPodAutoscaler, PriorityClass } from '../../api/types.generated.ts';

/** kubernetes: pkg/apis/autoscaling/v2/defaults.go */
export function setHpaDefaults(hpa: HorizontalPodAutoscaler): void {
  const spec = hpa.spec;
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) {
    spec.metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ];
  }
  const rules = spec.behavior;
  if (!rules) return;
  rules.scaleUp = {
    selectPolicy: 'Max',
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
    ...rules.scaleUp,
  };
  rules.scaleDown = {
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    ...rules.scaleDown,
  };
}

/** kubernetes: pkg/apis/scheduling/v1/defaults.go */
export function setPriorityClassDefaults(priorityClass: PriorityClass): void {
  priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
}

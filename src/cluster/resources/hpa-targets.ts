import type { Stored } from '../api/object.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../api/types.generated.ts';

/** The TARGETS column: at most two metrics. kubernetes: printers.go formatHPAMetrics */
export function hpaTargets(hpa: Stored<HorizontalPodAutoscaler>): string {
  const specs = hpa.spec?.metrics ?? [];
  if (specs.length === 0) return '<none>';
  const statuses = hpa.status?.currentMetrics ?? [];
  const texts = specs.slice(0, 2).map((spec, index) => metricText(spec, statuses[index]));
  return specs.length > 2 ? `${texts.join(', ')} + ${specs.length - 2} more...` : texts.join(', ');
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  switch (spec.type) {
    case 'Resource':
      return `${spec.resource?.name}: ${resourceText(spec.resource?.target, status?.resource?.current)}`;
    case 'ContainerResource':
      return `${spec.containerResource?.name}: ${resourceText(spec.containerResource?.target, status?.containerResource?.current)}`;
    case 'Pods':
      return `${status?.pods?.current?.averageValue ?? '<unknown>'}/${spec.pods?.target?.averageValue ?? ''}`;
    case 'Object': {
      const { target } = spec.object ?? {};
      if (target?.averageValue)
        return `${status?.object?.current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`;
      return `${status?.object?.current?.value ?? '<unknown>'}/${target?.value ?? ''}`;
    }
    case 'External': {
      const { target } = spec.external ?? {};
      if (target?.averageValue)
        return `${status?.external?.current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`;
      return `${status?.external?.current?.value ?? '<unknown>'}/${target?.value ?? ''}`;
    }
    default:
      return '<unknown type>';
  }
}

interface Target {
  averageValue?: string | undefined;
  averageUtilization?: number | undefined;
}

function resourceText(target: Target | undefined, current: Target | undefined): string {
  if (target?.averageValue) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue}`;
  const now = current?.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}%`;
  return `${now}/${target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

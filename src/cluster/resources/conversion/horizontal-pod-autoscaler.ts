import { type ApiObject, at, isRecord, type Stored } from '../../api/object.ts';
import type { Conversion } from '../../api/resource.ts';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const KEPT = [METRICS, CURRENT, CONDITIONS, BEHAVIOR];

type Data = Record<string, unknown>;

/**
 * autoscaling/v1 knows one metric, the share of the CPU; what else there is goes into annotations.
 * kubernetes: pkg/apis/autoscaling/v1/conversion.go
 */
export const hpaV1Conversion: Conversion = {
  table: 'horizontalpodautoscalers.autoscaling',
  apiVersion: 'autoscaling/v2',
  toStored,
  fromStored,
};

function records(value: unknown): Data[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Go's omitempty: members that are unset are left out. */
function compact(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    // Go leaves out an annotation that it cannot read.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function toStored(object: ApiObject): ApiObject {
  const annotations = { ...object.metadata?.annotations };
  const { targetCPUUtilizationPercentage: percentage, ...spec } = isRecord(at(object, 'spec'))
    ? (at(object, 'spec') as Data)
    : {};
  const metrics = records(parsed(annotations[METRICS])).map(metricToV2);
  if (typeof percentage === 'number') {
    const target = { type: 'Utilization', averageUtilization: percentage };
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target } });
  }
  const behavior = parsed(annotations[BEHAVIOR]);
  const { currentCPUUtilizationPercentage: current, ...status } = isRecord(at(object, 'status'))
    ? (at(object, 'status') as Data)
    : {};
  const currentMetrics = records(parsed(annotations[CURRENT]));
  if (typeof current === 'number') {
    currentMetrics.push({ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } });
  }
  const conditions = records(parsed(annotations[CONDITIONS]));
  for (const key of KEPT) delete annotations[key];
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: { ...object.metadata, annotations: Object.keys(annotations).length > 0 ? annotations : undefined },
    spec: compact({ ...spec, metrics: metrics.length > 0 ? metrics : undefined, behavior }),
    status: compact({
      ...status,
      currentMetrics: currentMetrics.length > 0 ? currentMetrics : undefined,
      conditions: conditions.length > 0 ? conditions : undefined,
    }),
  } as ApiObject;
}

function isCpu(metric: Data): boolean {
  return (
    metric['type'] === 'Resource' &&
    at(metric, 'resource', 'name') === 'cpu' &&
    at(metric, 'resource', 'target', 'averageUtilization') !== undefined
  );
}

function fromStored(object: Stored): Stored {
  const { metrics, behavior, ...spec } = (at(object, 'spec') ?? {}) as Data;
  const { currentMetrics, conditions, ...status } = (at(object, 'status') ?? {}) as Data;
  const cpu = records(metrics).filter(isCpu).at(-1);
  const others = records(metrics).filter((metric) => metric !== cpu);
  const now = records(currentMetrics);
  const utilization = now
    .filter((metric) => at(metric, 'resource', 'name') === 'cpu')
    .map((metric) => at(metric, 'resource', 'current', 'averageUtilization'))
    .at(-1);
  const annotations: Record<string, string> = { ...object.metadata.annotations };
  if (others.length > 0) annotations[METRICS] = JSON.stringify(others.map(metricToV1));
  if (now.length > 0) annotations[CURRENT] = JSON.stringify(now.map(currentToV1));
  if (records(conditions).length > 0) annotations[CONDITIONS] = JSON.stringify(records(conditions).map(conditionToV1));
  if (isRecord(behavior)) annotations[BEHAVIOR] = JSON.stringify(behaviorToInternal(behavior));
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: {
      ...object.metadata,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: compact({ ...spec, targetCPUUtilizationPercentage: at(cpu, 'resource', 'target', 'averageUtilization') }),
    status: compact({
      ...status,
      currentReplicas: status['currentReplicas'] ?? 0,
      desiredReplicas: status['desiredReplicas'] ?? 0,
      currentCPUUtilizationPercentage: utilization,
    }),
  } as Stored;
}

function conditionToV1({ type, status, lastTransitionTime, reason, message }: Data): Data {
  return compact({ type, status, lastTransitionTime, reason, message });
}

/** Behavior is written as the server's own struct has it. */
function behaviorToInternal(behavior: Data): Data {
  const rules = (name: string) => {
    const given = behavior[name];
    if (!isRecord(given)) return null;
    return {
      StabilizationWindowSeconds: given['stabilizationWindowSeconds'] ?? null,
      SelectPolicy: given['selectPolicy'] ?? null,
      Policies: records(given['policies']).map((policy) => ({
        Type: policy['type'],
        Value: policy['value'],
        PeriodSeconds: policy['periodSeconds'],
      })),
      Tolerance: given['tolerance'] ?? null,
    };
  };
  return { ScaleUp: rules('scaleUp'), ScaleDown: rules('scaleDown') };
}

/** A metric of autoscaling/v2 as autoscaling/v1 wrote it. */
function metricToV1(metric: Data): Data {
  const type = metric['type'];
  switch (type) {
    case 'Resource':
      return {
        type,
        resource: compact({
          name: at(metric, 'resource', 'name'),
          targetAverageUtilization: at(metric, 'resource', 'target', 'averageUtilization'),
          targetAverageValue: at(metric, 'resource', 'target', 'averageValue'),
        }),
      };
    case 'ContainerResource':
      return {
        type,
        containerResource: compact({
          name: at(metric, 'containerResource', 'name'),
          targetAverageUtilization: at(metric, 'containerResource', 'target', 'averageUtilization'),
          targetAverageValue: at(metric, 'containerResource', 'target', 'averageValue'),
          container: at(metric, 'containerResource', 'container'),
        }),
      };
    case 'Pods':
      return {
        type,
        pods: compact({
          metricName: at(metric, 'pods', 'metric', 'name'),
          targetAverageValue: at(metric, 'pods', 'target', 'averageValue'),
          selector: at(metric, 'pods', 'metric', 'selector'),
        }),
      };
    case 'Object':
      return {
        type,
        object: compact({
          target: at(metric, 'object', 'describedObject'),
          metricName: at(metric, 'object', 'metric', 'name'),
          targetValue: at(metric, 'object', 'target', 'value') ?? '0',
          selector: at(metric, 'object', 'metric', 'selector'),
          averageValue: at(metric, 'object', 'target', 'averageValue'),
        }),
      };
    default:
      return {
        type,
        external: compact({
          metricName: at(metric, 'external', 'metric', 'name'),
          metricSelector: at(metric, 'external', 'metric', 'selector'),
          targetValue: at(metric, 'external', 'target', 'value'),
          targetAverageValue: at(metric, 'external', 'target', 'averageValue'),
        }),
      };
  }
}

function currentToV1(metric: Data): Data {
  if (metric['type'] !== 'Resource') return metric;
  return {
    type: 'Resource',
    resource: compact({
      name: at(metric, 'resource', 'name'),
      currentAverageUtilization: at(metric, 'resource', 'current', 'averageUtilization'),
      currentAverageValue: at(metric, 'resource', 'current', 'averageValue') ?? '0',
    }),
  };
}

function metricToV2(metric: Data): Data {
  const type = metric['type'];
  const target = (value: unknown, averageValue: unknown, averageUtilization: unknown) =>
    compact({
      type: value !== undefined ? 'Value' : averageValue !== undefined ? 'AverageValue' : 'Utilization',
      value,
      averageValue,
      averageUtilization,
    });
  switch (type) {
    case 'Resource':
    case 'ContainerResource': {
      const field = type === 'Resource' ? 'resource' : 'containerResource';
      const { name, container, targetAverageUtilization, targetAverageValue } = (metric[field] ?? {}) as Data;
      return {
        type,
        [field]: compact({ name, container, target: target(undefined, targetAverageValue, targetAverageUtilization) }),
      };
    }
    case 'Pods': {
      const { metricName, targetAverageValue, selector } = (metric['pods'] ?? {}) as Data;
      return {
        type,
        pods: {
          metric: compact({ name: metricName, selector }),
          target: target(undefined, targetAverageValue, undefined),
        },
      };
    }
    case 'Object': {
      const {
        target: describedObject,
        metricName,
        targetValue,
        averageValue,
        selector,
      } = (metric['object'] ?? {}) as Data;
      const value = averageValue === undefined ? targetValue : undefined;
      return {
        type,
        object: {
          describedObject,
          metric: compact({ name: metricName, selector }),
          target: target(value, averageValue, undefined),
        },
      };
    }
    default: {
      const { metricName, metricSelector, targetValue, targetAverageValue } = (metric['external'] ?? {}) as Data;
      return {
        type,
        external: {
          metric: compact({ name: metricName, selector: metricSelector }),
          target: target(targetValue, targetAverageValue, undefined),
        },
      };
    }
  }
}

import type { Endpoints, LimitRange, Secret } from '../../api/types.generated.ts';

export function setSecretDefaults(secret: Secret): void {
  secret.type ||= 'Opaque';
}

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_Endpoints */
export function setEndpointsDefaults(endpoints: Endpoints): void {
  for (const subset of endpoints.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ??= 'TCP';
}

/** What a container limit leaves out follows from what it says. kubernetes: SetDefaults_LimitRangeItem */
export function setLimitRangeDefaults(range: LimitRange): void {
  for (const limit of range.spec?.limits ?? []) {
    if (limit.type !== 'Container') continue;
    const standard = { ...limit.max, ...limit.default };
    if (Object.keys(standard).length > 0) limit.default = standard;
    const request = { ...limit.min, ...limit.default, ...limit.defaultRequest };
    if (Object.keys(request).length > 0) limit.defaultRequest = request;
  }
}

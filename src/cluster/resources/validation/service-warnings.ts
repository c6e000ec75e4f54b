import type { EndpointSlice, Ingress, Service } from '../../api/types.generated.ts';

/** kubernetes: pkg/api/service/warnings.go */
export function serviceWarnings(service: Service): string[] {
  const spec = service.spec ?? {};
  const warnings: string[] = [];
  const headless = (spec.type === undefined || spec.type === 'ClusterIP') && spec.clusterIP === 'None';
  const external = (spec.externalIPs ?? []).length > 0;
  if (headless) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (external) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity === 'ClientIP') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  if (external && !headless && spec.type !== 'ExternalName') {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (spec.type === 'ExternalName' && external)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== 'ExternalName' && spec.externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}

/** kubernetes: pkg/registry/discovery/endpointslice/strategy.go */
export function endpointSliceWarnings(slice: EndpointSlice): string[] {
  return slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** Said when one is made, not when it changes. kubernetes: pkg/registry/networking/ingress/strategy.go WarningsOnCreate */
export function ingressWarnings({ metadata, spec }: Ingress, old: unknown): string[] {
  const byAnnotation = metadata?.annotations?.[CLASS_ANNOTATION] !== undefined && spec?.ingressClassName === undefined;
  return byAnnotation && !old
    ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
    : [];
}

/** What Traefik says of itself in the status of its GatewayClasses. traefik: pkg/provider/kubernetes/gateway/features.go */
export const FEATURES: readonly string[] = [
  'BackendTLSPolicy', 'GRPCRoute', 'Gateway', 'GatewayPort8080', 'HTTPRoute', 'HTTPRouteBackendProtocolH2C',
  'HTTPRouteBackendProtocolWebSocket', 'HTTPRouteDestinationPortMatching', 'HTTPRouteHostRewrite', 'HTTPRouteMethodMatching',
  'HTTPRoutePathRedirect', 'HTTPRoutePathRewrite', 'HTTPRoutePortRedirect', 'HTTPRouteQueryParamMatching',
  'HTTPRouteResponseHeaderModification', 'HTTPRouteSchemeRedirect', 'ReferenceGrant', 'TLSRoute',
]; // biome-ignore format: a list

// The short names of the API types: upstream's Go names, with a group and version in front where two groups use the same.

/** The type that keeps the plain name where several groups have one; all others are prefixed, e.g. `EventsV1Event`. */
const PLAIN = {
  ServiceReference: 'io.k8s.api.admissionregistration.v1.ServiceReference',
  WebhookClientConfig: 'io.k8s.api.admissionregistration.v1.WebhookClientConfig',
  TokenRequest: 'io.k8s.api.authentication.v1.TokenRequest',
  CrossVersionObjectReference: 'io.k8s.api.autoscaling.v2.CrossVersionObjectReference',
  HorizontalPodAutoscaler: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  HorizontalPodAutoscalerList: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerList',
  HorizontalPodAutoscalerSpec: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec',
  HorizontalPodAutoscalerStatus: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus',
  EndpointPort: 'io.k8s.api.core.v1.EndpointPort',
  Event: 'io.k8s.api.core.v1.Event',
  EventList: 'io.k8s.api.core.v1.EventList',
  EventSeries: 'io.k8s.api.core.v1.EventSeries',
  ResourceClaim: 'io.k8s.api.core.v1.ResourceClaim',
  Subject: 'io.k8s.api.rbac.v1.Subject',
};

const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Full name (`io.k8s.api.core.v1.Pod`) → short name (`Pod`). Fails when two types would get the same. */
export function shortNames(fullNames) {
  const owners = new Map();
  for (const full of fullNames) {
    const last = full.split('.').at(-1);
    owners.set(last, [...(owners.get(last) ?? []), full]);
  }
  const short = new Map();
  for (const [last, fulls] of owners) {
    for (const full of fulls) {
      const [version, group] = full.split('.').reverse().slice(1, 3);
      const plain = fulls.length === 1 || PLAIN[last] === full;
      short.set(full, plain ? last : `${capitalised(group)}${capitalised(version)}${last}`);
    }
  }
  if (new Set(short.values()).size !== short.size)
    throw new Error('two types share a short name: see PLAIN in names.mjs');
  return short;
}

export const refOf = (schema) => (schema.$ref ?? schema.allOf?.[0]?.$ref)?.replace('#/components/schemas/', '');

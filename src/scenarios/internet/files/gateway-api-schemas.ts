import * as rules from './gateway-api-rules.ts';

// The parts that the schemas of the Gateway API share. gateway-api: config/crd/standard

export const GROUP = 'gateway.networking.k8s.io';

export type Schema = { readonly [key: string]: unknown };

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
export const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;

export const text = (more: Schema = {}): Schema => ({ type: 'string', ...more });
export const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values });
const number = (minimum: number, maximum: number, more: Schema = {}): Schema => ({
  type: 'integer',
  format: 'int32',
  minimum,
  maximum,
  ...more,
});
export const list = (items: Schema, maxItems: number, more: Schema = {}): Schema => ({
  type: 'array',
  items,
  maxItems,
  ...more,
});
export const object = (properties: Schema, required: readonly string[] = [], more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  ...more,
});

const port = number(1, 65535);
export const objectName = text({ minLength: 1, maxLength: 253 });
export const sectionName = text({ minLength: 1, maxLength: 253, pattern: `^${SUBDOMAIN}$` });
export const namespace = text({ minLength: 1, maxLength: 63, pattern: `^${LABEL}$` });
export const hostname = text({ minLength: 1, maxLength: 253, pattern: `^(\\*\\.)?${SUBDOMAIN}$` });
export const group = (more: Schema = {}) => text({ maxLength: 253, pattern: `^$|^${SUBDOMAIN}$`, ...more });
export const kind = (more: Schema = {}) =>
  text({ minLength: 1, maxLength: 63, pattern: '^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', ...more });
const headerName = text({ minLength: 1, maxLength: 256, pattern: "^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$" });
export const controllerName = text({
  minLength: 1,
  maxLength: 253,
  pattern: `^${SUBDOMAIN}\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$`,
});

const condition = object(
  {
    lastTransitionTime: text({ format: 'date-time' }),
    message: text({ maxLength: 32768 }),
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
    reason: text({ minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
    status: oneOf('True', 'False', 'Unknown'),
    type: text({ maxLength: 316 }),
  },
  ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
);
export const conditions = (more: Schema = {}) =>
  list(condition, 8, { 'x-kubernetes-list-map-keys': ['type'], 'x-kubernetes-list-type': 'map', ...more });
/** What a condition says before a controller has come. */
export const waiting = (type: string) => ({
  lastTransitionTime: '1970-01-01T00:00:00Z',
  message: 'Waiting for controller',
  reason: 'Pending',
  status: 'Unknown',
  type,
});

export const parentReference = object(
  {
    group: group({ default: GROUP }),
    kind: kind({ default: 'Gateway' }),
    name: objectName,
    namespace,
    port,
    sectionName,
  },
  ['name'],
);
export const pathMatch = { path: { type: 'PathPrefix', value: '/' } };
const namedMatch = (name: Schema) =>
  object(
    {
      name,
      type: { ...oneOf('Exact', 'RegularExpression'), default: 'Exact' },
      value: text({ minLength: 1, maxLength: 4096 }),
    },
    ['name', 'value'],
  );
const headerChange = object({ name: headerName, value: text({ minLength: 1, maxLength: 4096 }) }, ['name', 'value']);
const headerFilter = object({ add: list(headerChange, 16), remove: list(text(), 16), set: list(headerChange, 16) });
const pathModifier = rules.withRules(
  object(
    {
      replaceFullPath: text({ maxLength: 1024 }),
      replacePrefixMatch: text({ maxLength: 1024 }),
      type: oneOf('ReplaceFullPath', 'ReplacePrefixMatch'),
    },
    ['type'],
  ),
  ...rules.PATH_MODIFIER,
);
const backendReference = {
  group: group({ default: '' }),
  kind: kind({ default: 'Service' }),
  name: objectName,
  namespace,
  port,
  weight: number(0, 1_000_000, { default: 1 }),
};
export const extensionRef = object({ group: group(), kind: kind(), name: objectName }, ['group', 'kind', 'name']);
const backend = (more: Schema = {}) =>
  rules.withRules(object({ ...backendReference, ...more }, ['name']), rules.SERVICE_PORT);
const mirror = object({ backendRef: backend(), percent: number(0, 100) }, ['backendRef']);
const FILTER_FIELDS = {
  requestHeaderModifier: 'RequestHeaderModifier',
  responseHeaderModifier: 'ResponseHeaderModifier',
  requestMirror: 'RequestMirror',
};
const httpFilter = rules.withRules(
  object(
    {
      extensionRef,
      requestHeaderModifier: headerFilter,
      requestMirror: mirror,
      requestRedirect: object({
        hostname,
        path: pathModifier,
        port,
        scheme: oneOf('http', 'https'),
        statusCode: { type: 'integer', default: 302, enum: [301, 302] },
      }),
      responseHeaderModifier: headerFilter,
      type: oneOf(
        'RequestHeaderModifier',
        'ResponseHeaderModifier',
        'RequestMirror',
        'RequestRedirect',
        'URLRewrite',
        'ExtensionRef',
      ),
      urlRewrite: object({ hostname, path: pathModifier }),
    },
    ['type'],
  ),
  ...rules.filterFields({
    ...FILTER_FIELDS,
    requestRedirect: 'RequestRedirect',
    urlRewrite: 'URLRewrite',
    extensionRef: 'ExtensionRef',
  }),
);
const httpFilters = list(httpFilter, 16, { 'x-kubernetes-validations': rules.HTTP_FILTERS });
export const httpRule = rules.withRules(
  object({
    backendRefs: list(backend({ filters: httpFilters }), 16),
    filters: httpFilters,
    matches: list(
      object({
        headers: list(namedMatch(headerName), 16),
        method: oneOf('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'),
        path: object(
          {
            type: { ...oneOf('Exact', 'PathPrefix', 'RegularExpression'), default: 'PathPrefix' },
            value: text({ maxLength: 1024, default: '/' }),
          },
          [],
          { default: pathMatch.path, 'x-kubernetes-validations': rules.PATH_MATCH },
        ),
        queryParams: list(namedMatch(headerName), 16),
      }),
      64,
      { default: [pathMatch] },
    ),
    name: sectionName,
    timeouts: rules.withRules(object({ backendRequest: text(), request: text() }), rules.TIMEOUTS),
  }),
  ...rules.HTTP_RULE,
);
export const grpcRule = object({
  backendRefs: list(backend(), 16),
  filters: list(
    rules.withRules(
      object(
        {
          extensionRef,
          requestHeaderModifier: headerFilter,
          requestMirror: mirror,
          responseHeaderModifier: headerFilter,
          type: oneOf('ResponseHeaderModifier', 'RequestHeaderModifier', 'RequestMirror', 'ExtensionRef'),
        },
        ['type'],
      ),
      ...rules.filterFields({ ...FILTER_FIELDS, extensionRef: 'ExtensionRef' }),
    ),
    16,
    { 'x-kubernetes-validations': rules.GRPC_FILTERS },
  ),
  matches: list(
    object({
      headers: list(namedMatch(headerName), 16),
      method: rules.withRules(
        object({
          method: text({ maxLength: 1024 }),
          service: text({ maxLength: 1024 }),
          type: { ...oneOf('Exact', 'RegularExpression'), default: 'Exact' },
        }),
        ...rules.GRPC_METHOD,
      ),
    }),
    64,
  ),
  name: sectionName,
});
export const parentReferences = list(parentReference, 32, { 'x-kubernetes-validations': rules.PARENTS });
export const routeStatus = object(
  {
    parents: list(
      object({ conditions: conditions({ minItems: 1 }), controllerName, parentRef: parentReference }, [
        'conditions',
        'controllerName',
        'parentRef',
      ]),
      32,
    ),
  },
  ['parents'],
);

export const listener = object(
  {
    allowedRoutes: object(
      {
        kinds: list(object({ group: group({ default: GROUP }), kind: kind() }, ['kind']), 8),
        namespaces: object(
          {
            from: { ...oneOf('All', 'Selector', 'Same'), default: 'Same' },
            selector: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
          [],
          { default: { from: 'Same' } },
        ),
      },
      [],
      { default: { namespaces: { from: 'Same' } } },
    ),
    hostname,
    name: sectionName,
    port,
    protocol: text({
      minLength: 1,
      maxLength: 255,
      pattern: `^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|${SUBDOMAIN}\\/[A-Za-z0-9]+$`,
    }),
    tls: rules.withRules(
      object({
        certificateRefs: list(
          object({ group: group({ default: '' }), kind: kind({ default: 'Secret' }), name: objectName, namespace }, [
            'name',
          ]),
          64,
        ),
        mode: { ...oneOf('Terminate', 'Passthrough'), default: 'Terminate' },
        options: { type: 'object', additionalProperties: text({ maxLength: 4096 }) },
      }),
      rules.LISTENER_TLS,
    ),
  },
  ['name', 'port', 'protocol'],
);

import { stringify } from 'yaml';
import * as rules from './gateway-api-rules.ts';

/** Releases of the Gateway API; the first is what `latest` stands for. */
const VERSIONS = ['1.4.1', '1.4.0', '1.3.0', '1.2.1', '1.2.0', '1.1.0'];
const GROUP = 'gateway.networking.k8s.io';

type Schema = { readonly [key: string]: unknown };

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;

const text = (more: Schema = {}): Schema => ({ type: 'string', ...more });
const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values });
const number = (minimum: number, maximum: number, more: Schema = {}): Schema => ({
  type: 'integer',
  format: 'int32',
  minimum,
  maximum,
  ...more,
});
const list = (items: Schema, maxItems: number, more: Schema = {}): Schema => ({
  type: 'array',
  items,
  maxItems,
  ...more,
});
const object = (properties: Schema, required: readonly string[] = [], more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  ...more,
});

const port = number(1, 65535);
const objectName = text({ minLength: 1, maxLength: 253 });
const sectionName = text({ minLength: 1, maxLength: 253, pattern: `^${SUBDOMAIN}$` });
const namespace = text({ minLength: 1, maxLength: 63, pattern: `^${LABEL}$` });
const hostname = text({ minLength: 1, maxLength: 253, pattern: `^(\\*\\.)?${SUBDOMAIN}$` });
const group = (more: Schema = {}) => text({ maxLength: 253, pattern: `^$|^${SUBDOMAIN}$`, ...more });
const kind = (more: Schema = {}) =>
  text({ minLength: 1, maxLength: 63, pattern: '^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', ...more });
const headerName = text({ minLength: 1, maxLength: 256, pattern: "^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$" });
const controllerName = text({
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
const conditions = (more: Schema = {}) =>
  list(condition, 8, { 'x-kubernetes-list-map-keys': ['type'], 'x-kubernetes-list-type': 'map', ...more });
/** What a condition says before a controller has come. */
const waiting = (type: string) => ({
  lastTransitionTime: '1970-01-01T00:00:00Z',
  message: 'Waiting for controller',
  reason: 'Pending',
  status: 'Unknown',
  type,
});

const parentReference = object(
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
const pathMatch = { path: { type: 'PathPrefix', value: '/' } };
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
const extensionRef = object({ group: group(), kind: kind(), name: objectName }, ['group', 'kind', 'name']);
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
const httpRule = rules.withRules(
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
const grpcRule = object({
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
const parentReferences = list(parentReference, 32, { 'x-kubernetes-validations': rules.PARENTS });
const routeStatus = object(
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

const listener = object(
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

interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly namespaced: boolean;
  readonly versions: readonly string[];
  /** The release that it first came with; absent: all have it. */
  readonly since?: string;
  readonly columns: readonly Schema[];
  readonly spec: Schema;
  readonly status?: Schema;
}

const AGE = { jsonPath: '.metadata.creationTimestamp', name: 'Age', type: 'date' };
const HOSTNAMES = { jsonPath: '.spec.hostnames', name: 'Hostnames', type: 'string' };
const statusColumn = (type: string) => ({
  jsonPath: `.status.conditions[?(@.type=="${type}")].status`,
  name: type,
  type: 'string',
});

const DEFINITIONS: readonly Definition[] = [
  {
    kind: 'BackendTLSPolicy',
    plural: 'backendtlspolicies',
    shortNames: ['btlspolicy'],
    namespaced: true,
    versions: ['v1'],
    since: '1.4',
    columns: [AGE],
    spec: object(
      {
        options: { type: 'object', additionalProperties: text({ maxLength: 4096 }), maxProperties: 16 },
        targetRefs: list(
          object({ group: group(), kind: kind(), name: objectName, sectionName }, ['group', 'kind', 'name']),
          16,
          { minItems: 1 },
        ),
        validation: rules.withRules(
          object(
            {
              caCertificateRefs: list(extensionRef, 8),
              hostname: text({ minLength: 1, maxLength: 253, pattern: `^${SUBDOMAIN}$` }),
              subjectAltNames: list(
                object({ hostname, type: oneOf('Hostname', 'URI'), uri: text({ minLength: 1, maxLength: 253 }) }, [
                  'type',
                ]),
                5,
              ),
              wellKnownCACertificates: oneOf('System'),
            },
            ['hostname'],
          ),
          ...rules.AUTHORITIES,
        ),
      },
      ['targetRefs', 'validation'],
    ),
    status: object(
      {
        ancestors: list(
          object({ ancestorRef: parentReference, conditions: conditions({ minItems: 1 }), controllerName }, [
            'ancestorRef',
            'conditions',
            'controllerName',
          ]),
          16,
        ),
      },
      ['ancestors'],
    ),
  },
  {
    kind: 'GatewayClass',
    plural: 'gatewayclasses',
    shortNames: ['gc'],
    namespaced: false,
    versions: ['v1', 'v1beta1'],
    columns: [
      { jsonPath: '.spec.controllerName', name: 'Controller', type: 'string' },
      statusColumn('Accepted'),
      AGE,
      { jsonPath: '.spec.description', name: 'Description', priority: 1, type: 'string' },
    ],
    spec: object(
      {
        controllerName: rules.withRules(controllerName, rules.IMMUTABLE),
        description: text({ maxLength: 64 }),
        parametersRef: object({ group: group(), kind: kind(), name: objectName, namespace }, ['group', 'kind', 'name']),
      },
      ['controllerName'],
    ),
    status: object(
      {
        conditions: conditions({ default: [waiting('Accepted')] }),
        supportedFeatures: list(object({ name: text() }, ['name']), 64),
      },
      [],
      { default: { conditions: [waiting('Accepted')] } },
    ),
  },
  {
    kind: 'Gateway',
    plural: 'gateways',
    shortNames: ['gtw'],
    namespaced: true,
    versions: ['v1', 'v1beta1'],
    columns: [
      { jsonPath: '.spec.gatewayClassName', name: 'Class', type: 'string' },
      { jsonPath: '.status.addresses[*].value', name: 'Address', type: 'string' },
      statusColumn('Programmed'),
      AGE,
    ],
    spec: object(
      {
        addresses: list(object({ type: text({ default: 'IPAddress' }), value: text({ maxLength: 253 }) }), 16, {
          'x-kubernetes-validations': rules.ADDRESSES,
        }),
        gatewayClassName: objectName,
        infrastructure: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        listeners: list(listener, 64, {
          minItems: 1,
          'x-kubernetes-list-map-keys': ['name'],
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-validations': rules.LISTENERS,
        }),
      },
      ['gatewayClassName', 'listeners'],
    ),
    status: object(
      {
        addresses: list(
          object({ type: text({ default: 'IPAddress' }), value: text({ minLength: 1, maxLength: 253 }) }, ['value']),
          16,
        ),
        conditions: conditions({ default: [waiting('Accepted'), waiting('Programmed')] }),
        listeners: list(
          object(
            {
              attachedRoutes: { type: 'integer', format: 'int32' },
              conditions: conditions(),
              name: sectionName,
              supportedKinds: list(object({ group: group({ default: GROUP }), kind: kind() }, ['kind']), 8),
            },
            ['attachedRoutes', 'conditions', 'name'],
          ),
          64,
        ),
      },
      [],
      { default: { conditions: [waiting('Accepted'), waiting('Programmed')] } },
    ),
  },
  {
    kind: 'GRPCRoute',
    plural: 'grpcroutes',
    namespaced: true,
    versions: ['v1'],
    columns: [HOSTNAMES, AGE],
    spec: object({ hostnames: list(hostname, 16), parentRefs: parentReferences, rules: list(grpcRule, 16) }),
    status: routeStatus,
  },
  {
    kind: 'HTTPRoute',
    plural: 'httproutes',
    namespaced: true,
    versions: ['v1', 'v1beta1'],
    columns: [HOSTNAMES, AGE],
    spec: object({
      hostnames: list(hostname, 16),
      parentRefs: parentReferences,
      rules: list(httpRule, 16, { default: [{ matches: [pathMatch] }] }),
    }),
    status: routeStatus,
  },
  {
    kind: 'ReferenceGrant',
    plural: 'referencegrants',
    shortNames: ['refgrant'],
    namespaced: true,
    versions: ['v1beta1'],
    columns: [AGE],
    spec: object(
      {
        from: list(object({ group: group(), kind: kind(), namespace }, ['group', 'kind', 'namespace']), 16, {
          minItems: 1,
        }),
        to: list(object({ group: group(), kind: kind(), name: objectName }, ['group', 'kind']), 16, { minItems: 1 }),
      },
      ['from', 'to'],
    ),
  },
];

/**
 * standard-install.yaml of the Gateway API with compact schemas of our own: they refuse what the real ones refuse by
 * type, pattern, limits and the rules in gateway-api-rules.ts. Undefined for a release that there never was.
 */
export function gatewayApi(version: string): string | undefined {
  const release = version === 'latest' ? VERSIONS[0] : version;
  if (release === undefined || !VERSIONS.includes(release)) return undefined;
  return DEFINITIONS.filter(({ since = '' }) => since <= release)
    .map((definition) => stringify(customResourceDefinition(definition, release)))
    .join('---\n');
}

function customResourceDefinition(definition: Definition, release: string): Schema {
  const { kind: name, plural, shortNames, namespaced, versions } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      annotations: {
        'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api/pull/3328',
        [`${GROUP}/bundle-version`]: `v${release}`,
        [`${GROUP}/channel`]: 'standard',
      },
      name: `${plural}.${GROUP}`,
    },
    spec: {
      group: GROUP,
      names: {
        categories: ['gateway-api'],
        kind: name,
        listKind: `${name}List`,
        plural,
        ...(shortNames ? { shortNames } : {}),
        singular: name.toLowerCase(),
      },
      scope: namespaced ? 'Namespaced' : 'Cluster',
      versions: versions.map((one, index) => versionOf(definition, one, index === 0)),
    },
  };
}

function versionOf({ columns, spec, status }: Definition, name: string, storage: boolean): Schema {
  const properties = {
    apiVersion: text(),
    kind: text(),
    metadata: { type: 'object' },
    spec,
    ...(status ? { status } : {}),
  };
  return {
    additionalPrinterColumns: columns,
    name,
    schema: { openAPIV3Schema: object(properties, status ? ['spec'] : []) },
    served: true,
    storage,
    ...(status ? { subresources: { status: {} } } : {}),
  };
}

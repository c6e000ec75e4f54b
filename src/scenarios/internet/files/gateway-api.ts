import { stringify } from 'yaml';
import * as rules from './gateway-api-rules.ts';
import {
  conditions,
  controllerName,
  extensionRef,
  GROUP,
  group,
  grpcRule,
  hostname,
  httpRule,
  kind,
  list,
  listener,
  namespace,
  object,
  objectName,
  oneOf,
  parentReference,
  parentReferences,
  pathMatch,
  routeStatus,
  type Schema,
  SUBDOMAIN,
  sectionName,
  text,
  waiting,
} from './gateway-api-schemas.ts';

/** Releases of the Gateway API; the first is what `latest` stands for. */
const VERSIONS = ['1.4.1', '1.4.0', '1.3.0', '1.2.1', '1.2.0', '1.1.0'];
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

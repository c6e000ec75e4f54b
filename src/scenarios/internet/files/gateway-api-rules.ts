/**
 * What the CRDs of the Gateway API check by CEL, with the messages that people see.
 * sigs.k8s.io/gateway-api: config/crd/standard
 */
type Rule = { readonly rule: string; readonly message: string };
type Schema = { readonly [key: string]: unknown };

const rule = (message: string, text: string): Rule => ({ message, rule: text });

/** A schema with rules of its own. */
export function withRules(schema: Schema, ...rules: readonly Rule[]): Schema {
  return { ...schema, 'x-kubernetes-validations': rules };
}

export const IMMUTABLE = rule('Value is immutable', 'self == oldSelf');

export const LISTENERS: readonly Rule[] = [
  rule(
    "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
    "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)",
  ),
  rule(
    'tls mode must be Terminate for protocol HTTPS',
    "self.all(l, (l.protocol == 'HTTPS' && has(l.tls)) ? (l.tls.mode == '' || l.tls.mode == 'Terminate') : true)",
  ),
  rule(
    "hostname must not be specified for protocols ['TCP', 'UDP']",
    "self.all(l, l.protocol in ['TCP', 'UDP'] ? (!has(l.hostname) || l.hostname == '') : true)",
  ),
  rule('Listener name must be unique within the Gateway', 'self.all(l1, self.exists_one(l2, l1.name == l2.name))'),
  rule(
    'Combination of port, protocol and hostname must be unique for each listener',
    'self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))',
  ),
];

export const LISTENER_TLS = rule(
  'certificateRefs or options must be specified when mode is Terminate',
  // cel-go tells of the first of two errors, cel-js of the second.
  "self.mode == 'Terminate' ? size(self.options) > 0 || size(self.certificateRefs) > 0 : true",
);

export const ADDRESSES: readonly Rule[] = ['IPAddress', 'Hostname'].map((type) =>
  rule(
    `${type} values must be unique`,
    `self.all(a1, a1.type == '${type}' && has(a1.value) ? self.exists_one(a2, a2.type == a1.type && has(a2.value) && a2.value == a1.value) : true )`,
  ),
);

const lacks = (name: string, field: string) => `(!has(${name}.${field}) || ${name}.${field} == '')`;
const has = (name: string, field: string) => `has(${name}.${field})`;
const alike = (field: string) =>
  `((${lacks('p1', field)} && ${lacks('p2', field)}) || (${has('p1', field)} && ${has('p2', field)} && p1.${field} == p2.${field}))`;
const SAME_PARENT = `p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && ${alike('__namespace__')}`;

export const PARENTS: readonly Rule[] = [
  rule(
    'sectionName must be specified when parentRefs includes 2 or more references to the same parent',
    `self.all(p1, self.all(p2, ${SAME_PARENT} ? (${lacks('p1', 'sectionName')} == ${lacks('p2', 'sectionName')}) : true))`,
  ),
  rule(
    'sectionName must be unique when parentRefs includes 2 or more references to the same parent',
    `self.all(p1, self.exists_one(p2, ${SAME_PARENT} && ${alike('sectionName')}))`,
  ),
];

export const SERVICE_PORT = rule(
  'Must have port for Service reference',
  "(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true",
);

const once = (type: string) =>
  rule(`${type} filter cannot be repeated`, `self.filter(f, f.type == '${type}').size() <= 1`);
const notBoth = rule(
  'May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both',
  "!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))",
);
export const HTTP_FILTERS: readonly Rule[] = [
  notBoth,
  ...['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite'].map(once),
];
export const GRPC_FILTERS: readonly Rule[] = ['RequestHeaderModifier', 'ResponseHeaderModifier'].map(once);

/** A filter has the field of its type and no other. */
export function filterFields(fields: Readonly<Record<string, string>>): Rule[] {
  return Object.entries(fields).flatMap(([field, type]) => [
    rule(
      `filter.${field} must be nil if the filter.type is not ${type}`,
      `!(has(self.${field}) && self.type != '${type}')`,
    ),
    rule(
      `filter.${field} must be specified for ${type} filter.type`,
      `!(!has(self.${field}) && self.type == '${type}')`,
    ),
  ]);
}

export const PATH_MODIFIER: readonly Rule[] = (
  [
    ['replaceFullPath', 'ReplaceFullPath'],
    ['replacePrefixMatch', 'ReplacePrefixMatch'],
  ] as const
).flatMap(([field, type]) => [
  rule(
    `${field} must be specified when type is set to '${type}'`,
    `self.type == '${type}' ? has(self.${field}) : true`,
  ),
  rule(`type must be '${type}' when ${field} is set`, `has(self.${field}) ? self.type == '${type}' : true`),
]);

const prefixFilter = (list: string, field: string) =>
  `has(${list}) && ${list}.exists_one(f, has(f.${field}) && has(f.${field}.path) && f.${field}.path.type == 'ReplacePrefixMatch' && has(f.${field}.path.replacePrefixMatch))`;
const ONE_PREFIX = "(size(self.matches) == 1 && self.matches.all(m, has(m.path) && m.path.type == 'PathPrefix'))";
const prefixOnly = (where: string, filter: string, condition: string) =>
  rule(
    `${where} using ${filter} filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified`,
    `(${condition}) ? ${ONE_PREFIX} : true`,
  );
const inBackends = (field: string) =>
  `has(self.backendRefs) && self.backendRefs.exists_one(b, (${prefixFilter('b.filters', field)}))`;

export const HTTP_RULE: readonly Rule[] = [
  rule(
    'RequestRedirect filter must not be used together with backendRefs',
    '(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true',
  ),
  prefixOnly('When', 'RequestRedirect', prefixFilter('self.filters', 'requestRedirect')),
  prefixOnly('When', 'URLRewrite', prefixFilter('self.filters', 'urlRewrite')),
  prefixOnly('Within backendRefs, when', 'RequestRedirect', inBackends('requestRedirect')),
  prefixOnly('Within backendRefs, When', 'URLRewrite', inBackends('urlRewrite')),
];

const PLAIN = "(self.type in ['Exact','PathPrefix'])";
const WHEN = "when type one of ['Exact', 'PathPrefix']";
const PATH_CHARACTERS = "^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$";
export const PATH_MATCH: readonly Rule[] = [
  rule(`value must be an absolute path and start with '/' ${WHEN}`, `${PLAIN} ? self.value.startsWith('/') : true`),
  ...['//', '/./', '/../', '%2f', '%2F', '#'].map((part) =>
    rule(`must not contain '${part}' ${WHEN}`, `${PLAIN} ? !self.value.contains('${part}') : true`),
  ),
  ...['/..', '/.'].map((part) =>
    rule(`must not end with '${part}' ${WHEN}`, `${PLAIN} ? !self.value.endsWith('${part}') : true`),
  ),
  rule(
    "type must be one of ['Exact', 'PathPrefix', 'RegularExpression']",
    "self.type in ['Exact','PathPrefix'] || self.type == 'RegularExpression'",
  ),
  rule(
    `must only contain valid characters (matching ${PATH_CHARACTERS}) for types ['Exact', 'PathPrefix']`,
    `${PLAIN} ? self.value.matches(r"""${PATH_CHARACTERS}""") : true`,
  ),
];

export const TIMEOUTS = rule(
  'backendRequest timeout cannot be longer than request timeout',
  "!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') && duration(self.backendRequest) > duration(self.request))",
);

const SERVICE_NAME = '^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$';
const METHOD_NAME = '^[A-Za-z_][A-Za-z_0-9]*$';
const grpcName = (field: string, shown: string, pattern: string) =>
  rule(
    `${field} must only contain valid characters (matching ${shown})`,
    `(!has(self.type) || self.type == 'Exact') && has(self.${field}) ? self.${field}.matches(r"""${pattern}"""): true`,
  );
export const GRPC_METHOD: readonly Rule[] = [
  rule(
    "One or both of 'service' or 'method' must be specified",
    'has(self.type) ? has(self.service) || has(self.method) : true',
  ),
  // `(?i)` inside of a pattern is RE2's own.
  grpcName('service', SERVICE_NAME, SERVICE_NAME.replace('(?i)', '').replaceAll('a-z', 'A-Za-z')),
  grpcName('method', METHOD_NAME, METHOD_NAME),
];

export const AUTHORITIES: readonly Rule[] = [
  rule(
    'must not contain both CACertificateRefs and WellKnownCACertificates',
    '!(has(self.caCertificateRefs) && size(self.caCertificateRefs) > 0 && has(self.wellKnownCACertificates) && self.wellKnownCACertificates != "")',
  ),
  rule(
    'must specify either CACertificateRefs or WellKnownCACertificates',
    '(has(self.caCertificateRefs) && size(self.caCertificateRefs) > 0 || has(self.wellKnownCACertificates) && self.wellKnownCACertificates != "")',
  ),
];

/** The release that `main` stands for. */
const LATEST = '1.15.1';
/** Releases whose images the registry of the world holds; the first is the newest. */
export const INGRESS_NGINX_VERSIONS: readonly string[] = [
  '1.15.1', '1.15.0', '1.14.5', '1.14.4', '1.14.3', '1.14.2', '1.14.1', '1.14.0', '1.13.9', '1.13.4', '1.13.3', '1.13.2',
  '1.13.1', '1.13.0', '1.12.8', '1.12.7', '1.12.6', '1.12.5', '1.12.4', '1.12.3', '1.12.2', '1.12.1', '1.12.0', '1.11.8',
  '1.11.5', '1.11.3', '1.11.2', '1.11.1', '1.11.0', '1.10.1', '1.10.0', '1.9.6', '1.9.5', '1.9.4', '1.8.2', '1.8.1',
]; // biome-ignore format: a table
/** Makes and installs the certificate of the admission webhook. */
export const CERTGEN_VERSION = 'v1.6.9';

const PART = (component: string, version: string, indent: string) =>
  [
    ...(component === '' ? [] : [`app.kubernetes.io/component: ${component}`]),
    'app.kubernetes.io/instance: ingress-nginx',
    'app.kubernetes.io/name: ingress-nginx',
    'app.kubernetes.io/part-of: ingress-nginx',
    `app.kubernetes.io/version: ${version}`,
  ]
    .map((line) => indent + line)
    .join('\n');

/**
 * deploy.yaml of ingress-nginx, a text of our own with the same objects: the controller with its rights, Services,
 * IngressClass and the Jobs of its admission webhook. Undefined for a release that there never was.
 */
export function ingressNginx(ref: string, provider: string): string | undefined {
  const version = ref === 'main' ? LATEST : ref.replace('controller-v', '');
  if (!INGRESS_NGINX_VERSIONS.includes(version)) return undefined;
  return [
    NAMESPACE,
    account('ingress-nginx', 'controller', version),
    account('ingress-nginx-admission', 'admission-webhook', version),
    role('Role', 'ingress-nginx', 'controller', version, CONTROLLER_RULES),
    role('Role', 'ingress-nginx-admission', 'admission-webhook', version, rule('', 'secrets', 'get, create')),
    role('ClusterRole', 'ingress-nginx', '', version, CONTROLLER_CLUSTER_RULES),
    role(
      'ClusterRole',
      'ingress-nginx-admission',
      'admission-webhook',
      version,
      rule('admissionregistration.k8s.io', 'validatingwebhookconfigurations', 'get, update'),
    ),
    binding('Role', 'ingress-nginx', 'controller', version),
    binding('Role', 'ingress-nginx-admission', 'admission-webhook', version),
    binding('ClusterRole', 'ingress-nginx', '', version),
    binding('ClusterRole', 'ingress-nginx-admission', 'admission-webhook', version),
    head('v1', 'ConfigMap', 'ingress-nginx-controller', 'controller', version).replace('kind:', 'data: null\nkind:'),
    service(provider, version),
    admissionService(version),
    deployment(provider, version),
    job('create', version, [
      '--host=ingress-nginx-controller-admission,ingress-nginx-controller-admission.$(POD_NAMESPACE).svc',
      '--namespace=$(POD_NAMESPACE)',
      '--secret-name=ingress-nginx-admission',
    ]),
    job('patch', version, [
      '--webhook-name=ingress-nginx-admission',
      '--namespace=$(POD_NAMESPACE)',
      '--patch-mutating=false',
      '--secret-name=ingress-nginx-admission',
      '--patch-failure-policy=Fail',
    ]),
    `${head('networking.k8s.io/v1', 'IngressClass', 'nginx', 'controller', version, false)}spec:
  controller: k8s.io/ingress-nginx
`,
    webhook(version),
  ].join('---\n');
}

const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata:
  labels:
    app.kubernetes.io/instance: ingress-nginx
    app.kubernetes.io/name: ingress-nginx
  name: ingress-nginx
`;

function head(apiVersion: string, kind: string, name: string, component: string, version: string, inNamespace = true) {
  return `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  labels:
${PART(component, version, '    ')}
  name: ${name}
${inNamespace ? '  namespace: ingress-nginx\n' : ''}`;
}

function account(name: string, component: string, version: string): string {
  return `${head('v1', 'ServiceAccount', name, component, version)}automountServiceAccountToken: true\n`;
}

function rule(group: string, resources: string, verbs: string, names = ''): string {
  return `- apiGroups: ["${group}"]
  resources: [${resources}]
${names === '' ? '' : `  resourceNames: [${names}]\n`}  verbs: [${verbs}]
`;
}

const CONTROLLER_RULES = [
  rule('', 'namespaces', 'get'),
  rule('', 'configmaps, pods, secrets, endpoints', 'get, list, watch'),
  rule('', 'services', 'get, list, watch'),
  rule('networking.k8s.io', 'ingresses', 'get, list, watch'),
  rule('networking.k8s.io', 'ingresses/status', 'update'),
  rule('networking.k8s.io', 'ingressclasses', 'get, list, watch'),
  rule('coordination.k8s.io', 'leases', 'get, update', 'ingress-nginx-leader'),
  rule('coordination.k8s.io', 'leases', 'create'),
  rule('', 'events', 'create, patch'),
  rule('discovery.k8s.io', 'endpointslices', 'list, watch, get'),
].join('');

const CONTROLLER_CLUSTER_RULES = [
  rule('', 'configmaps, endpoints, nodes, pods, secrets, namespaces', 'list, watch'),
  rule('coordination.k8s.io', 'leases', 'list, watch'),
  rule('', 'nodes', 'get'),
  rule('', 'services', 'get, list, watch'),
  rule('networking.k8s.io', 'ingresses', 'get, list, watch'),
  rule('', 'events', 'create, patch'),
  rule('networking.k8s.io', 'ingresses/status', 'update'),
  rule('networking.k8s.io', 'ingressclasses', 'get, list, watch'),
  rule('discovery.k8s.io', 'endpointslices', 'list, watch, get'),
].join('');

function role(kind: 'Role' | 'ClusterRole', name: string, component: string, version: string, rules: string): string {
  return `${head('rbac.authorization.k8s.io/v1', kind, name, component, version, kind === 'Role')}rules:\n${rules}`;
}

function binding(kind: 'Role' | 'ClusterRole', name: string, component: string, version: string): string {
  return `${head('rbac.authorization.k8s.io/v1', `${kind}Binding`, name, component, version, kind === 'Role')}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${kind}
  name: ${name}
subjects:
- kind: ServiceAccount
  name: ${name}
  namespace: ingress-nginx
`;
}

const SELECTOR = `    app.kubernetes.io/component: controller
    app.kubernetes.io/instance: ingress-nginx
    app.kubernetes.io/name: ingress-nginx
`;

function service(provider: string, version: string): string {
  return `${head('v1', 'Service', 'ingress-nginx-controller', 'controller', version)}spec:
${provider === 'cloud' ? '  externalTrafficPolicy: Local\n' : ''}  ipFamilies:
  - IPv4
  ipFamilyPolicy: SingleStack
  ports:
  - appProtocol: http
    name: http
    port: 80
    protocol: TCP
    targetPort: http
  - appProtocol: https
    name: https
    port: 443
    protocol: TCP
    targetPort: https
  selector:
${SELECTOR}  type: ${provider === 'cloud' ? 'LoadBalancer' : 'NodePort'}
`;
}

function admissionService(version: string): string {
  return `${head('v1', 'Service', 'ingress-nginx-controller-admission', 'controller', version)}spec:
  ports:
  - appProtocol: https
    name: https-webhook
    port: 443
    targetPort: webhook
  selector:
${SELECTOR}  type: ClusterIP
`;
}

function probe(kind: string, failures: number): string {
  return `        ${kind}:
          failureThreshold: ${failures}
          httpGet:
            path: /healthz
            port: 10254
            scheme: HTTP
          initialDelaySeconds: 10
          periodSeconds: 10
          successThreshold: 1
          timeoutSeconds: 1
`;
}

function field(name: string, path: string): string {
  return `        - name: ${name}
          valueFrom:
            fieldRef:
              fieldPath: ${path}
`;
}

function deployment(provider: string, version: string): string {
  const publish = provider === 'cloud' ? '        - --publish-service=$(POD_NAMESPACE)/ingress-nginx-controller\n' : '';
  return `${head('apps/v1', 'Deployment', 'ingress-nginx-controller', 'controller', version)}spec:
  minReadySeconds: 0
  revisionHistoryLimit: 10
  selector:
    matchLabels:
${SELECTOR.replace(/^/gm, '  ').trimEnd()}
  strategy:
    rollingUpdate:
      maxUnavailable: 1
    type: RollingUpdate
  template:
    metadata:
      labels:
${PART('controller', version, '        ')}
    spec:
      automountServiceAccountToken: true
      containers:
      - args:
        - /nginx-ingress-controller
${publish}        - --election-id=ingress-nginx-leader
        - --controller-class=k8s.io/ingress-nginx
        - --ingress-class=nginx
        - --configmap=$(POD_NAMESPACE)/ingress-nginx-controller
        - --validating-webhook=:8443
        - --validating-webhook-certificate=/usr/local/certificates/cert
        - --validating-webhook-key=/usr/local/certificates/key
        env:
${field('POD_NAME', 'metadata.name')}${field('POD_NAMESPACE', 'metadata.namespace')}        - name: LD_PRELOAD
          value: /usr/local/lib/libmimalloc.so
        image: registry.k8s.io/ingress-nginx/controller:v${version}
        imagePullPolicy: IfNotPresent
        lifecycle:
          preStop:
            exec:
              command:
              - /wait-shutdown
${probe('livenessProbe', 5)}        name: controller
        ports:
        - containerPort: 80
          name: http
          protocol: TCP
        - containerPort: 443
          name: https
          protocol: TCP
        - containerPort: 8443
          name: webhook
          protocol: TCP
${probe('readinessProbe', 3)}        resources:
          requests:
            cpu: 100m
            memory: 90Mi
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            add:
            - NET_BIND_SERVICE
            drop:
            - ALL
          readOnlyRootFilesystem: false
          runAsGroup: 82
          runAsNonRoot: true
          runAsUser: 101
          seccompProfile:
            type: RuntimeDefault
        volumeMounts:
        - mountPath: /usr/local/certificates/
          name: webhook-cert
          readOnly: true
      dnsPolicy: ClusterFirst
      nodeSelector:
        kubernetes.io/os: linux
      serviceAccountName: ingress-nginx
      terminationGracePeriodSeconds: 300
      volumes:
      - name: webhook-cert
        secret:
          secretName: ingress-nginx-admission
`;
}

function job(step: string, version: string, args: readonly string[]): string {
  const name = `ingress-nginx-admission-${step}`;
  return `${head('batch/v1', 'Job', name, 'admission-webhook', version)}spec:
  template:
    metadata:
      labels:
${PART('admission-webhook', version, '        ')}
      name: ${name}
    spec:
      automountServiceAccountToken: true
      containers:
      - args:
        - ${[step, ...args].join('\n        - ')}
        env:
${field('POD_NAMESPACE', 'metadata.namespace')}        image: registry.k8s.io/ingress-nginx/kube-webhook-certgen:${CERTGEN_VERSION}
        imagePullPolicy: IfNotPresent
        name: ${step}
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop:
            - ALL
          readOnlyRootFilesystem: true
          runAsGroup: 65532
          runAsNonRoot: true
          runAsUser: 65532
          seccompProfile:
            type: RuntimeDefault
      nodeSelector:
        kubernetes.io/os: linux
      restartPolicy: OnFailure
      serviceAccountName: ingress-nginx-admission
`;
}

function webhook(version: string): string {
  return `${head('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'ingress-nginx-admission', 'admission-webhook', version, false)}webhooks:
- admissionReviewVersions:
  - v1
  clientConfig:
    service:
      name: ingress-nginx-controller-admission
      namespace: ingress-nginx
      path: /networking/v1/ingresses
      port: 443
  failurePolicy: Fail
  matchPolicy: Equivalent
  name: validate.nginx.ingress.kubernetes.io
  rules:
  - apiGroups:
    - networking.k8s.io
    apiVersions:
    - v1
    operations:
    - CREATE
    - UPDATE
    resources:
    - ingresses
  sideEffects: None
`;
}

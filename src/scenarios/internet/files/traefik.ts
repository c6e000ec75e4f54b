/** Tags of the image; the first stands for `latest`. */
export const TRAEFIK_VERSIONS: readonly string[] = [
  'v3.6.12',
  'v3.6.2',
  'v3.6',
  'v3.5',
  'v3.4',
  'v3.3',
  'v3.2',
  'v3.1',
  'v3.0',
  'v3',
];

const RULES = `rules:
- apiGroups: [""]
  resources: [services, secrets, nodes, configmaps, namespaces]
  verbs: [get, list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
- apiGroups: [extensions, networking.k8s.io]
  resources: [ingresses, ingressclasses]
  verbs: [get, list, watch]
- apiGroups: [extensions, networking.k8s.io]
  resources: [ingresses/status]
  verbs: [update]
`;

const GATEWAY_RULES = `- apiGroups: [gateway.networking.k8s.io]
  resources: [gatewayclasses, gateways, httproutes, grpcroutes, tcproutes, tlsroutes, referencegrants, backendtlspolicies]
  verbs: [get, list, watch]
- apiGroups: [gateway.networking.k8s.io]
  resources: [gatewayclasses/status, gateways/status, httproutes/status, grpcroutes/status, tcproutes/status, tlsroutes/status, backendtlspolicies/status]
  verbs: [update]
`;

/** Rights for the Gateway API, as Traefik's documentation has them: text of our own with the same names. */
export function traefikGatewayRbac(): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: gateway-role
${RULES}${GATEWAY_RULES}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: gateway-controller
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: gateway-role
subjects:
- kind: ServiceAccount
  name: traefik-controller
  namespace: default
`;
}

const LABELS = `    app.kubernetes.io/instance: traefik-traefik
    app.kubernetes.io/name: traefik
`;

/** What the Helm chart makes: Traefik for Ingresses and, with \`gateway\`, for the Gateway API. A manifest of kubetutor's own. */
export function traefik(gateway: boolean): string {
  const account = `- kind: ServiceAccount
  name: traefik
  namespace: traefik
`;
  const gatewayFlags = gateway
    ? '        - --providers.kubernetesgateway\n        - --providers.kubernetesgateway.statusaddress.service.name=traefik\n        - --providers.kubernetesgateway.statusaddress.service.namespace=traefik\n'
    : '';
  // A listener of a Gateway finds its entry point by the number of its port.
  const [web, secure] = gateway ? [80, 443] : [8000, 8443];
  const gatewayClass = `---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata:
  name: traefik
spec:
  controllerName: traefik.io/gateway-controller
`;
  return `apiVersion: v1
kind: Namespace
metadata:
  name: traefik
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: traefik
  namespace: traefik
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: traefik-traefik
${RULES}${gateway ? GATEWAY_RULES : ''}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: traefik-traefik
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: traefik-traefik
subjects:
${account}---
apiVersion: v1
kind: Service
metadata:
  name: traefik
  namespace: traefik
  labels:
${LABELS}spec:
  type: LoadBalancer
  selector:
${LABELS}  ports:
  - name: web
    port: 80
    targetPort: web
  - name: websecure
    port: 443
    targetPort: websecure
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: traefik
  namespace: traefik
  labels:
${LABELS}spec:
  replicas: 1
  selector:
    matchLabels:
${LABELS.replace(/^/gm, '  ').trimEnd()}
  template:
    metadata:
      labels:
${LABELS.replace(/^/gm, '    ').trimEnd()}
    spec:
      serviceAccountName: traefik
      terminationGracePeriodSeconds: 60
      containers:
      - name: traefik
        image: docker.io/traefik:v3.6.12
        args:
        - --entrypoints.traefik.address=:8080/tcp
        - --entrypoints.web.address=:${web}/tcp
        - --entrypoints.websecure.address=:${secure}/tcp
        - --entrypoints.websecure.http.tls=true
        - --ping=true
        - --accesslog=true
        - --log.level=INFO
        - --providers.kubernetesingress
        - --providers.kubernetesingress.ingressendpoint.publishedservice=traefik/traefik
${gatewayFlags}        ports:
        - name: traefik
          containerPort: 8080
        - name: web
          containerPort: ${web}
        - name: websecure
          containerPort: ${secure}
        readinessProbe:
          httpGet: {path: /ping, port: 8080}
          initialDelaySeconds: 2
          periodSeconds: 10
        livenessProbe:
          httpGet: {path: /ping, port: 8080}
          initialDelaySeconds: 2
          periodSeconds: 10
        securityContext:
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
          readOnlyRootFilesystem: true
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: traefik
spec:
  controller: traefik.io/ingress-controller
${gateway ? gatewayClass : ''}`;
}

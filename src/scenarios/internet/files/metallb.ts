/** Releases whose images the registry of the world holds; the first is the newest. */
export const METALLB_VERSIONS: readonly string[] = ['v0.15.2', 'v0.14.9', 'v0.14.8', 'v0.14.5', 'v0.13.12'];

const crd = (plural: string, kind: string, spec: string, columns: string) => `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.metallb.io
spec:
  group: metallb.io
  names:
    kind: ${kind}
    listKind: ${kind}List
    plural: ${plural}
    singular: ${plural.slice(0, -1)}
  scope: Namespaced
  versions:
  - name: v1beta1
    served: true
    storage: true
    additionalPrinterColumns:
${columns}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          apiVersion: {type: string}
          kind: {type: string}
          metadata: {type: object}
          spec:
            type: object
${spec}
          status: {type: object}
    subresources:
      status: {}
`;

const STRINGS = '{type: array, items: {type: string}}';

const account = (name: string, rules: string) => `---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}, namespace: metallb-system, labels: {app: metallb}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "metallb-system:${name}", labels: {app: metallb}}
rules:
${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "metallb-system:${name}", labels: {app: metallb}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "metallb-system:${name}"}
subjects: [{kind: ServiceAccount, name: ${name}, namespace: metallb-system}]
`;

/**
 * config/manifests/metallb-native.yaml, a text of our own: the objects that layer 2 needs. BGP, FRR and the webhook are
 * not modelled. Undefined for a release that there never was.
 */
export function metallbNative(version: string): string | undefined {
  const release = version === 'main' ? METALLB_VERSIONS[0] : version;
  if (release === undefined || !METALLB_VERSIONS.includes(release)) return undefined;
  return `apiVersion: v1
kind: Namespace
metadata:
  name: metallb-system
  labels:
    pod-security.kubernetes.io/audit: privileged
    pod-security.kubernetes.io/enforce: privileged
    pod-security.kubernetes.io/warn: privileged
${crd(
  'ipaddresspools',
  'IPAddressPool',
  `            required: [addresses]
            properties:
              addresses: ${STRINGS}
              autoAssign: {type: boolean, default: true}
              avoidBuggyIPs: {type: boolean, default: false}`,
  `    - {name: Auto Assign, type: boolean, jsonPath: .spec.autoAssign}
    - {name: Avoid Buggy IPs, type: boolean, jsonPath: .spec.avoidBuggyIPs}
    - {name: Addresses, type: string, jsonPath: .spec.addresses}`,
)}${crd(
  'l2advertisements',
  'L2Advertisement',
  `            properties:
              ipAddressPools: ${STRINGS}
              interfaces: ${STRINGS}`,
  `    - {name: IPAddressPools, type: string, jsonPath: .spec.ipAddressPools}
    - {name: Interfaces, type: string, jsonPath: .spec.interfaces}`,
)}${account(
  'controller',
  `- apiGroups: [""]
  resources: [services, services/status, namespaces, nodes]
  verbs: [get, list, watch, update, patch]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
- apiGroups: [metallb.io]
  resources: ["*"]
  verbs: [get, list, watch]`,
)}${account(
  'speaker',
  `- apiGroups: [""]
  resources: [services, endpoints, nodes, namespaces, pods]
  verbs: [get, list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
- apiGroups: [metallb.io]
  resources: ["*"]
  verbs: [get, list, watch]`,
)}---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: controller
  namespace: metallb-system
  labels: {app: metallb, component: controller}
spec:
  revisionHistoryLimit: 3
  selector:
    matchLabels: {app: metallb, component: controller}
  template:
    metadata:
      labels: {app: metallb, component: controller}
    spec:
      serviceAccountName: controller
      terminationGracePeriodSeconds: 0
      containers:
      - name: controller
        image: quay.io/metallb/controller:${release}
        args: [--port=7472, --log-level=info]
        ports:
        - {name: monitoring, containerPort: 7472}
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: speaker
  namespace: metallb-system
  labels: {app: metallb, component: speaker}
spec:
  selector:
    matchLabels: {app: metallb, component: speaker}
  template:
    metadata:
      labels: {app: metallb, component: speaker}
    spec:
      serviceAccountName: speaker
      hostNetwork: true
      terminationGracePeriodSeconds: 2
      tolerations:
      - {key: node-role.kubernetes.io/control-plane, effect: NoSchedule, operator: Exists}
      containers:
      - name: speaker
        image: quay.io/metallb/speaker:${release}
        args: [--port=7472, --log-level=info]
        env:
        - name: METALLB_NODE_NAME
          valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
        ports:
        - {name: monitoring, containerPort: 7472}
        - {name: memberlist-tcp, containerPort: 7946}
`;
}

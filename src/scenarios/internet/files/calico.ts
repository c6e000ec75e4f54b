/** Releases whose images the registry of the world holds; the first is the newest. */
export const CALICO_VERSIONS: readonly string[] = [
  '3.31.0', '3.30.4', '3.30.3', '3.30.2', '3.30.1', '3.30.0', '3.29.6', '3.29.3', '3.29.1', '3.29.0', '3.28.2', '3.28.1',
  '3.28.0', '3.27.3', '3.27.0', '3.26.4', '3.26.1', '3.25.0',
]; // biome-ignore format: a table

/** `Kind plural` of the custom resources; those with a star are of the whole cluster. */
const RESOURCES = `BGPConfiguration* bgpconfigurations
BGPFilter* bgpfilters
BGPPeer* bgppeers
BlockAffinity* blockaffinities
CalicoNodeStatus* caliconodestatuses
ClusterInformation* clusterinformations
FelixConfiguration* felixconfigurations
GlobalNetworkPolicy* globalnetworkpolicies
GlobalNetworkSet* globalnetworksets
HostEndpoint* hostendpoints
IPAMBlock* ipamblocks
IPAMConfig* ipamconfigs
IPAMHandle* ipamhandles
IPPool* ippools
IPReservation* ipreservations
KubeControllersConfiguration* kubecontrollersconfigurations
NetworkPolicy networkpolicies
NetworkSet networksets
StagedGlobalNetworkPolicy* stagedglobalnetworkpolicies
StagedKubernetesNetworkPolicy stagedkubernetesnetworkpolicies
StagedNetworkPolicy stagednetworkpolicies
Tier* tiers`;

const ACCOUNTS = ['calico-kube-controllers', 'calico-node', 'calico-cni-plugin'];

/** calico.yaml, a text of our own with the same objects. Undefined for a release that there never was. */
export function calico(ref: string): string | undefined {
  const version = ref === 'master' ? CALICO_VERSIONS[0] : ref.replace(/^v/, '');
  if (version === undefined || !CALICO_VERSIONS.includes(version)) return undefined;
  return [
    DISRUPTION_BUDGET,
    ...ACCOUNTS.map(
      (name) => `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: kube-system\n`,
    ),
    CONFIG,
    ...RESOURCES.split('\n').map(definition),
    ...['calico-kube-controllers', 'calico-node', 'calico-cni-plugin'].flatMap(role),
    ...ACCOUNTS.map(binding),
    nodeAgent(version),
    controllers(version),
  ].join('---\n');
}

const DISRUPTION_BUDGET = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: calico-kube-controllers
  namespace: kube-system
  labels:
    k8s-app: calico-kube-controllers
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      k8s-app: calico-kube-controllers
`;

const CONFIG = `kind: ConfigMap
apiVersion: v1
metadata:
  name: calico-config
  namespace: kube-system
data:
  typha_service_name: "none"
  calico_backend: "bird"
  veth_mtu: "0"
  cni_network_config: |-
    {
      "name": "k8s-pod-network",
      "cniVersion": "0.3.1",
      "plugins": [
        {
          "type": "calico",
          "log_level": "info",
          "log_file_path": "/var/log/calico/cni/cni.log",
          "datastore_type": "kubernetes",
          "nodename": "__KUBERNETES_NODE_NAME__",
          "mtu": __CNI_MTU__,
          "ipam": {
              "type": "calico-ipam"
          },
          "policy": {
              "type": "k8s"
          },
          "kubernetes": {
              "kubeconfig": "__KUBECONFIG_FILEPATH__"
          }
        },
        {
          "type": "portmap",
          "snat": true,
          "capabilities": {"portMappings": true}
        },
        {
          "type": "bandwidth",
          "capabilities": {"bandwidth": true}
        }
      ]
    }
`;

function definition(line: string): string {
  const [marked = '', plural = ''] = line.split(' ');
  const kind = marked.replace('*', '');
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.crd.projectcalico.org
spec:
  group: crd.projectcalico.org
  names:
    kind: ${kind}
    listKind: ${kind}List
    plural: ${plural}
    singular: ${kind.toLowerCase()}
  scope: ${marked.endsWith('*') ? 'Cluster' : 'Namespaced'}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          apiVersion:
            type: string
          kind:
            type: string
          metadata:
            type: object
          spec:
            type: object
            x-kubernetes-preserve-unknown-fields: true
`;
}

function role(name: string): string {
  return `kind: ClusterRole
apiVersion: rbac.authorization.k8s.io/v1
metadata:
  name: ${name}
rules:
- apiGroups: [""]
  resources: [nodes, namespaces, pods, services, endpoints, configmaps, serviceaccounts]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [nodes/status, pods/status]
  verbs: [patch, update]
- apiGroups: ["networking.k8s.io"]
  resources: [networkpolicies]
  verbs: [watch, list]
- apiGroups: ["discovery.k8s.io"]
  resources: [endpointslices]
  verbs: [watch, list, get]
- apiGroups: ["crd.projectcalico.org"]
  resources: ["*"]
  verbs: [get, list, watch, create, update, delete]
`;
}

function binding(name: string): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ${name}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ${name}
subjects:
- kind: ServiceAccount
  name: ${name}
  namespace: kube-system
`;
}

const NODE_NAME = (name: string) => `        - name: ${name}
          valueFrom:
            fieldRef:
              fieldPath: spec.nodeName
`;

const FROM_CONFIG = (name: string, key: string) => `        - name: ${name}
          valueFrom:
            configMapKeyRef:
              name: calico-config
              key: ${key}
`;

function nodeAgent(version: string): string {
  const registry = /^3\.(2|30)/.test(version) ? 'docker.io' : 'quay.io';
  return `kind: DaemonSet
apiVersion: apps/v1
metadata:
  name: calico-node
  namespace: kube-system
  labels:
    k8s-app: calico-node
spec:
  selector:
    matchLabels:
      k8s-app: calico-node
  updateStrategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 1
  template:
    metadata:
      labels:
        k8s-app: calico-node
    spec:
      nodeSelector:
        kubernetes.io/os: linux
      hostNetwork: true
      tolerations:
      - effect: NoSchedule
        operator: Exists
      - key: CriticalAddonsOnly
        operator: Exists
      - effect: NoExecute
        operator: Exists
      serviceAccountName: calico-node
      terminationGracePeriodSeconds: 0
      priorityClassName: system-node-critical
      initContainers:
      - name: upgrade-ipam
        image: ${registry}/calico/cni:v${version}
        imagePullPolicy: IfNotPresent
        command: ["/opt/cni/bin/calico-ipam", "-upgrade"]
        volumeMounts:
        - mountPath: /host/opt/cni/bin
          name: cni-bin-dir
        securityContext:
          privileged: true
      - name: install-cni
        image: ${registry}/calico/cni:v${version}
        imagePullPolicy: IfNotPresent
        command: ["/opt/cni/bin/install"]
        env:
        - name: CNI_CONF_NAME
          value: "10-calico.conflist"
${FROM_CONFIG('CNI_NETWORK_CONFIG', 'cni_network_config')}${NODE_NAME('KUBERNETES_NODE_NAME')}${FROM_CONFIG('CNI_MTU', 'veth_mtu')}        - name: SLEEP
          value: "false"
        volumeMounts:
        - mountPath: /host/opt/cni/bin
          name: cni-bin-dir
        - mountPath: /host/etc/cni/net.d
          name: cni-net-dir
        securityContext:
          privileged: true
      - name: mount-bpffs
        image: ${registry}/calico/node:v${version}
        imagePullPolicy: IfNotPresent
        command: ["calico-node", "-init", "-best-effort"]
        securityContext:
          privileged: true
      containers:
      - name: calico-node
        image: ${registry}/calico/node:v${version}
        imagePullPolicy: IfNotPresent
        env:
        - name: DATASTORE_TYPE
          value: "kubernetes"
        - name: WAIT_FOR_DATASTORE
          value: "true"
${NODE_NAME('NODENAME')}${FROM_CONFIG('CALICO_NETWORKING_BACKEND', 'calico_backend')}        - name: CLUSTER_TYPE
          value: "k8s,bgp"
        - name: IP
          value: "autodetect"
        - name: CALICO_IPV4POOL_IPIP
          value: "Always"
        - name: CALICO_IPV4POOL_VXLAN
          value: "Never"
        - name: FELIX_DEFAULTENDPOINTTOHOSTACTION
          value: "ACCEPT"
        - name: FELIX_HEALTHENABLED
          value: "true"
        securityContext:
          privileged: true
        resources:
          requests:
            cpu: 250m
        livenessProbe:
          exec:
            command: ["/bin/calico-node", "-felix-live", "-bird-live"]
          periodSeconds: 10
          initialDelaySeconds: 10
          failureThreshold: 6
          timeoutSeconds: 10
        readinessProbe:
          exec:
            command: ["/bin/calico-node", "-felix-ready", "-bird-ready"]
          periodSeconds: 10
          timeoutSeconds: 10
        volumeMounts:
        - mountPath: /host/etc/cni/net.d
          name: cni-net-dir
        - mountPath: /var/run/calico
          name: var-run-calico
        - mountPath: /var/lib/calico
          name: var-lib-calico
      volumes:
      - name: var-run-calico
        hostPath:
          path: /var/run/calico
          type: DirectoryOrCreate
      - name: var-lib-calico
        hostPath:
          path: /var/lib/calico
          type: DirectoryOrCreate
      - name: cni-bin-dir
        hostPath:
          path: /opt/cni/bin
          type: DirectoryOrCreate
      - name: cni-net-dir
        hostPath:
          path: /etc/cni/net.d
`;
}

function controllers(version: string): string {
  const registry = /^3\.(2|30)/.test(version) ? 'docker.io' : 'quay.io';
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: calico-kube-controllers
  namespace: kube-system
  labels:
    k8s-app: calico-kube-controllers
spec:
  replicas: 1
  selector:
    matchLabels:
      k8s-app: calico-kube-controllers
  strategy:
    type: Recreate
  template:
    metadata:
      name: calico-kube-controllers
      namespace: kube-system
      labels:
        k8s-app: calico-kube-controllers
    spec:
      nodeSelector:
        kubernetes.io/os: linux
      tolerations:
      - key: CriticalAddonsOnly
        operator: Exists
      - key: node-role.kubernetes.io/master
        effect: NoSchedule
      - key: node-role.kubernetes.io/control-plane
        effect: NoSchedule
      serviceAccountName: calico-kube-controllers
      securityContext:
        seccompProfile:
          type: RuntimeDefault
      priorityClassName: system-cluster-critical
      containers:
      - name: calico-kube-controllers
        image: ${registry}/calico/kube-controllers:v${version}
        imagePullPolicy: IfNotPresent
        env:
        - name: ENABLED_CONTROLLERS
          value: node,loadbalancer
        - name: DATASTORE_TYPE
          value: kubernetes
        livenessProbe:
          exec:
            command: ["/usr/bin/check-status", "-l"]
          periodSeconds: 10
          initialDelaySeconds: 10
          failureThreshold: 6
          timeoutSeconds: 10
        readinessProbe:
          exec:
            command: ["/usr/bin/check-status", "-r"]
          periodSeconds: 10
        securityContext:
          runAsNonRoot: true
`;
}

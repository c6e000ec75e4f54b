import type { WebFile } from '../../internet/files.ts';

/** Releases whose images the registry of the world holds; the first is the newest. */
export const ALB_CONTROLLER_VERSIONS: readonly string[] = [
  'v2.14.1',
  'v2.13.4',
  'v2.13.3',
  'v2.12.0',
  'v2.11.0',
  'v2.10.0',
  'v2.9.0',
  'v2.8.2',
  'v2.7.2',
];

const REPOSITORY = 'kubernetes-sigs\\/aws-load-balancer-controller';
const LABELS = '{app.kubernetes.io/component: controller, app.kubernetes.io/name: aws-load-balancer-controller}';

const crd = (
  plural: string,
  kind: string,
  scope: string,
  spec: string,
  columns: string,
) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.elbv2.k8s.aws
  labels: {app.kubernetes.io/name: aws-load-balancer-controller}
spec:
  group: elbv2.k8s.aws
  names: {kind: ${kind}, listKind: ${kind}List, plural: ${plural}, singular: ${kind.toLowerCase()}}
  scope: ${scope}
  versions:
  - name: v1beta1
    served: true
    storage: true
    additionalPrinterColumns:
${columns}
    - {name: AGE, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          apiVersion: {type: string}
          kind: {type: string}
          metadata: {type: object}
          spec: ${spec}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
    subresources: {status: {}}
---
`;

const BINDING = `
            type: object
            required: [serviceRef]
            properties:
              targetGroupARN: {type: string}
              targetType: {type: string, enum: [instance, ip]}
              vpcID: {type: string}
              serviceRef:
                type: object
                required: [name, port]
                properties:
                  name: {type: string}
                  port: {anyOf: [{type: integer}, {type: string}], x-kubernetes-int-or-string: true}`;

/**
 * The release's vX_Y_Z_full.yaml, a text of our own with its objects. Its webhooks, and what cert-manager does for them,
 * are left out: kubetutor does not model them. As in the original, the name of the cluster is to be filled in.
 */
function controllerManifest(version: string): string | undefined {
  if (!ALB_CONTROLLER_VERSIONS.includes(version)) return undefined;
  const name = 'aws-load-balancer-controller';
  return `${crd('ingressclassparams', 'IngressClassParams', 'Cluster', '{type: object, x-kubernetes-preserve-unknown-fields: true}', '    - {name: SCHEME, type: string, jsonPath: .spec.scheme, priority: 1}')}${crd(
    'targetgroupbindings',
    'TargetGroupBinding',
    'Namespaced',
    BINDING,
    `    - {name: SERVICE-NAME, type: string, jsonPath: .spec.serviceRef.name}
    - {name: SERVICE-PORT, type: string, jsonPath: .spec.serviceRef.port}
    - {name: TARGET-TYPE, type: string, jsonPath: .spec.targetType}
    - {name: ARN, type: string, jsonPath: .spec.targetGroupARN, priority: 1}`,
  )}apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}, namespace: kube-system, labels: ${LABELS}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: ${name}-leader-election-role, namespace: kube-system, labels: {app.kubernetes.io/name: ${name}}}
rules:
- {apiGroups: [""], resources: [configmaps], verbs: [create]}
- {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create, get, update, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ${name}-role, labels: {app.kubernetes.io/name: ${name}}}
rules:
- {apiGroups: [""], resources: [endpoints, namespaces, nodes, pods, secrets, configmaps], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [events], verbs: [create, patch]}
- {apiGroups: [""], resources: [pods/status, services/status], verbs: [patch, update]}
- {apiGroups: [""], resources: [services], verbs: [get, list, patch, update, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, watch]}
- {apiGroups: [elbv2.k8s.aws], resources: [ingressclassparams], verbs: [get, list, watch]}
- {apiGroups: [elbv2.k8s.aws], resources: [targetgroupbindings], verbs: [create, delete, get, list, patch, update, watch]}
- {apiGroups: [elbv2.k8s.aws], resources: [targetgroupbindings/status], verbs: [patch, update]}
- {apiGroups: [networking.k8s.io], resources: [ingressclasses], verbs: [get, list, watch]}
- {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [get, list, patch, update, watch]}
- {apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [patch, update]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: ${name}-leader-election-rolebinding, namespace: kube-system, labels: {app.kubernetes.io/name: ${name}}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name}-leader-election-role}
subjects: [{kind: ServiceAccount, name: ${name}, namespace: kube-system}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ${name}-rolebinding, labels: {app.kubernetes.io/name: ${name}}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name}-role}
subjects: [{kind: ServiceAccount, name: ${name}, namespace: kube-system}]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: kube-system
  labels: ${LABELS}
spec:
  replicas: 1
  selector:
    matchLabels: ${LABELS}
  template:
    metadata:
      labels: ${LABELS}
    spec:
      containers:
      - name: controller
        image: public.ecr.aws/eks/aws-load-balancer-controller:${version}
        args:
        - --cluster-name=your-cluster-name
        - --ingress-class=alb
        resources:
          limits: {cpu: 200m, memory: 500Mi}
          requests: {cpu: 100m, memory: 200Mi}
        securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true}
      priorityClassName: system-cluster-critical
      securityContext: {fsGroup: 1337}
      serviceAccountName: ${name}
      terminationGracePeriodSeconds: 10
`;
}

/** The release's vX_Y_Z_ingclass.yaml. */
function ingressClass(version: string): string | undefined {
  if (!ALB_CONTROLLER_VERSIONS.includes(version)) return undefined;
  const labels = '{app.kubernetes.io/name: aws-load-balancer-controller}';
  return `apiVersion: elbv2.k8s.aws/v1beta1
kind: IngressClassParams
metadata: {name: alb, labels: ${labels}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: alb, labels: ${labels}}
spec:
  controller: ingress.k8s.aws/alb
  parameters: {apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: alb}
`;
}

/** docs/install/iam_policy.json without its conditions, which kubetutor does not model: what the controller may do. */
function iamPolicy(): string {
  const ec2 =
    'Describe* GetCoipPoolUsage GetSecurityGroupsForVpc AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress CreateSecurityGroup CreateTags DeleteTags DeleteSecurityGroup';
  const elb =
    'Describe* CreateLoadBalancer CreateTargetGroup CreateListener DeleteListener CreateRule DeleteRule AddTags RemoveTags ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets DeleteLoadBalancer ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup RegisterTargets DeregisterTargets SetWebAcl ModifyListener AddListenerCertificates RemoveListenerCertificates ModifyRule SetRulePriorities';
  const actions = (service: string, names: string) => names.split(' ').map((name) => `${service}:${name}`);
  const statement = (Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
  const document = {
    Version: '2012-10-17',
    Statement: [
      statement(['iam:CreateServiceLinkedRole']),
      statement(actions('ec2', ec2)),
      statement(actions('elasticloadbalancing', elb)),
      statement(['acm:ListCertificates', 'acm:DescribeCertificate', 'shield:GetSubscriptionState', 'wafv2:GetWebACL']),
    ],
  };
  return `${JSON.stringify(document, undefined, 4)}\n`;
}

const dotted = (version: string) => version.replaceAll('_', '.');

/** What one downloads to install the controller. */
export const ALB_CONTROLLER_FILES: readonly WebFile[] = [
  {
    host: 'release-assets.githubusercontent.com',
    path: new RegExp(`^${REPOSITORY}/releases/download/(v[\\d.]+)/(v\\d+_\\d+_\\d+)_(full|ingclass)\\.yaml$`),
    text: ([tag = '', version = '', part = '']) => {
      if (dotted(version) !== tag) return undefined;
      return part === 'full' ? controllerManifest(tag) : ingressClass(tag);
    },
  },
  {
    host: 'raw.githubusercontent.com',
    path: new RegExp(`^${REPOSITORY}/(?:main|v[\\d.]+)/docs/install/iam_policy\\.json$`),
    text: iamPolicy,
  },
];

import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

it('names what made the objects of a new cluster, and gives names of containers and keys of files their defaults', () => {
  const { steps } = play('bare', {
    files: {
      'config.json': '{"auths":{}}',
      pod: 'kind: Pod\napiVersion: v1\n',
      odd: 'clusters:\n- name: a\n  cluster: {server: 5}\n',
    },
    steps: [
      "kubectl annotate ns default owner=me --field-manager=x; kubectl get ns default -o json --show-managed-fields | jq -c '[.metadata.managedFields[].manager]'",
      "kubectl create deployment d --image=a/My_app:1 --image=UP --dry-run=client -o jsonpath='{.spec.template.spec.containers[*].name}' | sed 's/My-app-[a-z0-9]*/My-app-X/'",
      "kubectl create secret docker-registry f --from-file=config.json --dry-run=client -o jsonpath='{.data}'",
      'kubectl config view --kubeconfig=missing | head -1; kubectl config view --kubeconfig=missing --merge=false',
      'kubectl config view --kubeconfig=pod; kubectl config view --kubeconfig=odd',
      'kubectl auth can-i get /x --subresource=y; kubectl auth can-i --list -q; kubectl auth can-i get pods --no-headers',
    ],
  });
  expect(steps.map((step) => step.stdout)).toEqual([
    'namespace/default annotated\n["kube-apiserver","x"]\n',
    'My-app-X UP',
    '{".dockerconfigjson":"eyJhdXRocyI6e319"}',
    'apiVersion: v1\n',
    '',
    '',
  ]);
  expect(steps.slice(3).map((step) => step.stderr)).toEqual([
    'error: open missing: no such file or directory\n',
    'error: error loading config file "pod": no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"\nerror: error loading config file "odd": json: cannot unmarshal number into Go struct field Cluster.clusters.cluster.server of type string\n',
    "error: --subresource can not be used with NonResourceURL\nerror: list option can't be specified with neither quiet, all-namespaces nor subresource options\nerror: --no-headers cannot be set without --list specified\n",
  ]);
});

it('holds a definition until finalizers let its instances go, and lets who creates a Pod manage what was asked for', () => {
  const { steps } = play('bare', {
    files: {
      'crd.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.test}
spec:
  group: sea.test
  scope: Namespaced
  names: {plural: boats, kind: Boat}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`,
      'boat.yaml': 'apiVersion: sea.test/v1\nkind: Boat\nmetadata: {name: b, finalizers: [sea.test/x]}\n',
    },
    steps: [
      'kubectl apply -f crd.yaml -f boat.yaml 2>&1 | tail -1; kubectl apply -f boat.yaml; kubectl delete crd boats.sea.test --timeout=1s',
      `kubectl get crd boats.sea.test -o jsonpath='{.metadata.finalizers} {.status.conditions[?(@.type=="Terminating")].reason}'`,
      `kubectl patch boat b --type=merge -p '{"metadata":{"finalizers":null}}'; sleep 6; kubectl get crd`,
      'kubectl run p --image=nginx; kubectl get pod p -o yaml --show-managed-fields | grep -c "f:volumes:"',
      'kubectl wait pod --all x --for=condition=Ready; kubectl delete pod --all x; kubectl -n default gett pods; kubectl --profile=odd get pods',
      "kubectl patch pod p -p '{}' --dry-run=client; kubectl patch pod p --local -p '{}'",
    ],
  });
  expect(steps.map((step) => step.stdout)).toEqual([
    expect.stringContaining('boat.sea.test/b created\n'),
    '["customresourcecleanup.apiextensions.k8s.io"] InstanceDeletionInProgress',
    'boat.sea.test/b patched\n',
    'pod/p created\n0\n',
    '',
    'pod/p patched (no change)\n',
  ]);
  expect(steps.slice(4).map((step) => step.stderr)).toEqual([
    'Error from server (NotFound): pods "x" not found\nerror: name cannot be provided when a selector is specified\nError: flags cannot be placed before plugin name: -n\nerror: unknown profile \'odd\'\n',
    'error: cannot specify --local and server resources\n',
  ]);
});

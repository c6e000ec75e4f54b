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

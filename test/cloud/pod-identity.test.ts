import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const withoutTimes = (text: string) => text.replace(/^\S+ \S+ /gm, '');

it('gives Pods the role that their service account is associated with', () => {
  const station = new Workstation('pods').configured();
  const error = (line: string) => station.run(line).stderr;
  station.ok('eksctl create cluster --name demo --nodes 1');
  const create =
    'eksctl create podidentityassociation --cluster demo --namespace default --service-account-name reader --permission-policy-arns arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess --create-service-account';
  expect(error(create)).toContain(
    '"eks-pod-identity-agent" addon must be installed to create pod identity associations',
  );
  station.ok('eksctl create addon --cluster demo --name eks-pod-identity-agent; sleep 30');
  expect(
    station.ok('kubectl get daemonset -n kube-system eks-pod-identity-agent -o jsonpath={.status.numberReady}'),
  ).toBe('1');
  expect(withoutTimes(station.ok(create))).toMatch(
    /created serviceaccount "default\/reader"\n\[ℹ\] {2}created pod identity association for service account "reader" in namespace "default"\n\[ℹ\] {2}all tasks were completed successfully\n$/,
  );
  expect(error(create)).toContain('AlreadyExistsException');
  const list = `aws eks list-pod-identity-associations --cluster-name demo --query 'associations[].[namespace,serviceAccount]' --output text`;
  expect(station.ok(list)).toBe('default\treader\n');
  expect(station.ok('eksctl get podidentityassociation --cluster demo')).toMatch(
    /^ASSOCIATION ARN\s+NAMESPACE\s+SERVICE ACCOUNT NAME\s+IAM ROLE ARN\narn:aws:eks:ap-northeast-2:\d+:podidentityassociation\/demo\/a-\w{17}\s+default\s+reader\s+arn:aws:iam::\d+:role\/eksctl-demo-podidentityrole-\S+\n$/,
  );
  const pod = (name: string, account: string) =>
    `kubectl run ${name} --image=public.ecr.aws/aws-cli/aws-cli --overrides='{"spec":{"serviceAccountName":"${account}"}}' --command -- sleep 3600; `;
  station.ok(`${pod('one', 'reader')}${pod('two', 'default')}sleep 40`);
  expect(station.ok('kubectl exec one -- aws sts get-caller-identity --query Arn --output text')).toMatch(
    /:assumed-role\/eksctl-demo-podidentityrole-\S+\/eks-demo-one-/,
  );
  expect(station.ok("kubectl exec one -- aws ec2 describe-vpcs --query 'length(Vpcs)' --output text")).toBe('2\n');
  expect(error('kubectl exec one -- aws iam list-users')).toContain('is not authorized to perform: iam:ListUsers');
  expect(error('kubectl exec two -- aws sts get-caller-identity')).toContain('Unable to locate credentials');
  expect(
    withoutTimes(
      station.ok(
        'eksctl delete podidentityassociation --cluster demo --namespace default --service-account-name reader',
      ),
    ),
  ).toMatch(/deleted serviceaccount "default\/reader"\n\[ℹ\] {2}all tasks were completed successfully\n$/);
  expect(station.ok(list)).toBe('');
  expect(error('kubectl exec one -- aws sts get-caller-identity')).toContain(
    '(ResourceNotFoundException): No pod identity association found for service account default/reader in cluster demo, fault: client\n',
  );
});

it('gives the Pods of an add-on the role of its own association, and takes it away with the add-on', () => {
  const station = new Workstation('addon').configured();
  station.ok('eksctl create cluster --name demo --nodes 1 --zones ap-northeast-2a,ap-northeast-2c > /dev/null');
  const trust = (actions: string) =>
    `'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":[${actions}]}]}'`;
  station.ok(`aws iam create-role --role-name ebs --assume-role-policy-document ${trust('"sts:AssumeRole"')}
aws iam attach-role-policy --role-name ebs --policy-arn arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy
kubectl apply -f - <<'EOF'
{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "gp2", "resources": {"requests": {"storage": "1Gi"}}}}
EOF
kubectl run web --image=nginx --overrides='{"spec": {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}}'`);
  const arn = station.ok('aws iam get-role --role-name ebs --query Role.Arn --output text').trim();
  const addon = '--cluster-name demo --addon-name aws-ebs-csi-driver';
  const given = `--pod-identity-associations serviceAccount=ebs-csi-controller-sa,roleArn=${arn}`;
  const owned =
    "aws eks list-pod-identity-associations --cluster-name demo --query 'associations[].[serviceAccount,ownerArn]' --output text";
  const phase = 'sleep 60; kubectl get pvc data -o jsonpath={.status.phase}';

  const made = station.ok(
    `aws eks create-addon ${addon} ${given} --query 'addon.[addonArn,podIdentityAssociations[0]]' --output text`,
  );
  const [addonArn, associationArn] = made.trim().split('\t');
  expect(associationArn).toMatch(/:podidentityassociation\/demo\/a-\w{17}$/);
  expect(station.ok(owned)).toBe(`ebs-csi-controller-sa\t${addonArn}\n`);
  // Neither the agent is there nor does the role let EKS tag sessions.
  expect(station.ok(phase)).toBe('Pending');
  station.ok('aws eks create-addon --cluster-name demo --addon-name eks-pod-identity-agent');
  expect(station.ok(phase)).toBe('Pending');
  station.ok(
    `aws iam update-assume-role-policy --role-name ebs --policy-document ${trust('"sts:AssumeRole","sts:TagSession"')}`,
  );
  expect(station.ok(phase)).toBe('Bound');
  station.ok(`aws eks update-addon ${addon} --pod-identity-associations '[]'`);
  expect(station.ok(owned)).toBe('');
  station.ok(`sleep 60; aws eks update-addon ${addon} ${given}; sleep 60; aws eks delete-addon ${addon}; sleep 60`);
  expect(station.ok(owned)).toBe('');
  expect(station.run(`aws eks create-addon ${addon} --configuration-values '{}'`).stderr).toContain(
    'kubetutor does not model configuration values of add-ons',
  );
});

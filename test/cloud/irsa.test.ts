import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const pod = (name: string, account: string, env = '') =>
  `kubectl run ${name} --image=public.ecr.aws/aws-cli/aws-cli ${env} --overrides='{"spec":{"serviceAccountName":"${account}"}}' --command -- sleep 3600; `;

it('gives a Pod the role of its service account by its token, and no other', () => {
  const station = new Workstation('irsa').configured();
  station.ok('eksctl create cluster --name demo --nodes 1 --with-oidc > /dev/null');
  station.ok(
    'eksctl create iamserviceaccount --cluster demo --namespace default --name reader --attach-policy-arn arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess --role-name reader --approve 2> /dev/null',
  );
  station.ok('kubectl create serviceaccount thief');
  const role = station.ok('aws iam get-role --role-name reader --query Role.Arn --output text').trim();
  station.ok(`kubectl annotate serviceaccount thief eks.amazonaws.com/role-arn=${role}`);
  station.ok(`${pod('one', 'reader')}${pod('two', 'thief')}sleep 40`);
  expect(station.ok('kubectl exec one -- aws sts get-caller-identity --query Arn --output text')).toMatch(
    /^arn:aws:sts::\d+:assumed-role\/reader\/botocore-session-\d+\n$/,
  );
  expect(station.ok("kubectl exec one -- aws ec2 describe-vpcs --query 'length(Vpcs)' --output text")).toBe('2\n');
  expect(station.run('kubectl exec one -- aws iam list-users').stderr).toMatch(
    /\(AccessDenied\).*assumed-role\/reader\/botocore-session-\d+ is not authorized to perform: iam:ListUsers/,
  );
  expect(station.run('kubectl exec two -- aws sts get-caller-identity').stderr).toBe(
    '\nAn error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity\ncommand terminated with exit code 254\n',
  );
  // By hand, whoever asks: the token counts.
  const assume = (account: string) =>
    `HOME=/tmp aws sts assume-role-with-web-identity --role-arn ${role} --role-session-name me --web-identity-token $(kubectl create token ${account} --audience sts.amazonaws.com) --query '[AssumedRoleUser.Arn,SubjectFromWebIdentityToken]' --output text`;
  expect(station.ok(assume('reader'))).toMatch(
    /^arn:aws:sts::\d+:assumed-role\/reader\/me\tsystem:serviceaccount:default:reader\n$/,
  );
  expect(station.run(assume('thief')).stderr).toContain('Not authorized to perform sts:AssumeRoleWithWebIdentity');
  const provider = station
    .ok('aws iam list-open-id-connect-providers --query OpenIDConnectProviderList[0].Arn --output text')
    .trim();
  station.ok(`aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${provider}`);
  expect(station.run('kubectl exec one -- aws sts get-caller-identity').stderr).toMatch(
    /\(InvalidIdentityToken\) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect provider found in your account for https:\/\/oidc\.eks\./,
  );
});

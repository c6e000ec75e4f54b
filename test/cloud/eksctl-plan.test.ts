import { expect, test } from 'vitest';
import { describePlan, type Plan } from '../../src/cloud/aws/eksctl/log.ts';

// The shapes that eksctl 0.220 to 0.228 print; see pkg/utils/tasks/tasks.go.

const irsa = (name: string): Plan => ({
  tasks: [`delete IAM role for serviceaccount "${name}"`, `delete serviceaccount "${name}"`],
  sub: true,
});

test('a cluster with one node group', () => {
  const before = { tasks: [{ tasks: ['create addons'] }, 'wait for control plane to become ready'], sub: true };
  const groups = { tasks: ['create managed nodegroup "ng"'], parallel: true, sub: true };
  expect(
    describePlan({ tasks: ['create cluster control plane "demo"', { tasks: [before, groups], sub: true }] }),
  ).toBe(`
2 sequential tasks: { create cluster control plane "demo", 
    2 sequential sub-tasks: { 
        2 sequential sub-tasks: { 
            1 task: { create addons },
            wait for control plane to become ready,
        },
        create managed nodegroup "ng",
    } 
}
`);
});

test('a node group more', () => {
  const group = { tasks: [{ tasks: ['create managed nodegroup "ng"'] }] };
  expect(describePlan({ tasks: ['fix cluster compatibility', group] })).toBe(`
2 sequential tasks: { fix cluster compatibility, 1 task: { 1 task: { create managed nodegroup "ng" } } 
}
`);
});

test('everything goes', () => {
  const groups = { tasks: ['delete nodegroup "a"', 'delete nodegroup "b"'], parallel: true, sub: true };
  const iam = { tasks: [{ tasks: [irsa('x/y')], parallel: true, sub: true }, 'delete IAM OIDC provider'], sub: true };
  const addons = { tasks: ['delete addon IAM "eksctl-demo-addon-vpc-cni"'], parallel: true, sub: true };
  expect(describePlan({ tasks: [groups, iam, addons, 'delete cluster control plane "demo" [async]'] })).toBe(`
4 sequential tasks: { 
    2 parallel sub-tasks: { 
        delete nodegroup "a",
        delete nodegroup "b",
    }, 
    2 sequential sub-tasks: { 
        2 sequential sub-tasks: { 
            delete IAM role for serviceaccount "x/y",
            delete serviceaccount "x/y",
        },
        delete IAM OIDC provider,
    }, delete addon IAM "eksctl-demo-addon-vpc-cni", delete cluster control plane "demo" [async] 
}
`);
  expect(describePlan({ tasks: ['delete cluster control plane "demo" [async]'] })).toBe(
    '1 task: { delete cluster control plane "demo" [async] }',
  );
  expect(describePlan({ tasks: [] })).toBe('no tasks');
});

test('one ServiceAccount', () => {
  expect(describePlan({ tasks: [irsa('default/s3')] })).toBe(`1 task: { 
    2 sequential sub-tasks: { 
        delete IAM role for serviceaccount "default/s3",
        delete serviceaccount "default/s3",
    } }`);
});

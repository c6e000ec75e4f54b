import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const CIDRS = "--query 'Subnets[].CidrBlock' --output text";

it('shows lists in pages, and goes on where a token says', () => {
  const station = new Workstation('pages').configured();
  const first = JSON.parse(station.ok('aws ec2 describe-subnets --max-items 3'));
  expect(first.Subnets).toHaveLength(3);
  expect(atob(first.NextToken)).toBe('{"NextToken": null, "boto_truncate_amount": 3}');
  expect(station.ok(`aws ec2 describe-subnets --starting-token ${first.NextToken} ${CIDRS}`)).toBe('172.31.48.0/20\n');
  // Two pages of two are asked for, and one of the second is shown.
  const clusters = 'aws eks list-access-policies --page-size 2 --max-items 3';
  const { accessPolicies, NextToken } = JSON.parse(station.ok(clusters));
  expect(accessPolicies).toHaveLength(3);
  expect(atob(NextToken)).toMatch(/^\{"nextToken": "[^"]+", "boto_truncate_amount": 1\}$/);
  const on = JSON.parse(station.ok(`aws eks list-access-policies --max-items 1 --starting-token ${NextToken}`));
  expect(on.accessPolicies).toHaveLength(1);
  expect(on.accessPolicies[0].name).not.toBe(accessPolicies[2].name);
  // A page of one's own comes as the service gives it.
  const own = JSON.parse(station.ok('aws eks list-access-policies --max-results 2'));
  expect(own.accessPolicies).toHaveLength(2);
  expect(own.nextToken).toBeTypeOf('string');
  expect(station.run('aws ec2 describe-subnets --page-size 1').stderr).toBe(
    '\nParameter validation failed:\nInvalid value for parameter MaxResults, value: 1, valid min value: 5\n',
  );
});

it('says why a waiter gave up', () => {
  const station = new Workstation('waiters').configured();
  expect(station.run('aws eks wait cluster-active --name nope').stderr).toBe(
    '\nWaiter ClusterActive failed: An error occurred (ResourceNotFoundException): No cluster found for name: nope.\n',
  );
  expect(station.run('aws cloudformation wait stack-exists --stack-name nope').stderr).toBe(
    '\nWaiter StackExists failed: Max attempts exceeded. Previously accepted state: Matched expected service error code: ValidationError\n',
  );
});

it('refuses tables whose rows are not alike, as the client does', () => {
  const station = new Workstation('rows').configured();
  station.ok(
    'aws ec2 create-vpc --cidr-block 10.0.0.0/16 --tag-specifications ResourceType=vpc,Tags=[{Key=a,Value=b}]',
  );
  expect(station.run("aws ec2 describe-vpcs --query 'Vpcs[].[VpcId,Tags]' --output table").stderr).toBe(
    '\nRow should have 2 elements, instead it has 1\n',
  );
});

it('words a function that is called wrongly as Python does', () => {
  const station = new Workstation('query').configured();
  const error = (query: string) => station.run(`aws eks list-clusters --query '${query}'`).stderr;
  expect(error('length(nope)')).toBe(
    "\nIn function length(), invalid type for value: None, expected one of: ['string', 'array', 'object'], received: \"null\"\n",
  );
  expect(error('length()')).toBe('\nExpected 1 argument for function length(), received 0\n');
  expect(error('foo(clusters)')).toBe('\nUnknown function: foo()\n');
});

it('refuses expressions that nest deeper than Python goes', () => {
  const station = new Workstation('deep').configured();
  const error = (open: string, count: number, close = '') =>
    station.run(`aws eks list-clusters --query '${open.repeat(count)}a${close.repeat(count)}'`).stderr;
  const refusal = /^\nBad value for --query [^:]*: maximum recursion depth exceeded\n$/;
  // How deep each goes was found out with awscli 2.9.
  const limits: readonly (readonly [string, string, number])[] = [
    ['[', ']', 326],
    ['(', ')', 489],
    ['[?', ']', 326],
    ['a.[', ']', 244],
    ['!', '', 489],
  ];
  for (const [open, close, last] of limits) {
    expect(error(open, last, close), open).not.toContain('recursion');
    expect(error(open, last + 1, close), open).toMatch(refusal);
  }
  expect(error('[', 100_000)).toMatch(refusal);
  expect(station.run(`aws eks list-clusters --query '${'{a:'.repeat(40_000)}'`).stderr).toContain(
    'maximum recursion depth',
  );
  expect(station.run(`aws eks list-clusters --query '${'a|'.repeat(60_000)}a'`).status).toBe(255);
});

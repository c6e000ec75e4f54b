import { expect, it } from 'vitest';
import { billText } from '../../src/course/bill.ts';
import { evaluateAccount } from '../../src/course/checks/account.ts';
import { CommandLog } from '../../src/course/checks/command-log.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { Workstation } from './play.ts';

it('tells what an operation takes', () => {
  const station = new Workstation('help');
  const page = station.ok('aws ec2 create-key-pair help');
  expect(page).toMatch(/^CREATE-KEY-PAIR\(\) {40,}CREATE-KEY-PAIR\(\)\n/);
  expect(page).toContain(`SYNOPSIS
            create-key-pair
          --key-name <value>
          [--dry-run | --no-dry-run]
`);
  expect(page).toContain(`       --tag-specifications (list)

          Shorthand Syntax:

              ResourceType=string,Tags=[{Key=string,Value=string},{Key=string,Value=string}] ...
`);
  expect(station.ok('aws eks update-kubeconfig help')).toContain(
    '          --name <value>\n          [--kubeconfig <value>]',
  );
});

it('says what is left in an account and what it costs', () => {
  const station = new Workstation('bill').configured();
  const built = { ...scenarioSource.build('aws', 'x'), account: station.built.account };
  const judge = (check: Parameters<typeof evaluateAccount>[0]) => {
    const context = { built, commands: new CommandLog(built.workstation, 0), monitors: new Map(), process: undefined };
    const step = evaluateAccount(check, context, 'c').next();
    if (!step.done) throw new Error('it waits');
    return step.value;
  };
  expect(judge({ empty: true }).result).toBe('passed');
  station.ok('eksctl create cluster --name demo --without-nodegroup');
  expect(judge({ kind: 'eks-cluster' }).result).toBe('passed');
  expect(judge({ kind: 'nat-gateway', equals: 2 }).result).toBe('failed');
  // Only the cluster is deleted, the stack around it is forgotten.
  station.ok('aws eks delete-cluster --name demo > deleted; aws eks wait cluster-deleted --name demo');
  const { result, why } = judge({ empty: true, ignore: ['stack'] });
  expect(result).toBe('failed');
  expect(why.en).toMatch(
    /^still costs \$0\.0640 an hour: nat-gateway nat-0\w{16} \$0\.0590, elastic-ip eipalloc-0\w{16} \$0\.0050$/,
  );
  station.wait(60 * 24);
  const { account } = station.built;
  expect(account && billText(account, 'en')).toMatch(
    /^KIND +NAME +REGION +PER HOUR +IN 30 DAYS\nnat-gateway +nat-\w+ +ap-northeast-2 +\$0\.0590 +\$42\.48\nelastic-ip +eipalloc-\w+ +ap-northeast-2 +\$0\.0050 +\$3\.60\nSo far \$1\.\d\d; now \$0\.0640 an hour\n$/,
  );
});

it('is the same world for the same inputs', () => {
  const hash = () => {
    const station = new Workstation('same').configured();
    station.ok('eksctl create cluster --name demo --nodes 1 --zones ap-northeast-2a,ap-northeast-2c');
    return station.built.world.hash();
  };
  expect(hash()).toBe(hash());
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

/** What Debian's awscli 2.9.19 said, in an empty home, one after the other. */
const recorded: { run: string; exit: number; stdout: string; stderr: string }[] = JSON.parse(
  readFileSync(new URL('./fixtures/client.json', import.meta.url), 'utf8'),
);

it('says what the client itself says: usage, configuration, parameters', () => {
  const station = new Workstation();
  const wrong: string[] = [];
  for (const { run, exit, stdout, stderr } of recorded) {
    const ours = station.run(run);
    // Choices that are younger than the recorded client are not in its lists.
    if (ours.stdout !== stdout || ours.stderr !== stderr || ours.status !== exit)
      wrong.push(`$ ${run}\n--- real ${exit}\n${stdout}${stderr}--- ours ${ours.status}\n${ours.stdout}${ours.stderr}`);
  }
  expect(wrong.join('\n')).toBe('');
});

it('says plainly what of eksctl is not there, and does not call it unknown', () => {
  const station = new Workstation('refusals').configured();
  const error = (line: string) => station.run(line).stderr;
  expect(error('eksctl create cluster --name demo --fargate')).toBe(
    'Error: kubetutor does not model the flag --fargate of eksctl\n',
  );
  expect(error('eksctl create capability --cluster demo')).toBe(
    'Error: kubetutor does not model eksctl create capability\n',
  );
  expect(error('eksctl create cluster --nothing')).toContain('unknown flag: --nothing');
  const file = (field: string) =>
    error(`printf 'apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a}\n${field}: []\n' > c.yaml
eksctl create cluster -f c.yaml`);
  expect(file('fargateProfiles')).toContain('kubetutor does not model fargateProfiles of a ClusterConfig');
  expect(file('nothing')).toContain('json: unknown field "nothing"');
});

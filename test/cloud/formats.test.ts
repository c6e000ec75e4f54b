import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/world/network/namespace.ts';
import { Workstation } from './play.ts';

/** What Debian's awscli 2.9.19 printed for answers of a small server. */
const recorded: {
  responses: Record<string, unknown>[];
  cases: { response: number; service: string; command: string; query: string; output: string; stdout: string }[];
} = JSON.parse(readFileSync(new URL('./fixtures/formats.json', import.meta.url), 'utf8'));

const ARGUMENTS: Record<string, string> = {
  'describe-cluster': '--name demo',
  'describe-nodegroup': '--cluster-name demo --nodegroup-name ng-1',
  'get-cost-and-usage': '--time-period Start=2026-09-01,End=2026-09-03 --granularity DAILY --metrics UnblendedCost',
};

it('prints answers as json, text, table and yaml as the real client does', () => {
  const station = new Workstation().configured();
  let answer: unknown;
  const server = new NetworkNamespace('endpoint');
  station.built.world.network.attachOutside('203.0.113.9', server);
  server.listen({
    protocol: 'tcp',
    address: '0.0.0.0',
    port: 80,
    owner: undefined,
    *http() {
      return { status: 200, headers: new Map(), body: { kind: 'json', value: answer } };
    },
  });
  const wrong: string[] = [];
  for (const { response, service, command, query, output, stdout } of recorded.cases) {
    // Times travel as milliseconds in the world.
    answer = JSON.parse(JSON.stringify(recorded.responses[response]), (key, value: unknown) =>
      key === 'createdAt' && typeof value === 'number' ? value * 1000 : value,
    );
    const words = `${service} ${command} ${ARGUMENTS[command] ?? ''} --output ${output}${query === '' ? '' : ` --query '${query}'`}`;
    const ours = station.ok(`aws --endpoint-url http://203.0.113.9 ${words}`);
    if (ours !== stdout) wrong.push(`${words}\n--- real\n${stdout}--- ours\n${ours}`);
  }
  expect(wrong.join('\n')).toBe('');
});

import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

const help = (verb: string) => `error: Unexpected args: [rc.yaml]\nSee 'kubectl ${verb} -h' for help and examples\n`;

it('names the file that was given without -f, before it asks for one', () => {
  const steps = ['create', 'apply', 'diff'].map((verb) => `kubectl ${verb} rc.yaml`);
  const outcome = play('bare', { files: { 'rc.yaml': '' }, steps });
  expect(outcome.steps.map((step) => step.stderr)).toEqual([help('create'), help('apply'), help('diff')]);
});

import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

const CLAIMS = "cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null | jq -c '.\"kubernetes.io\"|del(..|.uid?)'";

it('binds tokens to the Pod, its node or a Secret', () => {
  const { steps } = play('bare', {
    steps: [
      'kubectl create sa bot; kubectl create secret generic s; kubectl run g --image nginx; sleep 5',
      `kubectl create token default --bound-object-kind Pod --bound-object-name g | ${CLAIMS}`,
      `kubectl create token bot --bound-object-kind Secret --bound-object-name s | ${CLAIMS}`,
      'kubectl create token bot --bound-object-kind Pod --bound-object-name g',
      'kubectl create token bot --bound-object-kind Pod --bound-object-name nope',
    ],
  });
  expect(steps[1]?.stdout).toMatch(
    /^{"namespace":"default","node":{"name":"node0\d"},"pod":{"name":"g"},"serviceaccount":{"name":"default"}}\n$/,
  );
  expect(steps[2]?.stdout).toBe('{"namespace":"default","secret":{"name":"s"},"serviceaccount":{"name":"bot"}}\n');
  expect(steps[3]?.stderr).toBe(
    'error: failed to create token: cannot bind token for serviceaccount "bot" to pod running with different serviceaccount name.\n',
  );
  expect(steps[4]?.stderr).toBe('error: failed to create token: pods "nope" not found\n');
});

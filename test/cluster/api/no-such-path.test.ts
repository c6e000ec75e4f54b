import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

/** What a real v1.36.4 answered, asked through `kubectl proxy`. */
const ANSWERS = {
  '/api/v1/namespaces/default/pods/x/none': 'application/json',
  '/api/v1/namespaces/default/pods/x/y/z': 'application/json',
  '/api/v1/foo': 'application/json',
  '/api/v2': 'application/json',
  '/apis/apps/v1/foo': 'application/json',
  '/apis/apps/v9/deployments': 'application/json',
  '/apis/foo.example/v1': 'text/plain; charset=utf-8',
  '/apis/foo.example/v1/bars': 'text/plain; charset=utf-8',
  '/nosuch': 'text/plain; charset=utf-8',
};

it('gives a Status below the groups it serves, and a page elsewhere', () => {
  const asked = Object.keys(ANSWERS).map(
    (path) => `curl -s -o /dev/null -w '%{http_code} %{content_type}\\n' http://127.0.0.1:8001${path}`,
  );
  const { steps } = play('bare', { steps: [`kubectl proxy >/dev/null & sleep 1; ${asked.join('; ')}; kill $!`] });
  expect(steps[0]?.stdout?.trim().split('\n')).toEqual(Object.values(ANSWERS).map((type) => `404 ${type}`));
});

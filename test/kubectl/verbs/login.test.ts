import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

const config = (user: string) =>
  `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: u, user: ${user}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`;
const KEY = 'unable to read client-key /work/ws/a.key for u due to open /work/ws/a.key: no such file or directory';
const CERTIFICATE = KEY.replace('client-key', 'client-cert').replaceAll('a.key', 'a.crt');
const NO_KEY = 'client-key-data or client-key must be specified for u to use the clientCert authentication method.';

it('asks who somebody is that has no credentials', () => {
  const { steps } = play('bare', {
    files: { 'none.yaml': config('{}') },
    steps: [
      'kubectl --kubeconfig=none.yaml get pods',
      "printf 'joe\\npw\\n' | kubectl --kubeconfig=none.yaml get pods",
      "printf '\\n\\n' | kubectl --kubeconfig=none.yaml get pods",
    ],
  });
  expect(steps.map(({ exit, stdout, stderr }) => [exit, stdout, stderr])).toEqual([
    [1, 'Please enter Username: ', 'error: EOF\n'],
    [1, 'Please enter Username: Please enter Password: ', 'error: error reading input for Password\n'],
    [1, 'Please enter Username: ', 'error: EOF\n'],
  ]);
});

it('tells all that is wrong with a client certificate', () => {
  const { steps } = play('bare', {
    files: {
      'both.yaml': config('{client-certificate: a.crt, client-key: a.key}'),
      'one.yaml': config('{client-certificate: a.crt, client-key-data: YQ==}'),
      'lone.yaml': config('{client-certificate: a.crt}'),
    },
    steps: ['both', 'one', 'lone'].map((name) => `kubectl --kubeconfig=${name}.yaml get pods`),
  });
  expect(steps.map((step) => step.stderr)).toEqual([
    `Error in configuration: \n* ${CERTIFICATE}\n* ${KEY}\n`,
    `error: ${CERTIFICATE}\n`,
    `Error in configuration: \n* ${NO_KEY}\n* ${CERTIFICATE}\n`,
  ]);
});

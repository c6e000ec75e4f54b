import { expect, it } from 'vitest';
import { play } from '../conformance/player.ts';

const kubeconfig = (exec: string) => `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: 'https://192.168.64.10:6443'}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
users: [{name: u, user: {exec: {${exec}}}}]
`;
const V1BETA1 = 'apiVersion: client.authentication.k8s.io/v1beta1';
const credential = (status: string) =>
  `#!/bin/bash\necho '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"${status}}'\n`;

/** What `kubectl get ns` says on standard error with this exec section, when it is not the first kubectl of the session. */
function says(exec: string, plugin = ''): string {
  const { steps } = play('bare', {
    files: { kc: kubeconfig(exec), plugin },
    steps: ['kubectl get ns', 'chmod +x plugin; kubectl --kubeconfig kc get ns default'],
  });
  return `${steps[1]?.stdout ?? ''}${steps[1]?.stderr ?? ''}`;
}

// Recorded from kubectl v1.36.4 (oracle).
it('words what is wrong with a credential plugin', () => {
  expect(says(`${V1BETA1}, command: awsx, installHint: install it`)).toBe(
    `Unable to connect to the server: getting credentials: exec: executable awsx not found

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins

install it
`,
  );
  expect(says(`${V1BETA1}, command: ./plugin`, '#!/bin/bash\necho oops >&2; exit 255\n')).toMatch(
    /^oops\nUnable to connect to the server: getting credentials: exec: executable \S+plugin failed with exit code 255\n$/,
  );
  expect(says(`${V1BETA1}, command: ./plugin`, credential(''))).toBe(
    "Unable to connect to the server: getting credentials: exec plugin didn't return a status field\n",
  );
  expect(says(`${V1BETA1}, command: ./plugin`, credential(',"status":{}'))).toBe(
    "Unable to connect to the server: getting credentials: exec plugin didn't return a token or cert/key pair\n",
  );
  expect(says(`${V1BETA1}, command: ./plugin`, credential(',"status":{"token":"abc"}'))).toBe(
    'error: You must be logged in to the server (Unauthorized)\n',
  );
  expect(says('command: ./plugin')).toBe(
    'Error in configuration: \n* apiVersion must be specified for u to use exec authentication plugin\n* interactiveMode must be specified for u to use exec authentication plugin\n',
  );
  expect(says('apiVersion: client.authentication.k8s.io/v1, command: ./plugin')).toBe(
    'error: interactiveMode must be specified for u to use exec authentication plugin\n',
  );
  expect(says('apiVersion: client.authentication.k8s.io/v1alpha1, command: ./plugin, interactiveMode: Never')).toBe(
    'error: exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"\n',
  );
});

it('asks with the token that a plugin gives', () => {
  const { steps } = play('bare', {
    files: {
      kc: kubeconfig(`${V1BETA1}, command: ./plugin`),
      plugin: `#!/bin/bash\necho "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1beta1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$(kubectl create token default)\\"}}"\n`,
    },
    steps: ['chmod +x plugin; kubectl --kubeconfig kc auth whoami -o jsonpath={.status.userInfo.username}'],
  });
  expect(steps[0]?.stdout).toBe('system:serviceaccount:default:default');
});

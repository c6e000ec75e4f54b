import { expect, it } from 'vitest';
import { play } from '../../conformance/player.ts';

/** Without what differs from run to run: date, time, pid, milliseconds and the server. */
const bare = (text = '') =>
  text
    .replace(/^I\d{4} [\d:.]+ +\d+ /gm, 'I ')
    .replace(/https:\/\/[^/]+/g, 'https://H')
    .replace(/milliseconds=\d+/g, 'milliseconds=N');

it('tells of requests with -v=6, of their headers with -v=7, and that bodies are not modelled', () => {
  const { steps } = play('bare', {
    steps: [
      'kubectl create cm x -v=6',
      'kubectl get cm -o name -v=7 2>&1 | grep -A3 configmaps',
      'kubectl create cm y -v=8 2>&1 | head -n 1',
      'kubectl get cm -o name -v=5',
    ],
  });
  const [created, read, bodies, quiet] = steps;
  expect(bare(created?.stderr).split('\n')).toEqual([
    expect.stringMatching(/^I loader\.go:407\] Config loaded from file: {2}\S+$/),
    'I round_trippers.go:632] "Response" verb="POST" url="https://H/api/v1/namespaces/default/configmaps?fieldManager=kubectl-create&fieldValidation=Strict" status="201 Created" milliseconds=N',
    '',
  ]);
  expect(bare(read?.stdout)).toMatch(
    /^I round_trippers\.go:527\] "Request" verb="GET" url="https:\/\/H\/api\/v1\/namespaces\/default\/configmaps\?limit=500" headers=<\n\tAccept: application\/json\n\tUser-Agent: kubectl\/v1\.36\.4 /,
  );
  expect(bodies?.stdout).toBe(
    "kubetutor does not model bodies in kubectl's log: -v=8 and above show what -v=7 does.\n",
  );
  expect(quiet?.stderr ?? '').toBe('');
});

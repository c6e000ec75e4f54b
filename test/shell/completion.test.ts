import { describe, expect, it } from 'vitest';
import { installProgram } from '../../src/world/execute.ts';
import type { Machine } from '../../src/world/machine.ts';
import type { Process } from '../../src/world/process.ts';
import type { Task } from '../../src/world/task.ts';
import { TestTerminal } from './terminal.ts';

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  verbs: ['describe\tShow details', 'delete\tDelete resources', 'get\tDisplay one or many resources', ':4'],
  pods: ['web-1', 'web-2', ':4'],
  flags: ['--namespace=\tthe namespace', '--namespace\tthe namespace', ':6'],
  manifests: ['json', 'yaml', 'yml', ':8'],
  formats: ['json', 'jsonpath', ':4'],
};

/** Something that completes as kubectl does. */
function* fakeKubectl(p: Process): Task<number> {
  const [, verb, ...words] = p.argv;
  if (verb !== '__complete') {
    yield* p.print(`${p.argv.join(' ')}\n`);
    return 0;
  }
  const last = words.at(-1) ?? '';
  const file = words.at(-2) === '-f';
  const value = /^-o=(.*)/.exec(last)?.[1];
  const asked = file ? 'manifests' : value !== undefined ? 'formats' : last.startsWith('-') ? 'flags' : 'pods';
  const all = ANSWERS[words.length === 1 ? 'verbs' : asked] ?? [];
  const lines = file ? all : all.filter((line) => line.startsWith(':') || line.startsWith(value ?? last));
  yield* p.print(lines.map((line) => `${line}\n`).join(''));
  yield* p.printError('Completion ended with directive: ShellCompDirectiveNoFileComp\n');
  return 0;
}

function prepare(machine: Machine): void {
  machine.world.programs.add({ name: 'kubectl', main: fakeKubectl });
  installProgram(machine, '/usr/bin/kubectl', 'kubectl');
  machine.files.writeFile('/root/.bashrc', '');
}

async function of(...typed: string[]): Promise<string[]> {
  const terminal = new TestTerminal(80, 20, {}, prepare);
  terminal.type('complete -o default -F __start_kubectl kubectl; alias k=kubectl\r');
  terminal.type('complete -o default -F __start_kubectl k\r');
  for (const text of typed) terminal.type(text);
  expect(terminal.world.faults).toEqual([]);
  return (await terminal.lines()).slice(2);
}

describe('completion', () => {
  it('asks kubectl, also under its alias', async () => {
    expect(await of('k g\t')).toEqual(['/tmp# k get']);
    expect(await of('kubectl get pod w\t')).toEqual(['/tmp# kubectl get pod web-']);
    expect(await of('k get pod web-2\t\r')).toEqual(['/tmp# k get pod web-2', 'kubectl get pod web-2', '/tmp#']);
    expect(await of('ls | k get pod web-1\t')).toEqual(['/tmp# ls | k get pod web-1']);
  });

  it('lists with descriptions', async () => {
    expect(await of('k \t\t')).toEqual([
      '/tmp# k',
      'delete    (Delete resources)',
      'describe  (Show details)',
      'get       (Display one or many resources)',
      '/tmp# k',
    ]);
  });

  it('completes flags without a blank', async () => {
    expect((await of('k get --names\tx'))[0]).toBe('/tmp# k get --namespacex');
  });

  it('offers manifests after -f, and anything where there is none', async () => {
    expect((await of('mkdir m; cd m; touch a.txt pod.yaml\r', 'k apply -f \tx')).at(-1)).toBe(
      '/tmp/m# k apply -f pod.yaml x',
    );
    expect((await of('mkdir n; cd n; touch a.txt\r', 'k apply -f \tx')).at(-1)).toBe('/tmp/n# k apply -f a.txt x');
  });

  it('completes the value after an equals sign', async () => {
    expect((await of('k get -o=js\tx')).at(-1)).toBe('/tmp# k get -o=jsonx');
  });

  it('runs completion functions', async () => {
    const lines = await of(
      '_f() { COMPREPLY=($(compgen -W "start stop status" -- "$2")); }; complete -F _f svc\r',
      'svc sto\t',
      '\x15svc st\t\t',
    );
    expect(lines.slice(2, 4)).toEqual(['/tmp# svc st', 'start   status  stop']);
  });

  it('completes words of complete -W', async () => {
    expect((await of('complete -W "alpha beta" greek\r', 'greek b\t')).at(-1)).toBe('/tmp# greek beta');
  });
});

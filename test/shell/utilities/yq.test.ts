import { expect, it } from 'vitest';
import { makeBox, play } from './support.ts';

/** What mikefarah's yq v4 answers. */
const ANSWERS: readonly (readonly [command: string, stdout: string])[] = [
  ["yq '.spec.containers[0].image' config.yaml", 'nginx:1.25\n'],
  ["yq '.metadata.labels' config.yaml", 'app: web\n'],
  ["yq '.spec.containers[].name' config.yaml", 'nginx\nside\n'],
  ["yq eval '.kind' config.yaml", 'Pod\n'],
  ["cat config.yaml | yq '.metadata.name'", 'web\n'],
  ["yq '.nope' config.yaml", 'null\n'],
  ["yq -o json '.metadata' config.yaml", '{\n  "name": "web",\n  "labels": {\n    "app": "web"\n  }\n}\n'],
  ["yq -o=json -I=0 '.metadata.labels' config.yaml", '{"app":"web"}\n'],
  ['yq \'.spec.containers[] | select(.name == "side") | .image\' config.yaml', 'busybox\n'],
  ["yq '.spec.containers | length' config.yaml", '2\n'],
  ['yq \'.spec.containers += {"name":"x"} | .spec.containers[2]\' config.yaml', 'name: x\n'],
  ["V=new yq '.metadata.name = strenv(V) | .metadata.name' config.yaml", 'new\n'],
  ["yq -n '.a.b = 3'", 'a:\n  b: 3\n'],
  ["printf 'a: 1\\n---\\na: 2\\n' | yq .a", '1\n---\n2\n'],
  [
    "printf 'a: 1 # one\\n# c\\nb:\\n  - x\\n' > c.yaml; yq -i '.a = 2 | .b += [\"y\"]' c.yaml; cat c.yaml",
    'a: 2 # one\n# c\nb:\n  - x\n  - y\n',
  ],
  ["yq -i 'del(.spec.containers[1])' config.yaml; yq '.spec.containers[].name' config.yaml", 'nginx\n'],
  ["yq -p json -o yaml '.items[0].metadata.labels' pods.json", 'app: web\ntier: front\n'],
];

for (const [command, stdout] of ANSWERS) {
  it(command, () => {
    const { world, machine } = makeBox();
    const ours = play(machine, command);
    expect(ours.stderr).toBe('');
    expect(ours.stdout).toBe(stdout);
    expect(world.faults).toEqual([]);
  });
}

it('says what it does not model', () => {
  const { machine } = makeBox();
  expect(play(machine, "yq 'with(.a; .b = 1)' config.yaml").stderr).toBe("Error: kubetutor's yq does not model with\n");
  expect(play(machine, 'yq . nope').stderr).toBe('Error: open nope: no such file or directory\n');
  expect(play(machine, "printf 'a: [1' | yq .").status).toBe(1);
});

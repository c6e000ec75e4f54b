import type { Language } from '../../course/text.ts';

/** An exercise is a lesson of one step: something is broken, and a different thing for each student. */
export function exerciseFiles(name: string, language: Language): ReadonlyMap<string, string> {
  const say = TEXTS[language];
  return new Map([
    ['lesson.yaml', exerciseYaml(name, say)],
    [`text.${language}.md`, say.text],
  ]);
}

interface Words {
  readonly title: string;
  readonly summary: string;
  readonly available: string;
  readonly kept: string;
  readonly image: string;
  readonly hint1: string;
  readonly hint2: string;
  readonly drawn: string;
  readonly hiddenNote: string;
  readonly text: string;
}

const exerciseYaml = (name: string, say: Words) => `id: ${name}
version: 1
title: "${say.title}"
summary: "${say.summary}"
world: default
minutes: [5, 15]
parameters:                # ${say.drawn}
  app: [shop, blog, wiki, forum]
  replicas: {from: 2, to: 4}
  fault:
  - break: kubectl -n @{app} set image deployment/@{app} web=nginx:1.27-typo
    fix: kubectl -n @{app} set image deployment/@{app} web=nginx:1.27
  - break: >-
      kubectl -n @{app} patch deployment @{app}
      -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}'
    fix: >-
      kubectl -n @{app} patch deployment @{app} --type=json
      -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
  - break: kubectl -n @{app} set resources deployment/@{app} --requests=cpu=64
    fix: kubectl -n @{app} set resources deployment/@{app} --requests=cpu=50m
steps:
- id: repair
  setup:
  - manifest: |
      apiVersion: v1
      kind: Namespace
      metadata: {name: "@{app}"}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: "@{app}", namespace: "@{app}", labels: {team: "@{app}-team"}}
      spec:
        replicas: @{replicas}
        strategy: {type: Recreate}
        selector: {matchLabels: {app: "@{app}"}}
        template:
          metadata: {labels: {app: "@{app}"}}
          spec:
            containers:
            - {name: web, image: "nginx:1.27"}
  - run: "@{fault.break}"
  symptoms:
  - id: down
    count: {kind: Pod, namespace: "@{app}", ready: true, equals: 0}
  checks:
  - id: available
    title: "${say.available}"
    points: 3
    count: {kind: Pod, namespace: "@{app}", selector: "app=@{app}", ready: true, equals: "@{replicas}"}
  - id: image
    title: "${say.image}"
    needs: [available]
    object: {kind: Deployment, namespace: "@{app}", name: "@{app}", where: [{path: "spec.template.spec.containers[0].image", equals: "nginx:1.27"}]}
  - id: kept                 # ${say.hiddenNote}
    hidden: true
    title: "${say.kept}"
    needs: [available]
    object: {kind: Deployment, namespace: "@{app}", name: "@{app}", where: [{path: metadata.labels.team, equals: "@{app}-team"}]}
  hints:
  - "${say.hint1}"
  - "${say.hint2}"
  par: 300
  solutions:
  - |
    @{fault.fix}
    kubectl -n @{app} rollout status deployment/@{app}
  nearMisses:
  - script: |
      kubectl -n @{app} delete deployment @{app}
      kubectl -n @{app} create deployment @{app} --image=nginx:1.27 --replicas=@{replicas}
      kubectl -n @{app} rollout status deployment/@{app}
    fails: kept
`;

const TEXTS: Readonly<Record<Language, Words>> = {
  en: {
    title: 'Repair the Deployment @{app}',
    summary: 'A Deployment does not come up: find out why and repair it.',
    available: '@{replicas} Pods of @{app} are ready',
    image: 'It still runs nginx:1.27',
    kept: 'The Deployment was repaired, not made anew',
    hint1: 'Look at the Pods of the namespace, then at the events of one of them.',
    hint2: 'What the Deployment asks of an image or of a node may not exist.',
    drawn: 'drawn for each student: neighbours have different tasks',
    hiddenNote: "only in your copy: students' copies do not have it",
    text: `## repair: Repair the Deployment @{app}
The Deployment \`@{app}\` in the namespace \`@{app}\` should run @{replicas} Pods of \`nginx:1.27\`. None is ready.

Find out why and repair it. Do not delete the Deployment: others rely on it.

\`\`\`bash
kubectl -n @{app} get deployment,pods
\`\`\`
`,
  },
  ko: {
    title: 'Deployment @{app} 고치기',
    summary: 'Deployment가 뜨지 않습니다. 이유를 찾아 고칩니다.',
    available: '@{app}의 Pod @{replicas}개가 Ready이다',
    image: '여전히 nginx:1.27을 실행한다',
    kept: 'Deployment를 새로 만들지 않고 고쳤다',
    hint1: '네임스페이스의 Pod를 보고, 그중 하나의 이벤트를 보세요.',
    hint2: 'Deployment가 요구하는 이미지나 노드가 없을 수도 있습니다.',
    drawn: '학생마다 다르게 뽑습니다. 옆 사람과 문제가 다릅니다',
    hiddenNote: '강사용에만 있고 학생용에는 없습니다',
    text: `## repair: Deployment @{app} 고치기
네임스페이스 \`@{app}\`의 Deployment \`@{app}\`은 \`nginx:1.27\` Pod @{replicas}개를 실행해야 합니다. 그런데 하나도 Ready가 아닙니다.

이유를 찾아 고치세요. 다른 곳에서 쓰고 있으니 Deployment를 지우면 안 됩니다.

\`\`\`bash
kubectl -n @{app} get deployment,pods
\`\`\`
`,
  },
};

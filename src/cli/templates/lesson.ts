import type { Language } from '../../course/text.ts';

/** A lesson to begin with: a step to read and do, and one more. */
export function lessonFiles(name: string, language: Language): ReadonlyMap<string, string> {
  const say = WORDS[language];
  return new Map([
    [
      'lesson.yaml',
      `id: ${name}
version: 1
title: "${say.title}"
summary: "${say.summary}"
world: default
minutes: [5, 10]
steps:
- id: first-pod
  checks:
  - id: ready
    title: "${say.ready}"
    object: {kind: Pod, name: web, ready: true}
  hints: ["${say.hint}"]
  par: 60
  solutions:
  - |
    kubectl run web --image=nginx
    kubectl wait --for=condition=Ready pod/web
  nearMisses:
  - {script: kubectl run web --image=nginx:1.27-typo, fails: ready}
- id: gone
  checks:
  - id: gone
    title: "${say.gone}"
    object: {kind: Pod, name: web, absent: true}
  solutions: [kubectl delete pod web]
`,
    ],
    [`text.${language}.md`, say.text],
  ]);
}

const WORDS = {
  en: {
    title: 'A Pod comes and goes',
    summary: 'Make a Pod, see it run, delete it.',
    ready: 'The Pod web is ready',
    gone: 'The Pod web is gone',
    hint: 'kubectl run makes one Pod of an image.',
    text: `## first-pod: Make a Pod
Make a Pod named \`web\` of the image \`nginx\`, and see how it comes up:

\`\`\`bash
kubectl get pods
\`\`\`

## gone: Delete it
Delete the Pod. Who makes a new one?
`,
  },
  ko: {
    title: 'Pod를 만들고 지우기',
    summary: 'Pod를 만들고, 실행되는 것을 보고, 지웁니다.',
    ready: 'Pod web이 Ready이다',
    gone: 'Pod web이 없다',
    hint: 'kubectl run은 이미지 하나로 Pod 하나를 만듭니다.',
    text: `## first-pod: Pod 만들기
이미지 \`nginx\`로 \`web\`이라는 Pod를 만들고, 뜨는 모습을 보세요.

\`\`\`bash
kubectl get pods
\`\`\`

## gone: 지우기
Pod를 지우세요. 누가 새로 만들까요?
`,
  },
} as const;

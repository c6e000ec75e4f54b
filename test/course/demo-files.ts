import type { LessonFiles } from '../../src/course/lesson/read.ts';

const YAML = `id: demo
version: 1
title: {en: Demo, ko: 데모}
summary: {en: A demo., ko: 데모입니다.}
world: fake
minutes: [5, 10]
steps:
- id: first
  setup:
  - run: pod extra-1
  checks:
  - id: there
    title: {en: There is a Pod, ko: Pod가 있다}
    points: 2
    object:
      kind: Pod
      name: web-1
      where:
      - {path: spec.replicas, equals: 1}
  - id: counted
    title: {en: Two Pods, ko: Pod 두 개}
    needs: [there]
    count: {kind: Pod, gte: 2}
  hints:
  - {en: Look at the Pods., ko: Pod를 보세요.}
  par: 60
  solutions:
  - |
    pod web-1
  nearMisses:
  - {script: pod web-2, fails: there}
- id: second
  checks:
  - id: written
    title: {en: The file is there, ko: 파일이 있다}
    file: {path: ~/a, contains: done}
  solutions: [write /root/a done]
`;

const EN = `# Demo

## first: The first step
Make a Pod:
\`\`\`
pod web-1     # a Pod
\`\`\`

## second: The second step
Write a file.
`;

const KO = `## first: 첫 단계
Pod를 만듭니다:
\`\`\`
pod web-1     # Pod 하나
\`\`\`

## second: 둘째 단계
파일을 씁니다.
`;

/** A right lesson, with one of its files changed. */
export function demoFiles(
  change: (text: string) => string = (text) => text,
  file: 'yaml' | 'en' | 'ko' = 'yaml',
): LessonFiles {
  const texts = { yaml: YAML, en: EN, ko: KO };
  texts[file] = change(texts[file]);
  return {
    yaml: { name: 'demo/lesson.yaml', text: texts.yaml },
    en: { name: 'demo/text.en.md', text: texts.en },
    ko: { name: 'demo/text.ko.md', text: texts.ko },
  };
}

import type { Language } from '../../course/text.ts';
import { exerciseFiles } from './exercise.ts';

/** What a new pack begins with: its pack.yaml and one exercise. Paths are relative to its folder. */
export function packFiles(name: string, language: Language): ReadonlyMap<string, string> {
  const files = new Map([['pack.yaml', PACK[language](name)]]);
  for (const [file, text] of exerciseFiles('repair', language)) files.set(`exercises/repair/${file}`, text);
  return files;
}

const PACK: Readonly<Record<Language, (name: string) => string>> = {
  en: (name) => `# A pack of kubetutor. \`kubetutor lint --prove .\` checks it; docs/instructors.md explains it.
id: ${name}
version: 1                # raise it when what students have changes
title: ${name}
languages: [en]           # [en, ko]: then every text is written in both
policies:
  attempts: {max: 3, count: best}
  # deadline: 2027-03-01T23:59+00:00
  # late: {percent: 10, per: 1d, max: 50, grace: 15m}
`,
  ko: (name) => `# kubetutor 팩. \`kubetutor lint --prove .\`로 검사하고, 설명은 docs/instructors.ko.md에 있습니다.
id: ${name}
version: 1                # 학생에게 나간 내용이 바뀌면 올립니다
title: ${name}
languages: [ko]           # [en, ko]로 하면 모든 글을 두 언어로 씁니다
policies:
  attempts: {max: 3, count: best}
  # deadline: 2027-03-01T23:59+09:00
  # late: {percent: 10, per: 1d, max: 50, grace: 15m}
`,
};

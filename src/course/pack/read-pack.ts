import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../input.ts';
import { problemsOfAll } from '../lesson/issues.ts';
import type { Problem } from '../lesson/problem.ts';
import { parameters as parametersSchema } from '../lesson/schema.ts';
import { PositionedYaml } from '../lesson/yaml-positions.ts';
import type { Language } from '../text.ts';
import { type Files, isFolder, readFolder } from './files.ts';
import { type LessonSource, Pack } from './pack.ts';
import { PackError } from './pack-error.ts';
import type { Parameters } from './parameters.ts';
import { packFile } from './schema.ts';
import { readArchive } from './tar.ts';

/** Reads a pack from a folder or an archive. Raises PackError when it is none, or holds what no pack may. */
export function readPack(place: string): { pack: Pack | undefined; problems: readonly Problem[] } {
  const files = isFolder(place) ? readFolder(place) : readArchive(readFileSync(place)).unwrapped();
  return packOf(files, path.relative('', place) || '.');
}

/** A pack of files in memory. */
export function packOf(files: Files, place: string): { pack: Pack | undefined; problems: readonly Problem[] } {
  const text = files.text('pack.yaml');
  if (text === undefined)
    throw new PackError({ en: `${place} has no pack.yaml`, ko: `${place}에 pack.yaml이 없습니다` });
  const yaml = new PositionedYaml(path.join(place, 'pack.yaml'), text);
  const problems: Problem[] = [...yaml.problems];
  if (problems.length > 0) return { pack: undefined, problems };
  const parsed = packFile.safeParse(yaml.value);
  if (!parsed.success) return { pack: undefined, problems: problemsOfAll(parsed.error.issues, yaml, []) };
  const languages = parsed.data.languages ?? ['en', 'ko'];
  const found = [...files.keys()]
    .filter((name) => name.endsWith('/lesson.yaml'))
    .sort()
    .map((name) => sourceOf(files, path.posix.dirname(name), place, languages, problems));
  if (found.length === 0) problems.push(yaml.problem([], 'the pack has no lesson: no folder in it has a lesson.yaml'));
  const ids = found.map((source) => source.id);
  for (const source of found) {
    if (ids.indexOf(source.id) !== ids.lastIndexOf(source.id))
      problems.push({ file: source.files.yaml.name, line: 1, column: 1, message: `a second lesson ${source.id}` });
  }
  const order = parsed.data.lessons ?? ids;
  order.forEach((id, index) => {
    if (!ids.includes(id))
      problems.push(yaml.problem(['lessons', index], `no folder of the pack has the lesson ${id}`));
    else if (order.indexOf(id) !== index) problems.push(yaml.problem(['lessons', index], `${id} a second time`));
  });
  for (const { id } of found)
    if (!order.includes(id)) problems.push(yaml.problem(['lessons'], `lessons leaves out ${id}`));
  const sources = order.flatMap((id) => found.find((source) => source.id === id) ?? []);
  checkRanges(parsed.data.parameters ?? {}, yaml, problems);
  return { pack: new Pack(parsed.data, sources, place, yaml), problems };
}

function checkRanges(parameters: Parameters, yaml: PositionedYaml, problems: Problem[]): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    if ('from' in parameter && parameter.from > parameter.to)
      problems.push(yaml.problem(['parameters', name], `${name}: from is larger than to`));
    if (name === 'student')
      problems.push(yaml.problem(['parameters', name], "student is the student's id: choose another name"));
  }
}

function sourceOf(
  files: Files,
  folder: string,
  place: string,
  languages: readonly Language[],
  problems: Problem[],
): LessonSource {
  const read = (name: string) => {
    const text = files.text(`${folder}/${name}`);
    const file = path.join(place, folder, name);
    if (text === undefined) problems.push({ file, line: 1, column: 1, message: 'the file is missing' });
    return { name: file, text: text ?? '' };
  };
  const yaml = read('lesson.yaml');
  const only = languages.length === 1 ? read(`text.${languages[0] ?? 'en'}.md`) : undefined;
  const positioned = new PositionedYaml(yaml.name, yaml.text);
  const { value } = positioned;
  const own = isRecord(value) ? (value['parameters'] ?? {}) : {};
  const parsed = parametersSchema.safeParse(own);
  if (!parsed.success) problems.push(...problemsOfAll(parsed.error.issues, positioned, ['parameters']));
  else checkRanges(parsed.data, positioned, problems);
  const id = isRecord(value) && typeof value['id'] === 'string' ? value['id'] : path.posix.basename(folder);
  return {
    id,
    folder,
    yaml: positioned,
    files: { yaml, en: only ?? read('text.en.md'), ko: only ?? read('text.ko.md') },
    value,
    parameters: parsed.success ? parsed.data : {},
  };
}

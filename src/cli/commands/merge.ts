import { isDeepStrictEqual } from 'node:util';
import { PackError } from '../../course/pack/pack-error.ts';
import { classResults } from '../../course/results/class-results.ts';
import type { ClassResults, FileResult } from '../../course/results/types.ts';
import { sanitiseLine } from '../../tui/sanitise.ts';
import { type ClassFiles, readClassFiles } from '../class-files.ts';
import { WRONG_USAGE } from '../exit.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage } from '../locale/messages.ts';
import {
  type ClassFlags,
  checkOutputs,
  report,
  resultsAt,
  resultsBefore,
  SOME_REFUSED,
  statusOf,
  tellUnknown,
  withReceipts,
} from './class-report.ts';

interface Part {
  readonly file: string;
  readonly results: ClassResults;
}

/** `kubetutor merge`: the results of several machines as those of one. */
export async function merge(places: readonly string[], flags: ClassFlags): Promise<number> {
  let parts: Part[];
  let extra: ClassFiles;
  let before: ClassResults | undefined;
  try {
    parts = places.map((file) => ({ file, results: resultsAt(file) }));
    extra = readClassFiles(flags);
    before = resultsBefore(flags);
    checkOutputs(flags);
    agree(parts);
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    process.stderr.write(`kubetutor merge: ${sanitiseLine(error.text[cliLanguage()])}\n`);
    return WRONG_USAGE;
  }
  const [first] = parts;
  if (!first) return WRONG_USAGE;
  const files = eachOnce(parts).sort((a, b) => (a.file < b.file ? -1 : 1));
  const { pack, policies } = first.results;
  const given = withReceipts(extra, files);
  const results = classResults({ ...pack, policies }, files, given);
  tellUnknown(extra, given, results, flags);
  await report(results, before, flags);
  const missing = missingParts(parts);
  if (missing.of > 0) {
    process.stderr.write(`kubetutor merge: ${instructorMessages().partsMissing(missing.parts, missing.of)}\n`);
    return SOME_REFUSED;
  }
  return statusOf(results, false);
}

/** Parts of one class were graded alike. Raises PackError. */
function agree([first, ...others]: readonly Part[]): void {
  if (!first) return;
  const { pack, version, policies } = first.results;
  const of = ({ part }: ClassResults) => part?.of;
  for (const { file, results } of others) {
    const name = `${pack.id} ${pack.version}`;
    if (results.pack.id !== pack.id || results.pack.version !== pack.version)
      throw differs(
        file,
        first,
        `it is of the pack ${results.pack.id} ${results.pack.version}, not of ${name}`,
        `${name}이(가) 아니라 ${results.pack.id} ${results.pack.version} 팩의 결과입니다`,
      );
    if (results.pack.hash !== pack.hash)
      throw differs(
        file,
        first,
        `it was graded with other content of ${name}`,
        `${name}의 다른 내용으로 채점한 결과입니다`,
      );
    if (results.version !== version)
      throw differs(
        file,
        first,
        `it was graded by kubetutor ${results.version}, not by ${version}`,
        `kubetutor ${version}이(가) 아니라 ${results.version}(으)로 채점한 결과입니다`,
      );
    if (!isDeepStrictEqual(results.policies, policies))
      throw differs(file, first, 'it was graded by other policies', '다른 정책으로 채점한 결과입니다');
    if (of(results) !== of(first.results))
      throw differs(
        file,
        first,
        `it is ${partText(results, 'en')}, not ${partText(first.results, 'en')}`,
        `${partText(first.results, 'ko')}이(가) 아니라 ${partText(results, 'ko')}의 결과입니다`,
      );
  }
}

function partText({ part }: ClassResults, language: 'en' | 'ko'): string {
  if (!part) return language === 'en' ? 'of a whole class' : '반 전체';
  return language === 'en' ? `one of ${part.of} parts` : `${part.of}개로 나눈 것`;
}

function differs(file: string, first: Part, en: string, ko: string): PackError {
  return new PackError({
    en: `${file} does not go with ${first.file}: ${en}`,
    ko: `${file}은(는) ${first.file}과(와) 맞지 않습니다: ${ko}`,
  });
}

/** A file of two parts, as when a part was graded twice, counts once: as it was accepted, if it was. */
function eachOnce(parts: readonly Part[]): FileResult[] {
  const files = new Map<string, FileResult>();
  for (const file of parts.flatMap(({ results }) => results.files)) {
    const key = `${file.file}\n${file.sha256}`;
    const before = files.get(key);
    if (!before || 'refused' in before.outcome) files.set(key, file);
  }
  return [...files.values()];
}

function missingParts(parts: readonly Part[]): { readonly parts: string; readonly of: number } {
  const of = Math.max(0, ...parts.map(({ results }) => results.part?.of ?? 0));
  const there = new Set(parts.map(({ results }) => results.part?.index));
  const missing: number[] = [];
  for (let index = 1; index <= of && missing.length < 20; index++) if (!there.has(index)) missing.push(index);
  return missing.length === 0 ? { parts: '', of: 0 } : { parts: missing.join(', '), of };
}

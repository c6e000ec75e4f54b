import { parseAllDocuments } from 'yaml';
import { RegularFile } from '../../world/files/inode.ts';
import { plain, type Text } from '../text.ts';
import { type Condition, judge } from './condition.ts';
import type { Evaluate } from './context.ts';
import { matchesPattern } from './pattern.ts';
import { undecided, verdict } from './verdict.ts';

/** A file of a machine. Several demands must all hold. */
export interface FileCheck {
  readonly path: string;
  /** Host name; default: the workstation. */
  readonly machine?: string;
  readonly absent?: boolean;
  readonly contains?: string;
  /** A regular expression, over the whole text, with `^` and `$` at lines. */
  readonly matches?: string;
  readonly lacks?: string;
  /** The text without blanks at line ends and empty lines at the end. */
  readonly equals?: string;
  /** Permission bits in octal, `0600`. */
  readonly mode?: string;
  /** Conditions on the file read as YAML or JSON; with several documents one of them must fulfil all. */
  readonly yaml?: readonly Condition[];
}

const MAX_READ = 1_000_000;

export const evaluateFile: Evaluate<FileCheck> = function* (check, context) {
  const { built } = context;
  const machine = check.machine === undefined ? built.workstation : built.world.machines.get(check.machine);
  const path = check.path.replace(/^~(?=\/|$)/, built.learner.home);
  const name = plain(check.machine === undefined ? path : `${check.machine}:${path}`);
  if (!machine) return undecided(name, { en: 'there is no such machine', ko: '그런 머신이 없습니다' });
  const inode = machine.files.tryStat(path);
  if (check.absent) return verdict(!inode, { en: `no ${name.en}`, ko: `${name.ko} 없음` }, inode ? name : missing());
  if (!inode) return verdict(false, name, missing());
  if (check.mode !== undefined && (inode.mode & 0o7777) !== Number.parseInt(check.mode, 8)) {
    return verdict(false, plain(`${name.en} mode ${check.mode}`), plain(`0${(inode.mode & 0o7777).toString(8)}`));
  }
  if (!(inode instanceof RegularFile)) {
    const wantsText = check.contains ?? check.matches ?? check.lacks ?? check.equals ?? check.yaml;
    return verdict(wantsText === undefined, name, plain(inode.kind));
  }
  const text = machine.files.readText(path).slice(0, MAX_READ);
  return judgeText(check, name, text);
};

function judgeText(check: FileCheck, name: Text, text: string) {
  const { contains, matches, lacks, equals, yaml } = check;
  const shown = plain(excerpt(text));
  if (contains !== undefined && !text.includes(contains))
    return verdict(false, say(name, 'contains', '포함:', contains), plain(nearestLine(text, contains) ?? shown.en));
  if (matches !== undefined && !matchesPattern(matches, 'm', text))
    return verdict(false, say(name, 'matches', '패턴:', matches), shown);
  if (lacks !== undefined && text.includes(lacks))
    return verdict(false, say(name, 'does not contain', '포함하지 않음:', lacks), shown);
  if (equals !== undefined && trimmed(text) !== trimmed(equals))
    return verdict(false, say(name, 'is', '내용:', excerpt(equals)), shown);
  if (yaml) {
    const documents = parseAllDocuments(text);
    const list = Array.isArray(documents) ? documents : [];
    const error = list.flatMap((document) => document.errors)[0];
    if (error)
      return verdict(false, say(name, 'is YAML', 'YAML 형식', ''), shown, plain(error.message.split('\n')[0] ?? ''));
    const failures = list.map((document) =>
      yaml.map((condition) => judge(document.toJS(), condition)).find((r) => !r.holds),
    );
    if (!failures.includes(undefined)) {
      const first = failures[0];
      if (first) return verdict(false, plain(`${name.en}: ${first.expected.en}`), first.actual);
      return verdict(false, name, { en: 'no document', ko: '문서 없음' });
    }
  }
  return verdict(true, name, shown);
}

/** The line of a text that comes nearest to a wanted part: most of it stands there, from its beginning. */
export function nearestLine(text: string, wanted: string): string | undefined {
  const [part = ''] = wanted.trim().split('\n');
  let found: { readonly line: string; readonly length: number } | undefined;
  for (const line of text.split('\n')) {
    const candidate = line.trim();
    let length = 0;
    while (length < part.length && candidate[length] === part[length]) length++;
    if (length > (found?.length ?? 0)) found = { line: candidate, length };
  }
  return found && found.length * 2 > part.length ? excerpt(found.line) : undefined;
}

function say(name: Text, en: string, ko: string, value: string): Text {
  return { en: `${name.en} ${en} ${value}`.trim(), ko: `${name.ko} ${ko} ${value}`.trim() };
}

function trimmed(text: string): string {
  return text.replace(/[ \t\r]+$/gm, '').trimEnd();
}

export function excerpt(text: string): string {
  const short = text.trimEnd();
  return short === '' ? '(empty)' : short.length > 200 ? `${short.slice(0, 199)}…` : short;
}

function missing(): Text {
  return { en: 'no such file', ko: '파일 없음' };
}

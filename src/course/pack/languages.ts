import { isRecord } from '../input.ts';
import type { Language, Text } from '../text.ts';

/** A text as packs of one language may write it: a string, or that language alone. */
export function bothLanguages(value: unknown, languages: readonly Language[]): unknown {
  if (languages.length > 1) return value;
  const only = languages[0] ?? 'en';
  const text = typeof value === 'string' ? value : isRecord(value) ? value[only] : undefined;
  return typeof text === 'string' ? { en: text, ko: text } : value;
}

export function textOf(value: string | Partial<Text>): Text {
  if (typeof value === 'string') return { en: value, ko: value };
  const any = value.en ?? value.ko ?? '';
  return { en: value.en ?? any, ko: value.ko ?? any };
}

/** The value of a lesson.yaml with every text in both languages: a pack may have one only. */
export function lessonInBoth(value: unknown, languages: readonly Language[]): unknown {
  if (languages.length > 1 || !isRecord(value)) return value;
  const both = (text: unknown) => (text === undefined ? undefined : bothLanguages(text, languages));
  const withTitle = (item: unknown) => (isRecord(item) ? present({ ...item, title: both(item['title']) }) : item);
  const steps = listOf(value['steps']).map((step) => {
    if (!isRecord(step)) return step;
    return present({
      ...step,
      title: both(step['title']),
      hints: step['hints'] === undefined ? undefined : listOf(step['hints']).map(both),
      checks:
        step['checks'] === undefined
          ? undefined
          : listOf(step['checks']).map((check) => expectedInBoth(withTitle(check), both)),
    });
  });
  return present({ ...value, title: both(value['title']), summary: both(value['summary']), steps });
}

function expectedInBoth(check: unknown, both: (text: unknown) => unknown): unknown {
  if (!isRecord(check) || !isRecord(check['bash']) || check['bash']['expected'] === undefined) return check;
  return { ...check, bash: { ...check['bash'], expected: both(check['bash']['expected']) } };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function present(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

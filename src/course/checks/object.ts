import { plain, type Text } from '../text.ts';
import type { KubeObject } from '../world-source.ts';
import { type Condition, joinTexts, judge } from './condition.ts';
import { clusterOf, type Evaluate } from './context.ts';
import { describeSelection, fits, isReady, nameOf, type Selection, select } from './selection.ts';
import { NO_TEXT, undecided, type Verdict, verdict } from './verdict.ts';
import { whyCondition, whyMissing, whyUnready } from './why.ts';

/** Objects that must be there, or must not, and what must be true of each. */
export interface ObjectCheck extends Omit<Selection, 'where' | 'ready'> {
  /** The object must not be there. */
  readonly absent?: boolean;
  /** What must hold for each object that the selection names. */
  readonly where?: readonly Condition[];
  readonly ready?: boolean;
}

export const NO_CLUSTER: Text = { en: 'this world has no such cluster', ko: '이 월드에는 그런 클러스터가 없습니다' };

export const evaluateObject: Evaluate<ObjectCheck> = function* (check, context) {
  const { absent, where, ready, ...selection } = check;
  const view = clusterOf(context, check.cluster);
  const expected = expectedText(check);
  if (!view) return undecided(expected, NO_CLUSTER);
  const objects = select(view, selection);
  if (absent) {
    const wrong = objects.filter((object) => fits(object, check));
    return verdict(
      wrong.length === 0,
      expected,
      wrong.length === 0 ? nothing() : joinTexts(wrong.slice(0, 3).map(nameOf), ', '),
    );
  }
  if (objects.length === 0) return verdict(false, expected, nothing(), whyMissing(view, selection));
  for (const object of objects) {
    if (ready !== undefined && isReady(object) !== ready) {
      const state: Text = ready ? { en: 'not ready', ko: '준비되지 않음' } : { en: 'ready', ko: '준비됨' };
      const actual = joinTexts([nameOf(object), state], ' ');
      return verdict(false, expected, actual, ready ? whyUnready(view, [object]) : NO_TEXT);
    }
    for (const condition of where ?? []) {
      const result = judge(object, condition);
      if (result.holds) continue;
      return verdict(
        false,
        expectedCondition(object, result.expected),
        joinTexts([nameOf(object), result.actual], ': '),
        whyCondition(view, object, condition.path),
      );
    }
  }
  return passed(expected, objects);
};

function passed(expected: Text, objects: readonly KubeObject[]): Verdict {
  const names = joinTexts(objects.slice(0, 3).map(nameOf), ', ');
  return verdict(true, expected, objects.length > 3 ? joinTexts([names, plain('…')], ', ') : names);
}

function expectedCondition(object: KubeObject, text: Text): Text {
  return joinTexts([nameOf(object), text], ': ');
}

function expectedText(check: ObjectCheck): Text {
  const what = describeSelection(check);
  return check.absent ? { en: `no ${what.en}`, ko: `${what.ko} 없음` } : what;
}

function nothing(): Text {
  return { en: 'not there', ko: '없음' };
}

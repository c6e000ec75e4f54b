import type { Text } from '../text.ts';
import type { Evaluate } from './context.ts';
import { type Bounds, boundsText, countText } from './count.ts';
import { boundsOf } from './history-monitor.ts';
import { describeSelection, type Selection } from './selection.ts';
import { undecided, verdict } from './verdict.ts';

/** A statement about one moment: so many objects of a selection. Without `count`: at least one. */
export interface Moment extends Selection {
  readonly count?: Bounds;
}

/** What was true since the step began; exactly one of `never`, `always`, `eventually`. */
export interface HistoryCheck {
  readonly never?: Moment;
  readonly always?: Moment;
  readonly eventually?: Moment;
  /** Watch only from the first moment at which this is true; of several, at which the last one is, each after the other. */
  readonly after?: Moment | readonly Moment[];
}

export const evaluateHistory: Evaluate<HistoryCheck> = function* (check, context, id) {
  const monitor = context.monitors.get(id);
  const moment = check.never ?? check.always ?? check.eventually ?? { kind: 'Pod' };
  const what = countText(describeSelection(moment), boundsText(boundsOf(moment)));
  const expected = expectedText(check, what);
  if (!monitor) return undecided(expected, { en: 'the step has not begun', ko: '단계가 아직 시작되지 않았습니다' });
  if (!monitor.started) {
    const { awaited = moment } = monitor;
    const begin = countText(describeSelection(awaited), boundsText(boundsOf(awaited)));
    return undecided(expected, { en: `waits for: ${begin.en}`, ko: `기다리는 중: ${begin.ko}` });
  }
  const bad = check.never ? monitor.met : check.always ? monitor.broken : undefined;
  const passed = check.eventually ? monitor.met !== undefined : bad === undefined;
  const range = monitor.lowest === monitor.highest ? `${monitor.lowest}` : `${monitor.lowest}–${monitor.highest}`;
  const time = bad && new Date(bad.time).toISOString().slice(11, 19);
  return verdict(
    passed,
    expected,
    { en: `between ${range} since then`.replace(/^between (\d+) /, '$1 '), ko: `그 뒤로 ${range}개` },
    bad ? { en: `at ${time} there were ${bad.count}`, ko: `${time}에 ${bad.count}개였습니다` } : undefined,
  );
};

function expectedText(check: HistoryCheck, what: Text): Text {
  if (check.never) return { en: `never ${what.en}`, ko: `한 번도 없어야 함: ${what.ko}` };
  if (check.always) return { en: `always ${what.en}`, ko: `항상: ${what.ko}` };
  return { en: `at some time ${what.en}`, ko: `한 번은: ${what.ko}` };
}

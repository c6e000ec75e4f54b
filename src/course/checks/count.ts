import { plain, type Text } from '../text.ts';
import type { ClusterView } from '../world-source.ts';
import { clusterOf, type Evaluate } from './context.ts';
import { NO_CLUSTER } from './object.ts';
import { describeSelection, isReady, type Selection, select } from './selection.ts';
import { NO_TEXT, undecided, verdict } from './verdict.ts';
import { whyMissing, whyUnready } from './why.ts';

/** How many: several bounds must all hold. Without any: at least one. */
export interface Bounds {
  readonly equals?: number;
  readonly gte?: number;
  readonly lte?: number;
}

/** How many objects a selection has. */
export interface CountCheck extends Selection, Bounds {}

export function within(count: number, bounds: Bounds): boolean {
  const { equals, gte, lte } = bounds;
  if (equals === undefined && gte === undefined && lte === undefined) return count >= 1;
  return (
    (equals === undefined || count === equals) &&
    (gte === undefined || count >= gte) &&
    (lte === undefined || count <= lte)
  );
}

export function boundsText(bounds: Bounds): string {
  const { equals, gte, lte } = bounds;
  if (equals !== undefined) return String(equals);
  if (gte !== undefined && lte !== undefined) return `${gte}–${lte}`;
  return lte === undefined ? `≥ ${gte ?? 1}` : `≤ ${lte}`;
}

export function countText(what: Text, number: string): Text {
  return { en: `${number} × ${what.en}`, ko: `${what.ko} ${number}개` };
}

export const evaluateCount: Evaluate<CountCheck> = function* (check, context) {
  const view = clusterOf(context, check.cluster);
  const what = describeSelection(check);
  const expected = countText(what, boundsText(check));
  if (!view) return undecided(expected, NO_CLUSTER);
  const objects = select(view, check);
  const ok = within(objects.length, check);
  const names = objects.slice(0, 5).map((object) => object.metadata.name);
  const list = names.length === 0 ? '' : ` (${names.join(', ')}${objects.length > 5 ? ', …' : ''})`;
  return verdict(ok, expected, plain(`${objects.length}${list}`), ok ? NO_TEXT : whyCount(view, check, objects.length));
};

function whyCount(view: ClusterView, check: CountCheck, count: number): Text {
  const least = check.equals ?? check.gte ?? 1;
  if (count >= least) return NO_TEXT;
  const named = select(view, check, 'where');
  if (named.length === 0) return whyMissing(view, check);
  return check.ready === true
    ? whyUnready(
        view,
        named.filter((object) => !isReady(object)),
      )
    : NO_TEXT;
}

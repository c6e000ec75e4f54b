import type { AccountItem } from '../world-source.ts';
import type { Evaluate } from './context.ts';
import { undecided, verdict } from './verdict.ts';

/** What a cloud account holds beside what it began with. */
export interface AccountCheck {
  /** Nothing is left. */
  readonly empty?: boolean;
  /** Kinds that do not matter: `key-pair`. */
  readonly ignore?: readonly string[];
  /** How many of a kind there are: `eks-cluster`, `nat-gateway`, `load-balancer`, `instance`, … Default: at least one. */
  readonly kind?: string;
  readonly equals?: number;
  readonly gte?: number;
  readonly lte?: number;
}

/** Items that a message names at most. */
const NAMED = 6;

export const evaluateAccount: Evaluate<AccountCheck> = function* (check, { built }) {
  const { account } = built;
  if (!account)
    return undecided(
      { en: '', ko: '' },
      { en: 'this world has no cloud account', ko: '이 월드에는 클라우드 계정이 없습니다' },
    );
  const items = account.items().filter((item) => !check.ignore?.includes(item.kind));
  if (check.empty) {
    const paid = items.filter((item) => item.hourly > 0);
    const hourly = paid.reduce((sum, item) => sum + item.hourly, 0);
    return verdict(
      items.length === 0,
      { en: 'the account is empty', ko: '계정이 비어 있음' },
      { en: `${items.length} left: ${listed(items)}`, ko: `${items.length}개가 남음: ${listed(items)}` },
      paid.length === 0
        ? { en: 'none of it costs money', ko: '비용이 드는 것은 없습니다' }
        : {
            en: `still costs $${hourly.toFixed(4)} an hour: ${paid.map(priced).join(', ')}`,
            ko: `아직 시간당 $${hourly.toFixed(4)}이 청구됩니다: ${paid.map(priced).join(', ')}`,
          },
    );
  }
  const kind = check.kind ?? '';
  const found = items.filter((item) => item.kind === kind);
  const {
    equals,
    gte = equals === undefined && check.lte === undefined ? 1 : 0,
    lte = Number.POSITIVE_INFINITY,
  } = check;
  const fine = equals === undefined ? found.length >= gte && found.length <= lte : found.length === equals;
  const bound = equals === undefined ? (lte === Number.POSITIVE_INFINITY ? `≥ ${gte}` : `≤ ${lte}`) : `= ${equals}`;
  return verdict(
    fine,
    { en: `${kind} ${bound}`, ko: `${kind} ${bound}` },
    {
      en: `${found.length}${found.length > 0 ? `: ${listed(found)}` : ''}`,
      ko: `${found.length}${found.length > 0 ? `: ${listed(found)}` : ''}`,
    },
  );
};

function listed(items: readonly AccountItem[]): string {
  const shown = items.slice(0, NAMED).map((item) => `${item.kind} ${item.id}`);
  return `${shown.join(', ')}${items.length > NAMED ? ', …' : ''}`;
}

function priced(item: AccountItem): string {
  return `${item.kind} ${item.id} $${item.hourly.toFixed(4)}`;
}

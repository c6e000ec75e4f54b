import { plain } from '../text.ts';
import type { Evaluate } from './context.ts';
import { clusterOf } from './context.ts';
import { NO_CLUSTER } from './object.ts';
import { undecided, verdict } from './verdict.ts';

/** What somebody may do, by RBAC. */
export interface AccessCheck {
  /** A user, or `system:serviceaccount:NAMESPACE:NAME`. */
  readonly user: string;
  readonly groups?: readonly string[];
  readonly verb: string;
  /** Plural; `pods/log` for a subresource. */
  readonly resource: string;
  /** API group of the resource; default: the core group. */
  readonly group?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** false: it must be forbidden. Default true. */
  readonly allowed?: boolean;
  readonly cluster?: string;
}

export const evaluateAccess: Evaluate<AccessCheck> = function* (check, context) {
  const wanted = check.allowed ?? true;
  const where = check.namespace === undefined ? '' : ` -n ${check.namespace}`;
  const what = `${check.verb} ${check.resource}${check.name === undefined ? '' : ` ${check.name}`}${where}`;
  const expected = wanted
    ? { en: `${check.user} may ${what}`, ko: `${check.user}: ${what} 허용` }
    : { en: `${check.user} may not ${what}`, ko: `${check.user}: ${what} 금지` };
  const view = clusterOf(context, check.cluster);
  if (!view) return undecided(expected, NO_CLUSTER);
  const account = /^system:serviceaccount:([^:]+):/.exec(check.user);
  const implied = account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1] ?? ''}`] : [];
  const allowed = view.may({
    user: check.user,
    groups: [...(check.groups ?? []), ...implied, 'system:authenticated'],
    verb: check.verb,
    resource: check.resource,
    group: check.group ?? '',
    ...(check.namespace === undefined ? {} : { namespace: check.namespace }),
    ...(check.name === undefined ? {} : { name: check.name }),
  });
  return verdict(allowed === wanted, expected, plain(allowed ? 'allowed' : 'forbidden'));
};

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { breakDownRule, ruleCovers } from '../../../cluster/apimachinery/policy-rules.ts';
import { listAt, objectAt, textsAt } from '../../json.ts';
import { goJson } from '../../printers/go-value.ts';
import { withMetadata } from '../../resource/info.ts';

/** What must happen to one RBAC object. kubernetes: component-helpers/auth/rbac/reconciliation */
export interface Reconciled {
  /** What the object will be. */
  readonly object: JsonObject;
  readonly operation: 'none' | 'create' | 'update' | 'recreate';
  /** Its owner does not want it changed. */
  readonly isProtected: boolean;
  readonly missingRules: readonly JsonObject[];
  readonly extraRules: readonly JsonObject[];
  readonly missingSubjects: readonly JsonObject[];
  readonly extraSubjects: readonly JsonObject[];
}

const NOTHING = {
  missingRules: [],
  extraRules: [],
  missingSubjects: [],
  extraSubjects: [],
  isProtected: false,
} as const;
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

/** A role with the rules of `expected`; with `stomp` with no others. */
export function reconcileRole(live: JsonObject | undefined, expected: JsonObject, stomp: boolean): Reconciled {
  const wanted = listAt(expected, 'rules');
  if (!live) return { ...NOTHING, object: expected, operation: 'create', missingRules: wanted };
  const rules = listAt(live, 'rules');
  const missingRules = uncovered(rules, wanted);
  const extraRules = uncovered(wanted, rules);
  const changed = missingRules.length > 0 || (stomp && extraRules.length > 0);
  const next = stomp ? wanted : [...rules, ...missingRules];
  return { ...NOTHING, ...merged(live, expected, changed ? { rules: next } : undefined), missingRules, extraRules };
}

/** A binding with the subjects of `expected`; with `stomp` with no others. One that binds another role is made anew. */
export function reconcileBinding(live: JsonObject | undefined, expected: JsonObject, stomp: boolean): Reconciled {
  const wanted = listAt(expected, 'subjects');
  if (!live) return { ...NOTHING, object: expected, operation: 'create', missingSubjects: wanted };
  const isProtected = optedOut(live);
  if (goJson(objectAt(live, 'roleRef')) !== goJson(objectAt(expected, 'roleRef')))
    return { ...NOTHING, object: expected, operation: 'recreate', isProtected };
  const subjects = listAt(live, 'subjects');
  const missingSubjects = without(wanted, subjects);
  const extraSubjects = without(subjects, wanted);
  const changed = missingSubjects.length > 0 || (stomp && extraSubjects.length > 0);
  const next = stomp ? wanted : [...subjects, ...missingSubjects];
  return {
    ...NOTHING,
    ...merged(live, expected, changed ? { subjects: next } : undefined),
    missingSubjects,
    extraSubjects,
  };
}

/** The live object with the labels and annotations of the file and with `changes`. */
function merged(
  live: JsonObject,
  expected: JsonObject,
  changes: JsonObject | undefined,
): Pick<Reconciled, 'object' | 'operation' | 'isProtected'> {
  const metadata: JsonObject = {};
  for (const key of ['annotations', 'labels']) {
    const had = objectAt(live, 'metadata', key);
    const all = { ...objectAt(expected, 'metadata', key), ...had };
    if (Object.keys(all).length > Object.keys(had).length) metadata[key] = all;
  }
  const same = changes === undefined && Object.keys(metadata).length === 0;
  return {
    object: { ...withMetadata(live, metadata), ...changes },
    operation: same ? 'none' : 'update',
    isProtected: optedOut(live),
  };
}

function optedOut(live: JsonObject): boolean {
  return objectAt(live, 'metadata', 'annotations')[AUTO_UPDATE] === 'false';
}

/** The parts of `wanted` that no rule of `held` grants. */
function uncovered(held: readonly JsonObject[], wanted: readonly JsonObject[]): JsonObject[] {
  const owned = held.map(ruleOf);
  return wanted
    .flatMap((rule) => breakDownRule(ruleOf(rule)))
    .filter((part) => !owned.some((rule) => ruleCovers(rule, part)))
    .map((part) => Object.fromEntries(Object.entries(part).filter(([, values]) => values.length > 0)));
}

function ruleOf(rule: JsonObject) {
  return {
    verbs: textsAt(rule, 'verbs'),
    apiGroups: textsAt(rule, 'apiGroups'),
    resources: textsAt(rule, 'resources'),
    resourceNames: textsAt(rule, 'resourceNames'),
    nonResourceURLs: textsAt(rule, 'nonResourceURLs'),
  };
}

function without(subjects: readonly JsonObject[], others: readonly JsonObject[]): JsonObject[] {
  const known = new Set(others.map((one) => goJson(one)));
  return subjects.filter((one) => !known.has(goJson(one)));
}

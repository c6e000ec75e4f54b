import { FieldError } from '../../../apimachinery/errors.ts';
import { BASELINE, type Violation } from './baseline.ts';
import { RESTRICTED } from './restricted.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** A level of the Pod Security Standards as of a version: `restricted:latest`. */
export interface Standard {
  readonly level: Level;
  readonly version: string;
}

/** What a namespace's labels ask for. Audit is not kept: nobody reads the audit log of this world. */
export interface Policy {
  readonly enforce: Standard;
  readonly warn: Standard;
}

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS: readonly string[] = ['privileged', 'baseline', 'restricted'];
const MODES = ['enforce', 'audit', 'warn'] as const;
type Labels = Readonly<Record<string, string>>;

function levelOf(labels: Labels, mode: string): Level | undefined {
  const given = labels[PREFIX + mode];
  return given === 'privileged' || given === 'baseline' || given === 'restricted' ? given : undefined;
}

function standardOf(labels: Labels, mode: string): Standard {
  // What cannot be read is taken for the strictest, once it is stored.
  const level = labels[PREFIX + mode] === undefined ? 'privileged' : (levelOf(labels, mode) ?? 'restricted');
  return { level, version: labels[`${PREFIX}${mode}-version`] ?? 'latest' };
}

/** kubernetes: pod-security-admission/api/helpers.go PolicyToEvaluate: warnings are at least as strict as what is enforced. */
export function policyOf(labels: Labels): Policy {
  const enforce = standardOf(labels, 'enforce');
  const warn = labels[`${PREFIX}warn`] === undefined ? enforce : standardOf(labels, 'warn');
  return { enforce, warn };
}

/** Labels of a namespace that say nothing sensible. */
export function labelErrors(labels: Labels): FieldError[] {
  const errors: FieldError[] = [];
  for (const mode of MODES) {
    const level = labels[PREFIX + mode];
    if (level !== undefined && !LEVELS.includes(level)) {
      const text = 'must be one of privileged, baseline, restricted';
      errors.push(FieldError.invalid(`metadata.labels[${PREFIX}${mode}]`, level, text));
    }
    const version = labels[`${PREFIX}${mode}-version`];
    if (version !== undefined && version !== 'latest' && !/^v1\.([0-9]|[1-9][0-9]*)$/.test(version)) {
      const text = 'must be "latest" or "v1.x"';
      errors.push(FieldError.invalid(`metadata.labels[${PREFIX}${mode}-version]`, version, text));
    }
  }
  return errors;
}

export function strictness(level: Level): number {
  return LEVELS.indexOf(level);
}

export function standardText({ level, version }: Standard): string {
  return `${level}:${version}`;
}

/** What a Pod breaks, in the order in which it is told. Rules of older versions are taken for today's. */
export function violations({ level }: Standard, metadata: unknown, spec: unknown): Violation[] {
  const checks = level === 'restricted' ? RESTRICTED : level === 'baseline' ? BASELINE : [];
  return checks.flatMap(({ test }) => test(metadata, spec) ?? []);
}

/** `privileged (container "a" must not …), hostPort (…)` */
export function violationsText(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}

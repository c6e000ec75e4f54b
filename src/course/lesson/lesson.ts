import type { AccessCheck } from '../checks/access.ts';
import type { AccountCheck } from '../checks/account.ts';
import type { AnswerCheck } from '../checks/answer.ts';
import type { BashCheck } from '../checks/bash.ts';
import type { CommandCheck } from '../checks/command.ts';
import type { CountCheck } from '../checks/count.ts';
import type { FileCheck } from '../checks/file.ts';
import type { HistoryCheck } from '../checks/history.ts';
import type { ObjectCheck } from '../checks/object.ts';
import type { ReachableCheck } from '../checks/reachable.ts';
import type { Text } from '../text.ts';

/** What each kind of check says about itself; the key is the kind's name in a lesson file. */
export interface CheckKinds {
  readonly object: ObjectCheck;
  readonly count: CountCheck;
  readonly history: HistoryCheck;
  readonly file: FileCheck;
  readonly command: CommandCheck;
  readonly bash: BashCheck;
  readonly access: AccessCheck;
  readonly reachable: ReachableCheck;
  readonly account: AccountCheck;
  readonly answer: AnswerCheck;
}

/** One criterion of a step: exactly one of the kinds is there. */
export interface Check extends Partial<CheckKinds> {
  readonly id: string;
  readonly title: Text;
  /** At least 1. */
  readonly points: number;
  /** Checks of the same step without which this one cannot be judged. */
  readonly needs: readonly string[];
  /** Only the instructor's copy of a pack has it: it is judged when a submission is graded. */
  readonly hidden?: boolean;
}

/** The bash script that a check runs, when it runs one: it is judged in a process only. */
export function scriptOf({ bash, answer }: Check): string | undefined {
  return bash?.script ?? answer?.output;
}

/** What happens when a step is entered; one of `run`, `manifest`, `file`. */
export interface SetupBlock {
  /** A bash script; as the learner on the workstation, as root elsewhere. */
  readonly run?: string;
  /** Host name of another machine. */
  readonly machine?: string;
  /** Applied with `kubectl apply -f -`. */
  readonly manifest?: string;
  /** Written as the learner. */
  readonly file?: { readonly path: string; readonly content: string };
}

export interface NearMiss {
  readonly script: string;
  /** The check that must fail. */
  readonly fails: string;
}

export interface Step {
  readonly id: string;
  readonly title: Text;
  /** Markdown. */
  readonly text: Text;
  readonly setup: readonly SetupBlock[];
  /** What the text says is to be seen once setup is through: true before anything is done. For proving only. */
  readonly symptoms: readonly Check[];
  readonly checks: readonly Check[];
  /** In a student's copy of a pack: the criteria that only the instructor's copy has. */
  readonly hiddenChecks?: { readonly count: number; readonly points: number };
  readonly hints: readonly Text[];
  /** Seconds that somebody who knows it needs. */
  readonly par: number;
  /** Bash scripts; each is a way that must score everything. The first is the one shown. */
  readonly solutions: readonly string[];
  readonly nearMisses: readonly NearMiss[];
}

export interface Lesson {
  readonly id: string;
  readonly version: number;
  readonly title: Text;
  readonly summary: Text;
  readonly world: string;
  readonly seed: string;
  /** How long it takes: from, to, in minutes. */
  readonly minutes: readonly [number, number];
  readonly prerequisites: readonly string[];
  readonly steps: readonly Step[];
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { DryRun } from '../../dry-run.ts';
import type { ApplySet } from './applyset.ts';

/** What the flags of apply ask for. */
export interface ApplyPlan {
  /** The set that the objects become members of, with --applyset. */
  readonly applySet?: ApplySet | undefined;
  readonly dryRun: DryRun;
  readonly validation: string;
  readonly fieldManager: string;
  readonly serverSide: boolean;
  readonly forceConflicts: boolean;
  /** What the live object has and the last configuration did not say gives way to this one. */
  readonly overwrite: boolean;
  /** Delete and create where a patch is refused. */
  readonly force: boolean;
  readonly cascade: string;
  /** Seconds; below zero: the object's own. */
  readonly grace: number;
  /** ms. */
  readonly timeout: number;
}

/** What became of an object. */
export interface Applied {
  readonly object: JsonObject;
  readonly operation: 'created' | 'configured' | 'unchanged' | 'serverside-applied';
}

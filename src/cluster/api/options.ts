import type { WebhookAnswers } from './admission/webhooks.ts';
import type { User } from './authentication.ts';

/** What comes with a write, beside the object. */
export interface WriteOptions {
  readonly user: User;
  /** Who is named in managedFields. */
  readonly fieldManager: string;
  readonly dryRun: boolean;
  /** Whether what is written was defaulted and checked already: the cluster's own components. */
  readonly trusted: boolean;
  /** A patch: what it makes of the uid is a change, not a precondition. */
  readonly patch?: boolean;
  /** What webhooks said; absent: none is asked. */
  readonly answers?: WebhookAnswers | undefined;
  /** Where admission puts its warnings, when somebody reads them. */
  readonly warnings?: string[];
}

/** metav1.DeleteOptions. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
  readonly preconditions?:
    | { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }
    | undefined;
  readonly dryRun?: boolean;
}

/** What a list or a watch selects. */
export interface Selection {
  readonly labels: (labels: { readonly [key: string]: string }) => boolean;
  readonly fields: (fields: Readonly<Record<string, string>>) => boolean;
  /** False when everything is selected: the common case needs no look at the objects. */
  readonly narrow: boolean;
}

export const EVERYTHING: Selection = { labels: () => true, fields: () => true, narrow: false };

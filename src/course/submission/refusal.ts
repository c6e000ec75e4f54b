import type { Text } from '../text.ts';
import { VERSION } from '../version.ts';

/** Why a submission is not accepted, and the exit status of `kubetutor grade` for it. */
export const REFUSALS = {
  /** Not a submission at all. */
  foreign: 10,
  /** Its end is missing. */
  cut: 11,
  /** Something in it was changed after it was written. */
  edited: 12,
  /** It is whole, but not signed by the key that its journals name. */
  forged: 13,
  /** It is somebody else's work, or somebody else's task. */
  student: 14,
  /** It was made with another pack. */
  pack: 15,
  /** It was made with another version or content of this pack. */
  content: 16,
  /** Another version of kubetutor made it. */
  version: 17,
  /** Another student's keystrokes, at the same moments. */
  copied: 19,
  /** It would take too much time or memory. */
  bomb: 20,
  /** A fault of kubetutor or of the pack, not of the student. */
  fault: 21,
} as const;

export type RefusalKind = keyof typeof REFUSALS;

export interface Refusal {
  readonly kind: RefusalKind;
  readonly message: Text;
}

/** Raised where a submission is read or replayed. */
export class RefusalError extends Error {
  readonly text: Text;

  constructor(
    readonly kind: RefusalKind,
    en: string,
    ko: string,
  ) {
    super(en);
    this.text = { en, ko };
  }

  get refusal(): Refusal {
    return { kind: this.kind, message: this.text };
  }
}

export function otherVersion(version: string): RefusalError {
  return new RefusalError(
    'version',
    `kubetutor ${version} made it; only that version can replay it (this is ${VERSION}): npx kubetutor@${version} grade …`,
    `kubetutor ${version}이(가) 만든 것이라 그 버전만 재생할 수 있습니다 (지금은 ${VERSION}): npx kubetutor@${version} grade …`,
  );
}

import type { Text } from '../text.ts';

/** A pack that cannot be used at all; what is wrong inside its files is a `Problem` instead. */
export class PackError extends Error {
  constructor(readonly text: Text) {
    super(text.en);
  }
}

import type { Text } from '../text.ts';

/** A pack that cannot be used at all; what is wrong inside its files is a `Problem` instead. */
export class PackError extends Error {
  constructor(readonly text: Text) {
    super(text.en);
  }

  /** With the place of the pack, where it does not say it by itself. */
  about(place: string): Text {
    const { en, ko } = this.text;
    return en.includes(place) ? this.text : { en: `${place}: ${en}`, ko: `${place}: ${ko}` };
  }
}

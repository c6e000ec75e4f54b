/** A text that does not have the form it must have (a quantity, a duration, a selector, …). The message is upstream's. */
export class FormatError extends Error {
  override name = 'FormatError';
}

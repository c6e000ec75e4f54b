// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
// Fields that only the world needs begin with a lower-case letter where AWS's do not.

/** Something that was paid for by the hour, from when to when. */
export interface Usage {
  id: string;
  service: string;
  usageType: string;
  /** US dollars an hour. */
  rate: number;
  from: number;
  to?: number;
}

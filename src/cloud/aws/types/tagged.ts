// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
// Fields that only the world needs begin with a lower-case letter where AWS's do not.
import type { Tag } from '../params.ts';

export interface Tagged {
  Tags?: Tag[];
}

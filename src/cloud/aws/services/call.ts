import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Account } from '../account.ts';
import type { Params } from '../params.ts';
import type { Region } from '../region.ts';
import type { Identity } from '../types/iam.ts';

/** A request that was let in: who asks, where, and for what. */
export interface Call {
  readonly account: Account;
  readonly region: Region;
  readonly identity: Identity;
  readonly params: Params;
}

/** Answers at once; what takes time goes on in the account by itself. Raises AwsError. */
export type Operation = (call: Call) => JsonObject;

/** The operations of a service by name. */
export type Service = Readonly<Record<string, Operation>>;

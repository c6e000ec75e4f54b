// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
// Fields that only the world needs begin with a lower-case letter where AWS's do not.
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Tagged } from './tagged.ts';

export interface IamUser {
  UserName: string;
  UserId: string;
  Arn: string;
  Path: string;
  CreateDate: number;
  policies: string[];
  /** Policies of its own, by name. */
  inline?: Record<string, JsonObject>;
  accessKeys: AccessKey[];
}

export interface IamGroup {
  GroupName: string;
  GroupId: string;
  Arn: string;
  Path: string;
  CreateDate: number;
  policies: string[];
  /** Names of its members. */
  users: string[];
}

export interface AccessKey {
  AccessKeyId: string;
  SecretAccessKey: string;
  UserName: string;
  Status: 'Active' | 'Inactive';
  CreateDate: number;
  /** Temporary credentials. */
  session?: { token: string; expires: number; identity: Identity };
}

export interface IamRole extends Tagged {
  RoleName: string;
  RoleId: string;
  Arn: string;
  Path: string;
  CreateDate: number;
  AssumeRolePolicyDocument: JsonObject;
  Description?: string;
  MaxSessionDuration: number;
  policies: string[];
  inline: Record<string, JsonObject>;
}

export interface IamPolicy {
  PolicyName: string;
  PolicyId: string;
  Arn: string;
  Path: string;
  DefaultVersionId: string;
  CreateDate: number;
  document: JsonObject;
  awsManaged: boolean;
}

export interface InstanceProfile {
  InstanceProfileName: string;
  InstanceProfileId: string;
  Arn: string;
  role: string;
  CreateDate: number;
}

export interface OidcProvider {
  Arn: string;
  Url: string;
  ClientIDList: string[];
  ThumbprintList: string[];
  CreateDate: number;
}

/** Who makes a request. */
export interface Identity {
  account: string;
  /** `arn:aws:iam::111122223333:user/x` or `arn:aws:sts::111122223333:assumed-role/x/session`. */
  arn: string;
  userId: string;
  /** Name of the user, or of the role with `role: true`. Empty for the root. */
  name: string;
  role: boolean;
}

// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
// Fields that only the world needs begin with a lower-case letter where AWS's do not.
import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Tag } from '../params.ts';
import type { Identity } from './iam.ts';

export interface Stack {
  StackId: string;
  StackName: string;
  Description: string;
  CreationTime: number;
  LastUpdatedTime?: number;
  DeletionTime?: number;
  StackStatus: string;
  StackStatusReason?: string;
  DisableRollback: boolean;
  Capabilities: string[];
  Tags: Tag[];
  EnableTerminationProtection: boolean;
  outputs: { OutputKey: string; OutputValue: string; ExportName?: string }[];
  template: Template;
  resources: Map<string, StackResource>;
  events: StackEvent[];
  creator: Identity;
  /** Its deletion leaves behind what does not go. */
  force?: boolean;
}

export interface StackResource {
  LogicalResourceId: string;
  PhysicalResourceId: string;
  ResourceType: string;
  ResourceStatus: string;
  ResourceStatusReason?: string;
  LastUpdatedTimestamp: number;
  attributes: Record<string, string>;
}

export interface StackEvent {
  EventId: string;
  LogicalResourceId: string;
  PhysicalResourceId: string;
  ResourceType: string;
  Timestamp: number;
  ResourceStatus: string;
  ResourceStatusReason?: string;
}

export interface Template {
  Description: string;
  Resources: Record<string, { Type: string; Properties: JsonObject; DependsOn?: string[] }>;
  Outputs: Record<string, { Value: Json; Export?: Json }>;
}

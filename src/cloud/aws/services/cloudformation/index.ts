import { asJson, type Json, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { yamlToJson } from '../../../../cluster/apimachinery/yaml.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { required, tagsOf, textOf, textsOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { Stack, StackResource } from '../../types/cloudformation.ts';
import type { Call, Service } from '../call.ts';
import { createStack, deleteStack, findStack } from './engine.ts';
import { importsExport, readTemplate } from './template.ts';
import { updateStack } from './update.ts';

/** What a stack may be in. CloudFormation: StackStatus */
const STATUSES = [
  'CREATE_IN_PROGRESS',
  'CREATE_FAILED',
  'CREATE_COMPLETE',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_FAILED',
  'ROLLBACK_COMPLETE',
  'DELETE_IN_PROGRESS',
  'DELETE_FAILED',
  'DELETE_COMPLETE',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_FAILED',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'REVIEW_IN_PROGRESS',
  'IMPORT_IN_PROGRESS',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_IN_PROGRESS',
  'IMPORT_ROLLBACK_FAILED',
  'IMPORT_ROLLBACK_COMPLETE',
];

/** Raises ValidationError. */
function stackOf({ region, params }: Call): Stack {
  const name = required(params, 'StackName');
  const stack = findStack(region, name);
  if (!stack) throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
  return stack;
}

/** Deleted stacks are found by their id alone. */
function named(call: Call): Stack {
  const name = required(call.params, 'StackName');
  const stack = findStack(call.region, name);
  if (!stack) throw new AwsError('ValidationError', `Stack '${name}' does not exist`);
  return stack;
}

function view(stack: Stack): JsonObject {
  const { outputs, template, resources, events, creator, Tags, ...shown } = stack;
  return {
    ...toJsonObject(shown),
    RollbackConfiguration: {},
    NotificationARNs: [],
    ...(outputs.length > 0
      ? {
          Outputs: outputs.map(({ OutputKey, OutputValue, ExportName }) => ({
            OutputKey,
            OutputValue,
            ...(ExportName === undefined ? {} : { ExportName }),
          })),
        }
      : {}),
    Tags: Tags.map((tag) => ({ ...tag })),
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

function summary(stack: Stack): JsonObject {
  const { StackId, StackName, CreationTime, DeletionTime, StackStatus, StackStatusReason } = stack;
  return toJsonObject({
    StackId,
    StackName,
    TemplateDescription: stack.Description,
    CreationTime,
    DeletionTime,
    StackStatus,
    StackStatusReason,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  });
}

function resourceView({ attributes, LastUpdatedTimestamp, ...resource }: StackResource, field: string): JsonObject {
  return {
    ...toJsonObject(resource),
    [field]: LastUpdatedTimestamp,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

/** The function that a tag of a YAML template stands for: `!Ref`, `!GetAtt`. */
function shortForm(tag: string): string | undefined {
  const name = /^!([A-Z]\w*)$/.exec(tag)?.[1];
  return name === undefined || name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
}

function templateOf(text: string): Json {
  try {
    return text.trimStart().startsWith('{') ? asJson(JSON.parse(text)) : yamlToJson(text, false, shortForm);
  } catch {
    throw new AwsError('ValidationError', 'Template format error: unsupported structure.');
  }
}

function liveStacks(region: Region): Stack[] {
  return [...region.stacks.values()].filter((stack) => stack.StackStatus !== 'DELETE_COMPLETE');
}

const newestFirst = (stacks: Stack[]) => stacks.sort((a, b) => b.CreationTime - a.CreationTime);

export const cloudformation: Service = {
  ListStacks: ({ region, params }) => {
    const wanted = textsOf(params, 'StackStatusFilter');
    if (wanted.some((status) => !STATUSES.includes(status)))
      throw new AwsError(
        'ValidationError',
        `1 validation error detected: Value '[${wanted.join(', ')}]' at 'stackStatusFilter' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [${STATUSES.join(', ')}]]`,
      );
    const stacks = newestFirst([...region.stacks.values()]);
    return {
      StackSummaries: stacks.filter((one) => wanted.length === 0 || wanted.includes(one.StackStatus)).map(summary),
    };
  },
  DescribeStacks: (call) => ({
    Stacks:
      textOf(call.params, 'StackName') === undefined
        ? newestFirst(liveStacks(call.region)).map(view)
        : [view(stackOf(call))],
  }),
  CreateStack: (call) => {
    const { region, params, identity } = call;
    const stack = createStack(region, {
      name: required(params, 'StackName'),
      template: readTemplate(templateOf(textOf(params, 'TemplateBody') ?? '')),
      tags: tagsOf(params['Tags']),
      capabilities: textsOf(params, 'Capabilities'),
      creator: identity,
      disableRollback: params['DisableRollback'] === true || textOf(params, 'OnFailure') === 'DO_NOTHING',
    });
    return { StackId: stack.StackId };
  },
  UpdateStack: (call) => {
    const stack = named(call);
    if (call.params['UsePreviousTemplate'] === true) throw notModelled('--use-previous-template');
    updateStack(call.region, stack, readTemplate(templateOf(textOf(call.params, 'TemplateBody') ?? '')));
    return { StackId: stack.StackId };
  },
  DeleteStack: ({ region, params }) => {
    // Deleting what is not there is no error.
    const stack = findStack(region, required(params, 'StackName'));
    const force = textOf(params, 'DeletionMode') === 'FORCE_DELETE_STACK';
    if (stack) deleteStack(region, stack, { retain: textsOf(params, 'RetainResources'), force });
    return {};
  },
  ListExports: ({ region }) => ({
    Exports: liveStacks(region).flatMap(({ StackId, outputs }) =>
      outputs.flatMap(({ OutputValue, ExportName }): JsonObject[] =>
        ExportName === undefined ? [] : [{ ExportingStackId: StackId, Name: ExportName, Value: OutputValue }],
      ),
    ),
  }),
  ListImports: ({ region, params }) => {
    const name = required(params, 'ExportName');
    const stacks = liveStacks(region);
    const Imports = stacks.filter((stack) => importsExport(stack, name)).map(({ StackName }) => StackName);
    if (Imports.length === 0) throw new AwsError('ValidationError', `Export '${name}' is not imported by any stack.`);
    return { Imports };
  },
  UpdateTerminationProtection: (call) => {
    const stack = named(call);
    stack.EnableTerminationProtection = call.params['EnableTerminationProtection'] === true;
    return { StackId: stack.StackId };
  },
  DescribeStackEvents: (call) => {
    const stack = nameOrError(call);
    return {
      StackEvents: stack.events.map((event) => ({
        StackId: stack.StackId,
        StackName: stack.StackName,
        ...toJsonObject(event),
      })),
    };
  },
  ListStackResources: (call) => ({
    StackResourceSummaries: [...nameOrError(call).resources.values()].map((one) =>
      resourceView(one, 'LastUpdatedTimestamp'),
    ),
  }),
  DescribeStackResources: (call) => {
    const stack = nameOrError(call);
    return {
      StackResources: [...stack.resources.values()].map((one) => ({
        StackName: stack.StackName,
        StackId: stack.StackId,
        ...resourceView(one, 'Timestamp'),
      })),
    };
  },
  DescribeStackResource: (call) => {
    const stack = named(call);
    const id = required(call.params, 'LogicalResourceId');
    const found = stack.resources.get(id);
    if (!found) throw new AwsError('ValidationError', `Resource ${id} does not exist for stack ${stack.StackName}`);
    return {
      StackResourceDetail: {
        StackName: stack.StackName,
        StackId: stack.StackId,
        ...resourceView(found, 'LastUpdatedTimestamp'),
      },
    };
  },
  GetTemplate: (call) => {
    const { Description, Resources, Outputs } = stackOf(call).template;
    return {
      TemplateBody: toJsonObject({
        AWSTemplateFormatVersion: '2010-09-09',
        Description,
        Resources: Object.fromEntries(
          Object.entries(Resources).map(([name, { Type, Properties, DependsOn }]) => [
            name,
            { Type, ...(DependsOn && DependsOn.length > 0 ? { DependsOn } : {}), Properties },
          ]),
        ),
        Outputs: Object.fromEntries(
          Object.entries(Outputs).map(([name, { Value, Export }]) => [
            name,
            { Value, ...(Export === undefined ? {} : { Export: { Name: Export } }) },
          ]),
        ),
      }),
      StagesAvailable: ['Original', 'Processed'],
    };
  },
};

function nameOrError(call: Call): Stack {
  const name = textOf(call.params, 'StackName') ?? '';
  const stack = findStack(call.region, name);
  if (!stack) throw new AwsError('ValidationError', `Stack [${name}] does not exist`);
  return stack;
}

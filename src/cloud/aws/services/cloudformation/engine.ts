import { isObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import type { Tag } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { Stack, StackResource, Template } from '../../types/cloudformation.ts';
import type { Identity } from '../../types/iam.ts';
import { type Begun, RESOURCE_TYPES, type Work } from './resource-types.ts';
import { dependenciesOf, exportsOf, importer, resolve } from './template.ts';

const STACK = 'AWS::CloudFormation::Stack';
/** ms between two looks at a resource that is not ready. */
const POLL = 5000;
/** What cannot be deleted because something depends on it is tried again this often and this long, ms. */
const RETRY = 30_000;
const RETRY_LIMIT = 6 * 60_000;

/** Begins to make a stack. Raises AlreadyExistsException, ValidationError. */
export function createStack(
  region: Region,
  options: {
    name: string;
    template: Template;
    tags: Tag[];
    capabilities: string[];
    creator: Identity;
    disableRollback: boolean;
  },
): Stack {
  const { account } = region;
  const { name, template } = options;
  const living = findStack(region, name);
  if (living && living.StackStatus !== 'DELETE_COMPLETE')
    throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
  for (const [logicalId, { Type }] of Object.entries(template.Resources))
    if (!RESOURCE_TYPES[Type])
      throw new AwsError(
        'ValidationError',
        `Template format error: Unrecognized resource types: [${Type}] (kubetutor does not model it; ${logicalId})`,
      );
  const needsIam = Object.values(template.Resources).some((one) => one.Type.startsWith('AWS::IAM::'));
  if (needsIam && !options.capabilities.some((one) => one.startsWith('CAPABILITY_')))
    throw new AwsError('InsufficientCapabilitiesException', 'Requires capabilities : [CAPABILITY_IAM]');
  const stack: Stack = {
    StackId: region.arn('cloudformation', `stack/${name}/${account.random.uid()}`),
    StackName: name,
    Description: template.Description,
    CreationTime: Math.floor(account.now),
    StackStatus: 'CREATE_IN_PROGRESS',
    DisableRollback: options.disableRollback,
    Capabilities: options.capabilities,
    Tags: options.tags,
    EnableTerminationProtection: false,
    outputs: [],
    template,
    resources: new Map(),
    events: [],
    creator: options.creator,
  };
  region.stacks.set(stack.StackId, stack);
  stackEvent(region, stack, 'CREATE_IN_PROGRESS', 'User Initiated');
  account.after(2500, () => advance(region, stack));
  return stack;
}

/** A stack by name or id: of several with the name the last. */
export function findStack(region: Region, name: string): Stack | undefined {
  const all = [...region.stacks.values()];
  return (
    region.stacks.get(name) ??
    all.findLast((stack) => stack.StackName === name && stack.StackStatus !== 'DELETE_COMPLETE')
  );
}

export function workOf(region: Region, stack: Stack, logicalId: string): Work {
  const body = stack.template.Resources[logicalId];
  const properties = resolve(region, stack, body?.Properties ?? {});
  return { region, stack, logicalId, properties: isObject(properties) ? properties : {} };
}

/** Begins everything whose dependencies are there; ends the stack when all is. */
function advance(region: Region, stack: Stack): void {
  if (stack.StackStatus !== 'CREATE_IN_PROGRESS') return;
  const names = Object.keys(stack.template.Resources);
  const complete = (name: string) => stack.resources.get(name)?.ResourceStatus === 'CREATE_COMPLETE';
  for (const name of names) {
    if (stack.resources.has(name)) continue;
    if ([...dependenciesOf(stack.template, name)].every(complete)) create(region, stack, name);
    if (stack.StackStatus !== 'CREATE_IN_PROGRESS') return;
  }
  if (!names.every(complete)) return;
  try {
    stack.outputs = outputsOf(region, stack);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    fail(region, stack, error.message);
    return;
  }
  setStatus(region, stack, 'CREATE_COMPLETE');
}

function create(region: Region, stack: Stack, logicalId: string): void {
  const body = stack.template.Resources[logicalId];
  const type = RESOURCE_TYPES[body?.Type ?? ''];
  const record: StackResource = {
    LogicalResourceId: logicalId,
    PhysicalResourceId: '',
    ResourceType: body?.Type ?? '',
    ResourceStatus: 'CREATE_IN_PROGRESS',
    LastUpdatedTimestamp: region.account.now,
    attributes: {},
  };
  stack.resources.set(logicalId, record);
  event(region, stack, record);
  let begun: Begun;
  try {
    if (!type) throw new AwsError('ValidationError', 'unknown resource type');
    begun = type.create(workOf(region, stack, logicalId));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    resourceFailed(region, stack, record, error);
    return;
  }
  record.PhysicalResourceId = begun.id;
  record.attributes = { ...begun.attributes };
  record.ResourceStatusReason = 'Resource creation Initiated';
  event(region, stack, record);
  whenDone(region, begun, (error) => {
    if (record.ResourceStatus !== 'CREATE_IN_PROGRESS') return;
    if (error) {
      resourceFailed(region, stack, record, error);
      return;
    }
    record.attributes = { ...record.attributes, ...begun.later?.() };
    setResource(region, stack, record, 'CREATE_COMPLETE');
    advance(region, stack);
  });
}

export function whenDone(region: Region, begun: Omit<Begun, 'id'>, then: (error: AwsError | undefined) => void): void {
  const look = () => {
    try {
      if (begun.done && !begun.done()) {
        region.account.after(POLL, look);
        return;
      }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      then(error);
      return;
    }
    then(undefined);
  };
  region.account.after(begun.after, look);
}

function resourceFailed(region: Region, stack: Stack, record: StackResource, error: AwsError): void {
  setResource(region, stack, record, 'CREATE_FAILED', handlerMessage(region, record.ResourceType, error));
  fail(region, stack, `The following resource(s) failed to create: [${record.LogicalResourceId}]. `);
}

/** As the handlers of resource types word what their service answered. */
export function handlerMessage(region: Region, type: string, error: AwsError): string {
  if (error.code === 'NotStabilized') return error.message;
  const service = { EC2: 'Ec2', IAM: 'Iam', EKS: 'Eks' }[type.split('::')[1] ?? ''] ?? 'CloudFormation';
  const { random } = region.account;
  const code = { DependencyViolation: 'InvalidRequest', AlreadyExistsException: 'AlreadyExists' }[error.code];
  return `Resource handler returned message: "${error.message} (Service: ${service}, Status Code: ${error.status}, Request ID: ${random.uid()})" (RequestToken: ${random.uid()}, HandlerErrorCode: ${code ?? 'GeneralServiceException'})`;
}

/** What is still being made is given up; what was made is taken away again. */
function fail(region: Region, stack: Stack, reason: string): void {
  if (stack.StackStatus !== 'CREATE_IN_PROGRESS') return;
  for (const record of stack.resources.values())
    if (record.ResourceStatus === 'CREATE_IN_PROGRESS')
      setResource(region, stack, record, 'CREATE_FAILED', 'Resource creation cancelled');
  if (stack.DisableRollback) {
    setStatus(region, stack, 'CREATE_FAILED', reason);
    return;
  }
  setStatus(region, stack, 'ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`);
  remove(region, stack, 'ROLLBACK');
}

/** What the deletion of a stack that has failed may leave behind. */
export interface DeleteOptions {
  /** Logical ids. */
  readonly retain?: readonly string[];
  /** Whatever does not go. */
  readonly force?: boolean;
}

/** Begins to delete a stack. Raises ValidationError when it is protected, or for options that it cannot have. */
export function deleteStack(region: Region, stack: Stack, options: DeleteOptions = {}): void {
  if (stack.StackStatus === 'DELETE_IN_PROGRESS' || stack.StackStatus === 'DELETE_COMPLETE') return;
  if (stack.EnableTerminationProtection)
    throw new AwsError(
      'ValidationError',
      `Stack [${stack.StackName}] cannot be deleted while TerminationProtection is enabled`,
    );
  const kept = retained(stack, options);
  setStatus(region, stack, 'DELETE_IN_PROGRESS', 'User Initiated');
  const used = importer(region, stack);
  if (used) {
    setStatus(
      region,
      stack,
      'DELETE_FAILED',
      `Delete canceled. Cannot delete export ${used.name} as it is in use by ${used.by}.`,
    );
    return;
  }
  for (const record of kept) setResource(region, stack, record, 'DELETE_SKIPPED');
  stack.force = options.force === true;
  for (const record of stack.resources.values())
    if (record.ResourceStatus === 'DELETE_FAILED') record.ResourceStatus = 'CREATE_COMPLETE';
  region.account.after(2000, () => remove(region, stack, 'DELETE'));
}

/** Raises ValidationError. */
function retained(stack: Stack, { retain = [], force = false }: DeleteOptions): StackResource[] {
  if ((retain.length > 0 || force) && stack.StackStatus !== 'DELETE_FAILED')
    throw new AwsError(
      'ValidationError',
      `Stack [${stack.StackName}] is not DELETE_FAILED: it can retain no resources`,
    );
  return retain.map((name) => {
    const record = stack.resources.get(name);
    if (!record) throw new AwsError('ValidationError', `Resource ${name} does not exist for stack ${stack.StackName}`);
    if (isGone(record))
      throw new AwsError(
        'ValidationError',
        'The specified resources to retain must be in a valid state. Do not specify resources that are in the DELETE_COMPLETE state.',
      );
    return record;
  });
}

/** Deleted, or left behind. */
const isGone = ({ ResourceStatus }: StackResource) =>
  ResourceStatus === 'DELETE_COMPLETE' || ResourceStatus === 'DELETE_SKIPPED';

/** Takes away what nothing that is left depends on, until all is gone or nothing more goes. */
function remove(region: Region, stack: Stack, why: 'DELETE' | 'ROLLBACK'): void {
  if (stack.StackStatus !== `${why}_IN_PROGRESS`) return;
  const gone = (name: string) => {
    const record = stack.resources.get(name);
    return !record || isGone(record);
  };
  const dependents = (name: string) =>
    Object.keys(stack.template.Resources).filter((other) => dependenciesOf(stack.template, other).has(name));
  let working = 0;
  for (const record of [...stack.resources.values()].reverse()) {
    if (record.ResourceStatus === 'DELETE_IN_PROGRESS') working++;
    if (gone(record.LogicalResourceId) || /^DELETE_/.test(record.ResourceStatus)) continue;
    if (!dependents(record.LogicalResourceId).every(gone)) continue;
    working++;
    removeResource(region, stack, record, why);
  }
  if (working > 0) return;
  const left = [...stack.resources.values()].filter((record) => !gone(record.LogicalResourceId));
  if (left.length === 0) {
    if (why === 'DELETE') {
      stack.DeletionTime = region.account.now;
      stack.outputs = [];
    }
    setStatus(region, stack, `${why}_COMPLETE`);
    return;
  }
  const failed = left.filter((record) => record.ResourceStatus === 'DELETE_FAILED').map((one) => one.LogicalResourceId);
  setStatus(region, stack, `${why}_FAILED`, `The following resource(s) failed to delete: [${failed.join(', ')}]. `);
}

function removeResource(region: Region, stack: Stack, record: StackResource, why: 'DELETE' | 'ROLLBACK'): void {
  const { account } = region;
  const started = account.now;
  setResource(region, stack, record, 'DELETE_IN_PROGRESS');
  const finished = (error: AwsError | undefined) => {
    const status = stack.force ? 'DELETE_SKIPPED' : 'DELETE_FAILED';
    if (error) setResource(region, stack, record, status, handlerMessage(region, record.ResourceType, error));
    else setResource(region, stack, record, 'DELETE_COMPLETE');
    remove(region, stack, why);
  };
  // It never came to be.
  if (record.PhysicalResourceId === '') {
    account.after(500, () => finished(undefined));
    return;
  }
  const attempt = () => {
    try {
      const begun = RESOURCE_TYPES[record.ResourceType]?.remove({
        ...workOf(region, stack, record.LogicalResourceId),
        id: record.PhysicalResourceId,
      });
      whenDone(region, begun ?? { after: 0 }, finished);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const retried = error.code === 'DependencyViolation' || error.code === 'ResourceInUseException';
      if (retried && account.now - started < RETRY_LIMIT) account.after(RETRY, attempt);
      else finished(error);
    }
  };
  account.after(1000, attempt);
}

/** Raises ValidationError for an export that another stack has. */
function outputsOf(region: Region, stack: Stack): Stack['outputs'] {
  const others = exportsOf(region);
  return Object.entries(stack.template.Outputs).map(([OutputKey, output]) => {
    const value = resolve(region, stack, output.Value);
    const OutputValue = Array.isArray(value) ? value.join(',') : String(value);
    if (output.Export === undefined) return { OutputKey, OutputValue };
    const ExportName = String(resolve(region, stack, output.Export));
    const other = others.get(ExportName);
    if (other && other.stack !== stack)
      throw new AwsError(
        'ValidationError',
        `Export with name ${ExportName} is already exported by stack ${other.stack.StackName}.`,
      );
    return { OutputKey, OutputValue, ExportName };
  });
}

export function setResource(
  region: Region,
  stack: Stack,
  record: StackResource,
  status: string,
  reason?: string,
): void {
  record.ResourceStatus = status;
  if (reason === undefined) delete record.ResourceStatusReason;
  else record.ResourceStatusReason = reason;
  record.LastUpdatedTimestamp = region.account.now;
  event(region, stack, record);
}

export function setStatus(region: Region, stack: Stack, status: string, reason?: string): void {
  stack.StackStatus = status;
  if (reason === undefined) delete stack.StackStatusReason;
  else stack.StackStatusReason = reason;
  stackEvent(region, stack, status, reason);
}

/** Newest first, as DescribeStackEvents gives them. */
function event(region: Region, stack: Stack, record: StackResource): void {
  const { LogicalResourceId, PhysicalResourceId, ResourceType, ResourceStatus, ResourceStatusReason } = record;
  const { account } = region;
  stack.events.unshift({
    EventId: `${LogicalResourceId}-${ResourceStatus}-${new Date(account.now).toISOString()}`,
    LogicalResourceId,
    PhysicalResourceId,
    ResourceType,
    Timestamp: Math.floor(account.now),
    ResourceStatus,
    ...(ResourceStatusReason === undefined ? {} : { ResourceStatusReason }),
  });
}

function stackEvent(region: Region, stack: Stack, status: string, reason?: string): void {
  const { account } = region;
  stack.events.unshift({
    EventId: account.random.uid(),
    LogicalResourceId: stack.StackName,
    PhysicalResourceId: stack.StackId,
    ResourceType: STACK,
    Timestamp: Math.floor(account.now),
    ResourceStatus: status,
    ...(reason === undefined ? {} : { ResourceStatusReason: reason }),
  });
}

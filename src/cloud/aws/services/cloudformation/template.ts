import { isObject, type Json, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import type { Region } from '../../region.ts';
import type { Stack, Template } from '../../types/cloudformation.ts';

/** Reads a template's JSON form. Raises ValidationError. */
export function readTemplate(value: Json): Template {
  if (!isObject(value) || !isObject(value['Resources']))
    throw new AwsError('ValidationError', 'Template format error: At least one Resources member must be defined.');
  if (value['Parameters'] !== undefined) throw notModelled('parameters of CloudFormation templates');
  const resources: Template['Resources'] = {};
  for (const [name, body] of Object.entries(value['Resources'])) {
    if (!isObject(body) || typeof body['Type'] !== 'string')
      throw new AwsError(
        'ValidationError',
        `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`,
      );
    const depends = body['DependsOn'];
    resources[name] = {
      Type: body['Type'],
      Properties: isObject(body['Properties']) ? body['Properties'] : {},
      DependsOn: typeof depends === 'string' ? [depends] : Array.isArray(depends) ? depends.map(String) : [],
    };
  }
  const outputs: Template['Outputs'] = {};
  for (const [name, body] of Object.entries(isObject(value['Outputs']) ? value['Outputs'] : {})) {
    if (!isObject(body)) continue;
    const exported = isObject(body['Export']) ? body['Export']['Name'] : undefined;
    outputs[name] = { Value: body['Value'] ?? '', ...(exported === undefined ? {} : { Export: exported }) };
  }
  return {
    Description: typeof value['Description'] === 'string' ? value['Description'] : '',
    Resources: resources,
    Outputs: outputs,
  };
}

/** The resources that one needs before it can be made. */
export function dependenciesOf(template: Template, name: string): Set<string> {
  const resource = template.Resources[name];
  const found = new Set(resource?.DependsOn ?? []);
  const look = (value: Json): void => {
    if (Array.isArray(value)) {
      value.forEach(look);
      return;
    }
    if (!isObject(value)) return;
    for (const [key, member] of Object.entries(value)) {
      if (key === 'Ref' && typeof member === 'string') found.add(member);
      else if (key === 'Fn::GetAtt') found.add(attribute(member)[0]);
      else if (key === 'Fn::Sub' && typeof member === 'string')
        for (const match of member.matchAll(/\$\{([^}!.]+)(?:\.[^}]+)?\}/g)) found.add(match[1] ?? '');
      else look(member);
    }
  };
  look(resource?.Properties ?? {});
  return new Set([...found].filter((other) => other in template.Resources && other !== name));
}

function attribute(value: Json): [string, string] {
  if (Array.isArray(value)) return [String(value[0]), String(value[1])];
  const text = String(value);
  return [text.slice(0, text.indexOf('.')), text.slice(text.indexOf('.') + 1)];
}

/** A value with its functions worked out. Raises ValidationError for exports that are not there. */
export function resolve(region: Region, stack: Stack, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => resolve(region, stack, item));
  if (!isObject(value)) return value;
  const [only] = Object.entries(value);
  if (Object.keys(value).length === 1 && only) {
    const called = call(region, stack, only[0], only[1]);
    if (called !== undefined) return called;
  }
  const out: JsonObject = {};
  for (const [key, member] of Object.entries(value)) out[key] = resolve(region, stack, member);
  return out;
}

function call(region: Region, stack: Stack, name: string, argument: Json): Json | undefined {
  if (name === 'Ref') return reference(region, stack, String(argument));
  if (name === 'Fn::GetAtt') {
    const [resource, field] = attribute(argument);
    return stack.resources.get(resource)?.attributes[field] ?? '';
  }
  if (name === 'Fn::Sub')
    return String(argument).replace(/\$\{([^}]+)\}/g, (_, inner: string) =>
      inner.includes('.') && !inner.startsWith('AWS::')
        ? String(call(region, stack, 'Fn::GetAtt', inner) ?? '')
        : reference(region, stack, inner),
    );
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const list = resolve(region, stack, argument[1] ?? []);
    return Array.isArray(list) ? list.map(String).join(String(argument[0])) : '';
  }
  if (name === 'Fn::Split' && Array.isArray(argument))
    return String(resolve(region, stack, argument[1] ?? '')).split(String(argument[0]));
  if (name === 'Fn::Select' && Array.isArray(argument)) {
    const list = resolve(region, stack, argument[1] ?? []);
    return Array.isArray(list) ? (list[Number(argument[0])] ?? '') : '';
  }
  if (name === 'Fn::ImportValue') {
    const wanted = String(resolve(region, stack, argument));
    const found = exportsOf(region).get(wanted);
    if (!found) throw new AwsError('ValidationError', `No export named ${wanted} found. Rollback requested by user.`);
    return found.value;
  }
  return undefined;
}

function reference(region: Region, stack: Stack, name: string): string {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Region': region.name,
    'AWS::AccountId': region.account.id,
    'AWS::Partition': 'aws',
    'AWS::StackName': stack.StackName,
    'AWS::StackId': stack.StackId,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return pseudo[name] ?? stack.resources.get(name)?.PhysicalResourceId ?? '';
}

/** What stacks of the region export, by name. */
export function exportsOf(region: Region): Map<string, { value: string; stack: Stack }> {
  const found = new Map<string, { value: string; stack: Stack }>();
  for (const stack of region.stacks.values()) {
    if (stack.StackStatus === 'DELETE_COMPLETE') continue;
    for (const output of stack.outputs)
      if (output.ExportName !== undefined) found.set(output.ExportName, { value: output.OutputValue, stack });
  }
  return found;
}

/** Which other stack imports something that this one exports. */
export function importer(region: Region, stack: Stack): { name: string; by: string } | undefined {
  const names = stack.outputs.flatMap((output) => output.ExportName ?? []);
  for (const other of region.stacks.values()) {
    if (other === stack || other.StackStatus === 'DELETE_COMPLETE') continue;
    const name = names.find((one) => importsExport(other, one));
    if (name !== undefined) return { name, by: other.StackName };
  }
  return undefined;
}

export function importsExport({ template }: Stack, name: string): boolean {
  return JSON.stringify(template.Resources).includes(`"Fn::ImportValue":"${name}"`);
}

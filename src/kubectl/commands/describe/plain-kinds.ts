import { type JsonObject, sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';
import { decodeBase64 } from '../../kubeconfig/base64.ts';
import { plain } from './describer.ts';
import { writeHead, writeLabelsAndAnnotations } from './metadata.ts';
import type { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/describe ConfigMapDescriber */
export const describeConfigMap = plain((out, object) => {
  writeHead(out, object);
  out.write(0, '\nData\n====\n');
  const data = objectAt(object, 'data');
  for (const key of sortedKeys(data)) {
    out.write(0, `${key}:\n----\n`);
    out.write(0, `${String(data[key])}\n\n`);
  }
  out.write(0, '\nBinaryData\n====\n');
  const binary = objectAt(object, 'binaryData');
  for (const key of sortedKeys(binary))
    out.write(0, `${key}: ${decodeBase64(String(binary[key]))?.length ?? 0} bytes\n`);
  out.write(0, '\n');
});

/** kubernetes: kubectl/pkg/describe describeSecret */
export const describeSecret = plain((out, object) => {
  writeHead(out, object);
  out.line(0, `\nType:\t${textAt(object, 'type')}`);
  out.write(0, '\nData\n====\n');
  const data = objectAt(object, 'data');
  const isToken = textAt(object, 'type') === 'kubernetes.io/service-account-token';
  for (const key of sortedKeys(data)) {
    const bytes = decodeBase64(String(data[key])) ?? new Uint8Array(0);
    const token = isToken && key === 'token';
    out.line(0, `${key}:\t${token ? new TextDecoder().decode(bytes) : `${bytes.length} bytes`}`);
  }
}, false);

/** kubernetes: kubectl/pkg/describe describeServiceAccount */
export const describeServiceAccount = plain((out, object) => {
  writeHead(out, object);
  const names = listAt(object, 'imagePullSecrets').map((one) => textAt(one, 'name'));
  if (names.length === 0) out.line(0, 'Image pull secrets:\t<none>');
  names.forEach((name, at) => {
    out.line(0, `${at === 0 ? 'Image pull secrets:' : ' '.repeat(19)}\t${name}`);
  });
});

/** Role and ClusterRole. kubernetes: kubectl/pkg/describe ClusterRoleDescriber */
export const describeRole = plain((out, object) => {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  writeLabelsAndAnnotations(out, object);
  out.line(0, 'PolicyRule:');
  out.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  out.line(1, '---------\t-----------------\t--------------\t-----');
  for (const [resource, urls, names, verbs] of compactRules(listAt(object, 'rules')))
    out.line(1, `${resource}\t[${urls}]\t[${names}]\t[${verbs}]`);
}, false);

/** Rules taken apart into single resources, those that differ in verbs only joined again. kubernetes: component-helpers auth/rbac/validation CompactRules */
export function compactRules(rules: readonly JsonObject[]): [string, string, string, string][] {
  const simple = new Map<string, { resource: string; urls: string; names: string; verbs: string[] }>();
  const rest: [string, string, string, string][] = [];
  for (const rule of rules) {
    const verbs = textsAt(rule, 'verbs');
    const urls = textsAt(rule, 'nonResourceURLs');
    for (const url of urls) rest.push(['', url, '', verbs.join(' ')]);
    const names = textsAt(rule, 'resourceNames');
    for (const group of textsAt(rule, 'apiGroups'))
      for (const plural of textsAt(rule, 'resources')) {
        const [base = '', ...sub] = plural.split('/');
        const resource = group === '' ? plural : [`${base}.${group}`, ...sub].join('/');
        for (const name of names.length === 0 ? [''] : names) {
          const key = `${resource}\0${name}`;
          const known = simple.get(key);
          if (known) known.verbs.push(...verbs.filter((verb) => !known.verbs.includes(verb)));
          else simple.set(key, { resource, urls: '', names: name, verbs: [...verbs] });
        }
      }
  }
  const all = [...simple.values()].map((one): [string, string, string, string] => [
    one.resource,
    one.urls,
    one.names,
    one.verbs.join(' '),
  ]);
  return [...all, ...rest].sort((a, b) => compare(sortKey(a), sortKey(b)));
}

/** The rule as Go prints it, verbs first. kubernetes: component-helpers/auth/rbac SortableRuleSlice */
function sortKey([resource = '', urls = '', names = '', verbs = '']: readonly string[]): string {
  const [base = '', ...sub] = resource.split('/');
  const dot = base.indexOf('.');
  const group = dot < 0 ? '' : base.slice(dot + 1);
  const plural = [dot < 0 ? base : base.slice(0, dot), ...sub].join('/');
  return `Verbs:[${verbs}],APIGroups:[${group}],Resources:[${plural}],ResourceNames:[${names}],NonResourceURLs:[${urls}]`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** RoleBinding and ClusterRoleBinding. kubernetes: kubectl/pkg/describe RoleBindingDescriber */
export const describeBinding = plain((out: DescribeWriter, object) => {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  writeLabelsAndAnnotations(out, object);
  out.line(0, 'Role:');
  out.line(1, `Kind:\t${textAt(object, 'roleRef', 'kind')}`);
  out.line(1, `Name:\t${textAt(object, 'roleRef', 'name')}`);
  out.line(0, 'Subjects:');
  out.line(1, 'Kind\tName\tNamespace');
  out.line(1, '----\t----\t---------');
  for (const subject of listAt(object, 'subjects'))
    out.line(1, `${textAt(subject, 'kind')}\t${textAt(subject, 'name')}\t${textAt(subject, 'namespace')}`);
}, false);

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { sortedKeys } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { LAST_APPLIED } from '../../resource/last-applied.ts';
import type { DescribeWriter } from './writer.ts';

/** Longest annotation that stays on its key's line. kubernetes: kubectl/pkg/describe maxAnnotationLen */
const MAX_ANNOTATION = 140;

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mon, 02 Jan 2006 15:04:05 +0000`. Go: time.RFC1123Z */
export function timeText(text: string): string {
  const time = new Date(text === '' ? '0001-01-01T00:00:00Z' : text);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${two(time.getUTCDate())} ${MONTHS[time.getUTCMonth()]} ${String(time.getUTCFullYear()).padStart(4, '0')}`;
  return `${DAYS[time.getUTCDay()]}, ${date} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
}

/** `a=1`, a line each, aligned behind the title. */
export function writeLabels(out: DescribeWriter, title: string, labels: JsonObject): void {
  const keys = sortedKeys(labels);
  if (keys.length === 0) out.line(0, `${title}:\t<none>`);
  keys.forEach((key, at) => {
    out.line(0, `${at === 0 ? `${title}:` : ''}\t${key}=${String(labels[key])}`);
  });
}

export function writeAnnotations(out: DescribeWriter, title: string, annotations: JsonObject): void {
  const keys = sortedKeys(annotations).filter((key) => key !== LAST_APPLIED);
  if (keys.length === 0) out.line(0, `${title}:\t<none>`);
  keys.forEach((key, at) => {
    const head = at === 0 ? `${title}:` : '';
    const value = String(annotations[key]).replace(/\n$/, '');
    const line = `${key}: ${value}`;
    if (line.length < MAX_ANNOTATION && !value.includes('\n')) {
      out.line(0, `${head}\t${line}`);
      return;
    }
    out.line(0, `${head}\t${key}:`);
    for (const part of value.split('\n')) out.line(0, `\t  ${shorten(part)}`);
  });
}

function shorten(text: string): string {
  const limit = MAX_ANNOTATION - 2;
  return text.length > limit ? `${text.slice(0, limit)}...` : text;
}

/** `ReplicaSet/web-123`, or nothing. */
export function controllerOf(object: JsonObject): string {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((one) => one['controller'] === true);
  return owner ? `${textAt(owner, 'kind')}/${textAt(owner, 'name')}` : '';
}

/** Name, namespace, labels, annotations, as most kinds begin. */
export function writeHead(out: DescribeWriter, object: JsonObject, namespaced = true): void {
  out.line(0, `Name:\t${textAt(object, 'metadata', 'name')}`);
  if (namespaced) out.line(0, `Namespace:\t${textAt(object, 'metadata', 'namespace')}`);
  writeLabelsAndAnnotations(out, object);
}

export function writeLabelsAndAnnotations(out: DescribeWriter, object: JsonObject): void {
  writeLabels(out, 'Labels', objectAt(object, 'metadata', 'labels'));
  writeAnnotations(out, 'Annotations', objectAt(object, 'metadata', 'annotations'));
}

export function numberAt(object: JsonObject, ...keys: readonly string[]): number {
  const value = objectAt(object, ...keys.slice(0, -1))[keys.at(-1) ?? ''];
  return typeof value === 'number' ? value : 0;
}

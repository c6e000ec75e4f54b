import { isObject, type Json } from '../../../../cluster/apimachinery/json-value.ts';
import { encodeYaml } from '../../../../cluster/apimachinery/yaml.ts';

/** YAML with the keys in their own order, lists below their key without a step: how the client writes kubeconfigs. */
export function orderedYaml(value: Json): string {
  if (!isObject(value)) return encodeYaml(value);
  return Object.entries(value)
    .map(([key, member]) => entry(key, member))
    .join('');
}

function entry(key: string, value: Json): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return `${key}: []\n`;
    return `${key}:\n${value.map((item) => `- ${indented(isObject(item) ? orderedYaml(item) : encodeYaml(item))}`).join('')}`;
  }
  if (isObject(value)) {
    if (Object.keys(value).length === 0) return `${key}: {}\n`;
    return `${key}:\n  ${indented(orderedYaml(value))}`;
  }
  return `${key}: ${encodeYaml(value)}`;
}

function indented(text: string): string {
  return text.replace(/\n(?=.)/g, '\n  ');
}

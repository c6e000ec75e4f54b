import { isObject, type ObjectValue } from './go-value.ts';

/** `pod/web` or `deployment.apps/web`, in lower case. kubernetes: cli-runtime/pkg/printers/name.go */
export function objectName(object: ObjectValue): string {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const name = typeof metadata['name'] === 'string' && metadata['name'] !== '' ? metadata['name'] : '<unknown>';
  return `${groupKindText(object)}/${name}`;
}

/** `deployment.apps`. */
export function groupKindText(object: ObjectValue): string {
  const kind = typeof object['kind'] === 'string' ? object['kind'] : '';
  const version = typeof object['apiVersion'] === 'string' ? object['apiVersion'] : '';
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}

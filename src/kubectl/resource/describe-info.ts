import type { Mapping } from '../mapper.ts';
import { apiVersionText } from './builder.ts';
import { type Info, mappingOf } from './info.ts';

/** How messages describe an object in full. kubernetes: cli-runtime/pkg/resource Info.String */
export function infoText(info: Info): string {
  const mapping: Mapping = mappingOf(info);
  const version = apiVersionText(mapping);
  return `Resource: "${version}, Resource=${mapping.plural}", GroupVersionKind: "${version}, Kind=${mapping.kind}"\nName: ${JSON.stringify(info.name)}, Namespace: ${JSON.stringify(info.namespace)}`;
}

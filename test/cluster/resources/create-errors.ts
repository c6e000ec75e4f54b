import type { ApiObject } from '../../../src/cluster/api/object.ts';
import { validateMetadata } from '../../../src/cluster/api/object-meta.ts';
import type { Resource, StrategyContext } from '../../../src/cluster/api/resource.ts';
import { decodeObject } from '../../../src/cluster/api/schema/decode.ts';
import { servedResources } from '../../../src/cluster/api/schema/served-resources.ts';
import type { Job, Service } from '../../../src/cluster/api/types.generated.ts';
import type { FieldError } from '../../../src/cluster/apimachinery/errors.ts';
import { prepareJob } from '../../../src/cluster/resources/defaults/jobs.ts';
import { strategyOf } from '../../../src/cluster/resources/strategies.ts';

const NO_CONTEXT = { now: 0, dryRun: true } as StrategyContext;

export function resourceOf(path: string): Resource {
  const parts = path.split('/').filter((part) => part !== '');
  const [group, version] = parts[0] === 'api' ? ['', parts[1]] : [parts[1], parts[2]];
  const found = servedResources().find((r) => r.group === group && r.version === version && r.plural === parts.at(-1));
  if (!found) throw new Error(path);
  return { ...found, strategy: strategyOf(found.group === '' ? found.plural : `${found.plural}.${found.group}`) };
}

/** An object as the server holds it before validation: decoded, with defaults. */
export function prepared(path: string, body: unknown): ApiObject {
  const resource = resourceOf(path);
  const object = decodeObject(resource, body, 'Ignore', []);
  object.metadata = { ...object.metadata, uid: 'u' };
  if (resource.namespaced) object.metadata.namespace = 'default';
  if (object.metadata.generateName && !object.metadata.name)
    object.metadata.name = `${object.metadata.generateName}xxxxx`;
  resource.strategy.setDefaults?.(object);
  if (resource.kind === 'Job') prepareJob(object as Job);
  if (resource.kind === 'Pod') {
    const spec = (object as { spec?: { serviceAccountName?: string } }).spec;
    if (spec) spec.serviceAccountName ??= 'default';
  }
  if (resource.kind === 'Service') {
    // The registry fills clusterIPs before it validates.
    const spec = (object as Service).spec;
    if (spec?.clusterIP) spec.clusterIPs ??= [spec.clusterIP];
  }
  return object;
}

/** All that the server would say against a new object. */
export function createErrors(path: string, body: unknown): { resource: Resource; name: string; errors: FieldError[] } {
  const resource = resourceOf(path);
  const object = prepared(path, body);
  const errors = [...validateMetadata(resource, object), ...(resource.strategy.validate?.(object, NO_CONTEXT) ?? [])];
  return { resource, name: object.metadata?.name ?? '', errors };
}

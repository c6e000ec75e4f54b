import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../../errors.ts';
import type { FlagSet } from '../../flags/index.ts';
import { listAt, objectAt, textAt } from '../../json.ts';

const BEFORE_V1 = new Set(['v1beta1', 'v1alpha1'].map((version) => `client.authentication.k8s.io/${version}`));
const MODES = ['IfAvailable', 'Never', 'Always'];

/**
 * What the flags --exec-* and --auth-provider* make of a user's fields. Raises KubectlError.
 * kubernetes: kubectl/pkg/cmd/config/set_credentials.go modifyAuthInfo
 */
export function pluginChanges(flags: FlagSet, old: JsonObject): Record<string, Json> {
  const mode = flags.string('exec-interactive-mode');
  if (mode !== '' && !MODES.includes(mode))
    throw new KubectlError(`invalid interactive mode type, can be only ${MODES.join(', ')}`);
  const env = pairs(flags.list('exec-env'), (text) => `invalid exec-env format: ${text}`);
  const provider = pairs(flags.list('auth-provider-arg'), (text) => `invalid auth-provider-arg format: ${text}`);
  return { ...authProvider(flags, old, provider), ...execPlugin(flags, old, env, mode) };
}

interface Pairs {
  readonly set: ReadonlyMap<string, string>;
  readonly removed: ReadonlySet<string>;
}

/** `key=value` sets, `key-` removes. */
function pairs(texts: readonly string[], wrong: (text: string) => string): Pairs {
  const set = new Map<string, string>();
  const removed = new Set<string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at > 0) set.set(text.slice(0, at), text.slice(at + 1));
    else if (at < 0 && text.endsWith('-') && text.length > 1) removed.add(text.slice(0, -1));
    else throw new KubectlError(wrong(text));
  }
  return { set, removed };
}

function authProvider(flags: FlagSet, old: JsonObject, { set, removed }: Pairs): Record<string, Json> {
  const before = objectAt(old, 'auth-provider');
  const name = flags.changed('auth-provider') ? flags.string('auth-provider') : textAt(before, 'name');
  if (name === '') return flags.changed('auth-provider') ? { 'auth-provider': null } : {};
  const kept = textAt(before, 'name') === name ? objectAt(before, 'config') : {};
  const config: JsonObject = {};
  for (const [key, value] of Object.entries(kept)) if (!removed.has(key)) config[key] = value;
  for (const [key, value] of set) config[key] = value;
  return { 'auth-provider': { config: Object.keys(config).length > 0 ? config : null, name } };
}

function execPlugin(flags: FlagSet, old: JsonObject, { set, removed }: Pairs, mode: string): Record<string, Json> {
  const before = isObject(old['exec']) ? old['exec'] : undefined;
  if (flags.changed('exec-command') && flags.string('exec-command') === '') return { exec: null };
  // The other flags change a plugin that is there, and make none.
  if (!before && !flags.changed('exec-command')) return {};
  const plugin: JsonObject = { args: null, env: null, provideClusterInfo: false, ...before };
  if (flags.changed('exec-command')) plugin['command'] = flags.string('exec-command');
  if (flags.changed('exec-api-version')) plugin['apiVersion'] = flags.string('exec-api-version');
  if (flags.list('exec-arg').length > 0) plugin['args'] = [...flags.list('exec-arg')];
  const kept = listAt(plugin, 'env').filter(
    (one) => !removed.has(textAt(one, 'name')) && !set.has(textAt(one, 'name')),
  );
  const env = [...kept, ...[...set].map(([name, value]) => ({ name, value }))];
  if (set.size > 0 || removed.size > 0) plugin['env'] = env;
  if (mode !== '') plugin['interactiveMode'] = mode;
  // Who speaks v1 must say it. client-go: tools/clientcmd/api/v1/defaults.go
  else if (BEFORE_V1.has(textAt(plugin, 'apiVersion'))) plugin['interactiveMode'] ??= 'IfAvailable';
  if (flags.changed('exec-provide-cluster-info'))
    plugin['provideClusterInfo'] = flags.bool('exec-provide-cluster-info');
  return { exec: plugin };
}

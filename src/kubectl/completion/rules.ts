/** What each command's words may be, by its path without `kubectl`. kubernetes: kubectl/pkg/util/completion */
export type WordRule =
  /** TYPE NAME… or TYPE/NAME…; `kinds` are the only types; `once`: one name is all. */
  | { readonly of: 'types'; readonly kinds?: readonly string[]; readonly once?: boolean }
  /** Names of one type. */
  | { readonly of: 'names'; readonly type: string; readonly once?: boolean }
  /** A Pod or TYPE/NAME that has Pods; `container`: then one of its containers. */
  | { readonly of: 'pods'; readonly container?: boolean }
  | { readonly of: 'config'; readonly section: 'contexts' | 'clusters' | 'users' }
  | { readonly of: 'words'; readonly words: readonly string[] }
  | { readonly of: 'copy' }
  | { readonly of: 'help' };

const types: WordRule = { of: 'types' };
const only = (...kinds: string[]): WordRule => ({ of: 'types', kinds });
const names = (type: string, once = false): WordRule => ({ of: 'names', type, once });
const config = (section: 'contexts' | 'clusters' | 'users'): WordRule => ({ of: 'config', section });

const SCALABLE = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'];

/** A command that is not named leaves its words to the shell: kubectl v1.36 completes no `wait` and no `explain`. */
export const WORDS: ReadonlyMap<string, WordRule> = new Map<string, WordRule>([
  ['annotate', types],
  ['apply edit-last-applied', types],
  ['apply view-last-applied', types],
  ['attach', { of: 'pods' }],
  ['autoscale', only(...SCALABLE)],
  ['completion', { of: 'words', words: ['bash', 'zsh', 'fish', 'powershell'] }],
  ['config delete-cluster', config('clusters')],
  ['config delete-context', config('contexts')],
  ['config delete-user', config('users')],
  ['config rename-context', config('contexts')],
  ['config set-context', config('contexts')],
  ['config use-context', config('contexts')],
  ['cordon', names('nodes', true)],
  ['cp', { of: 'copy' }],
  ['create token', names('serviceaccounts', true)],
  ['debug', types],
  ['delete', types],
  ['describe', types],
  ['drain', names('nodes', true)],
  ['edit', types],
  ['exec', { of: 'pods' }],
  ['expose', only('pod', 'service', 'replicationcontroller', 'deployment', 'replicaset')],
  ['get', types],
  ['help', { of: 'help' }],
  ['label', types],
  ['logs', { of: 'pods', container: true }],
  ['patch', types],
  ['port-forward', { of: 'pods' }],
  ['rollout history', only('deployment', 'daemonset', 'statefulset')],
  ['rollout pause', only('deployment')],
  ['rollout restart', only('deployment', 'daemonset', 'statefulset')],
  ['rollout resume', only('deployment')],
  ['rollout status', only('deployment', 'daemonset', 'statefulset')],
  ['rollout undo', only('deployment', 'daemonset', 'statefulset')],
  ['scale', only(...SCALABLE)],
  [
    'set image',
    only('deployments', 'daemonsets', 'pods', 'cronjobs', 'replicasets', 'replicationcontrollers', 'statefulsets'),
  ],
  ['taint', only('node')],
  ['top node', names('nodes', true)],
  ['top pod', names('pods', true)],
  ['uncordon', names('nodes', true)],
]);

/** What a flag's value may be; a command's own rule is named by its path and the flag. */
export type FlagRule =
  | { readonly of: 'names'; readonly type: string }
  | { readonly of: 'config'; readonly section: 'contexts' | 'clusters' | 'users' }
  | { readonly of: 'words'; readonly words: readonly string[] }
  | { readonly of: 'formats' }
  | { readonly of: 'containers' }
  | { readonly of: 'extensions'; readonly extensions: readonly string[] };

const MANIFESTS: FlagRule = { of: 'extensions', extensions: ['json', 'yaml', 'yml'] };
const SUBRESOURCES: FlagRule = { of: 'words', words: ['status', 'scale', 'resize'] };

export const FLAG_VALUES: ReadonlyMap<string, FlagRule> = new Map<string, FlagRule>([
  ['cluster', { of: 'config', section: 'clusters' }],
  ['context', { of: 'config', section: 'contexts' }],
  ['filename', MANIFESTS],
  ['namespace', { of: 'names', type: 'namespaces' }],
  ['subresource', SUBRESOURCES],
  ['user', { of: 'config', section: 'users' }],
  ['create clusterrolebinding --clusterrole', { of: 'names', type: 'clusterroles' }],
  ['exec --container', { of: 'containers' }],
  ['get --output', { of: 'formats' }],
]);

/** Types whose objects have Pods to go to, with the mark that a name is to follow. */
export const WITH_PODS = [
  'daemonsets',
  'deployments',
  'pods',
  'jobs',
  'replicasets',
  'replicationcontrollers',
  'services',
  'statefulsets',
].map((type) => `${type}/`);

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { dryRunFlag, filenameFlags, printFlags } from '../../common-flags.ts';
import { dryRunOf } from '../../dry-run.ts';
import { asError, KubectlError, StatusError } from '../../errors.ts';
import { bool } from '../../flags/index.ts';
import { textAt, textsAt } from '../../json.ts';
import { type Mapping, resourcePath } from '../../mapper.ts';
import { printerFor, printObject } from '../../printing.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { createObject, deleteObject, replaceObject } from '../../resource/helper.ts';
import { objectOf } from '../../resource/info.ts';
import { type Reconciled, reconcileBinding, reconcileRole } from './reconciled.ts';

const GROUP = 'rbac.authorization.k8s.io';
const KINDS = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];

/** kubernetes: kubectl/pkg/cmd/auth/reconcile.go */
export const reconcile: Command = {
  name: 'reconcile',
  use: 'reconcile -f FILENAME',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  long: `Add to roles and bindings of the cluster the rules and subjects that files have. What is missing is created, with its namespace.

 Rules and subjects are compared by what they mean, not by how they are written.`,
  examples: `# The roles of a file
kubectl auth reconcile -f my-rbac-rules.yaml`,
  flags: [
    dryRunFlag,
    ...filenameFlags('The files with the objects to reconcile.'),
    ...printFlags(),
    bool('remove-extra-permissions', false, 'If true, removes extra permissions added to roles'),
    bool('remove-extra-subjects', false, 'If true, removes extra subjects added to rolebindings'),
  ],
  *run(invocation) {
    const { flags, args, factory } = invocation;
    if (flags.list('filename').length === 0 && flags.string('kustomize') === '')
      throw new KubectlError('must specify one of -f and -k');
    if (args.length > 0) throw new KubectlError('no arguments are allowed');
    const dryRun = yield* dryRunOf(invocation);
    if (dryRun === 'server') throw new KubectlError('--dry-run=server for command reconcile is not supported yet');
    const resources = yield* findByFlags(factory, flags, { continueOnError: true, flatten: true, local: true });
    const printer = printerFor(invocation, 'reconciled', dryRun);
    yield* resources.visit(function* (info) {
      const object = objectOf(info);
      const [group, version] = textAt(object, 'apiVersion').split('/');
      const kind = textAt(object, 'kind');
      if (group !== GROUP || !KINDS.includes(kind)) return;
      if (version !== 'v1') throw new KubectlError(`only ${GROUP}/v1 is supported: not *${version}.${kind}`);
      const result = yield* reconcileOne(invocation, object, dryRun === 'none');
      yield* printObject(invocation, printer, result.object);
      yield* report(invocation, result);
    });
  },
};

/** Brings one object up to what the file wants; `confirm`: really. Raises StatusError. */
function* reconcileOne(invocation: Invocation, expected: JsonObject, confirm: boolean): Task<Reconciled> {
  const { flags, factory } = invocation;
  const client = factory.client();
  const mapping = (yield* factory.mapper()).mappingForKind(GROUP, 'v1', textAt(expected, 'kind'));
  const name = textAt(expected, 'metadata', 'name');
  const namespace = textAt(expected, 'metadata', 'namespace');
  const live = yield* existing(invocation, mapping, namespace, name);
  const result = mapping.kind.endsWith('Binding')
    ? reconcileBinding(live, expected, flags.bool('remove-extra-subjects'))
    : reconcileRole(live, expected, flags.bool('remove-extra-permissions'));
  if (result.isProtected || !confirm || result.operation === 'none') return result;
  if (result.operation === 'update')
    return { ...result, object: yield* replaceObject(client, mapping, namespace, name, result.object) };
  if (result.operation === 'recreate') {
    const preconditions = { uid: textAt(live ?? {}, 'metadata', 'uid') };
    yield* deleteObject(client, mapping, namespace, name, { preconditions });
  }
  if (namespace !== '') yield* ensureNamespace(invocation, namespace);
  return { ...result, object: yield* createObject(client, mapping, namespace, result.object) };
}

function* existing(
  invocation: Invocation,
  mapping: Mapping,
  namespace: string,
  name: string,
): Task<JsonObject | undefined> {
  if (mapping.namespaced && namespace === '')
    throw new KubectlError('an empty namespace may not be set when a resource name is provided');
  try {
    return yield* invocation.factory.client().get(resourcePath(mapping, namespace, name));
  } catch (error) {
    if (error instanceof StatusError && error.notFound) return undefined;
    throw error;
  }
}

/** Creates the namespace of an object if it is not there; who may not do so may still create the object. */
function* ensureNamespace({ factory }: Invocation, namespace: string): Task<void> {
  const client = factory.client();
  const quiet = ['AlreadyExists', 'Forbidden'];
  try {
    yield* client.get(`/api/v1/namespaces/${namespace}`);
  } catch (error) {
    if (!(error instanceof StatusError && error.notFound)) throw error;
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    try {
      yield* client.request('POST', '/api/v1/namespaces', { body });
    } catch (second) {
      if (!(second instanceof StatusError) || !quiet.includes(second.reason)) throw asError(second);
    }
  }
}

function* report({ process, flags }: Invocation, result: Reconciled): Task<void> {
  if (result.operation === 'none') return;
  const caveat = result.isProtected
    ? ', but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)'
    : '';
  const lines = [`\treconciliation required ${result.operation}${caveat}`];
  const list = (title: string, items: readonly JsonObject[], text: (item: JsonObject) => string) => {
    if (items.length > 0) lines.push(`\t${title}:`, ...items.map((item) => `\t\t${text(item)}`));
  };
  list('missing subjects added', result.missingSubjects, subjectText);
  if (flags.bool('remove-extra-subjects')) list('extra subjects removed', result.extraSubjects, subjectText);
  list('missing rules added', result.missingRules, ruleText);
  if (flags.bool('remove-extra-permissions')) list('extra rules removed', result.extraRules, ruleText);
  yield* process.printError(`${lines.join('\n')}\n`);
}

/** Go's %+v of rbac/v1 types. */
function subjectText(subject: JsonObject): string {
  const at = (key: string) => textAt(subject, key);
  return `{Kind:${at('kind')} APIGroup:${at('apiGroup')} Name:${at('name')} Namespace:${at('namespace')}}`;
}

function ruleText(rule: JsonObject): string {
  const at = (key: string) => `[${textsAt(rule, key).join(' ')}]`;
  return `{Verbs:${at('verbs')} APIGroups:${at('apiGroups')} Resources:${at('resources')} ResourceNames:${at('resourceNames')} NonResourceURLs:${at('nonResourceURLs')}}`;
}

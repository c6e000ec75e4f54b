import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { allNamespacesFlag, printFlags } from '../../common-flags.ts';
import { ExitError, KubectlError } from '../../errors.ts';
import { bool, string } from '../../flags/index.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';
import type { Mapping } from '../../mapper.ts';
import { TabWriter } from '../../printers/tabwriter.ts';
import { printerFor, printObject } from '../../printing.ts';
import { compactRules } from '../describe/plain-kinds.ts';
import { reconcile } from './reconcile.ts';

/** kubernetes: kubectl/pkg/cmd/auth/cani.go */
const canI: Command = {
  name: 'can-i',
  use: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  short: 'Check whether an action is allowed',
  long: 'Check whether an action is allowed. "yes" or "no" is printed, and the exit status is 0 or 1.',
  examples: `# May I create pods in any namespace?
kubectl auth can-i create pods --all-namespaces

# What may a service account do here?
kubectl auth can-i --list --as=system:serviceaccount:dev:foo`,
  flags: [
    allNamespacesFlag,
    bool('list', false, 'If true, prints all allowed actions.'),
    bool('no-headers', false, 'If true, prints allowed actions without headers'),
    bool('quiet', false, 'If true, suppress output and just return the exit code.', { shorthand: 'q' }),
    string('subresource', '', 'SubResource such as pod/log or deployment/scale'),
  ],
  *run(invocation) {
    const { flags, args, factory, process, path } = invocation;
    if (flags.bool('list')) {
      if (args.length > 0) throw new KubectlError('list option must be specified with no arguments');
      if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.string('subresource') !== '')
        throw new KubectlError(
          "list option can't be specified with neither quiet, all-namespaces nor subresource options",
        );
      yield* listRules(invocation);
      return;
    }
    const [verb, target] = args;
    if (verb === undefined || target === undefined || args.length > 2)
      throw new KubectlError(
        `you must specify two arguments: verb resource or verb resource/resourceName.\nSee '${path} -h' for help and examples.`,
      );
    if (target.startsWith('/') && flags.string('subresource') !== '')
      throw new KubectlError('--subresource can not be used with NonResourceURL');
    if (flags.bool('no-headers')) throw new KubectlError('--no-headers cannot be set without --list specified');
    const spec: JsonObject = target.startsWith('/')
      ? { nonResourceAttributes: { path: target, verb } }
      : { resourceAttributes: yield* attributes(invocation, verb, target) };
    if (!(target.startsWith('/') ? PATH_VERBS : KNOWN_VERBS).has(verb))
      yield* process.printError(`Warning: verb '${verb}' is not a known verb\n\n`);
    const review = yield* factory.client().request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      body: { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec },
    });
    const status = objectAt(review, 'status');
    const allowed = status['allowed'] === true;
    const reason = textAt(status, 'reason');
    const error = textAt(status, 'evaluationError');
    const more = `${reason === '' ? '' : ` - ${reason}`}${error === '' ? '' : ` - ${error}`}`;
    if (!flags.bool('quiet')) yield* process.print(allowed ? 'yes\n' : `no${more}\n`);
    if (!allowed) throw new ExitError(1);
  },
};

/** Verbs that mean something to the API server. kubernetes: kubectl/pkg/cmd/auth/cani.go */
const KNOWN_VERBS = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(
    ' ',
  ),
);

const PATH_VERBS = new Set('get put post head options delete patch *'.split(' '));
/** What a rule may name though no server lists it. */
const UNLISTED = new Set(['users', 'groups']);

function* attributes(invocation: Invocation, verb: string, target: string): Task<JsonObject> {
  const { flags, factory, process } = invocation;
  const [type = '', name = ''] = target.split('/');
  const mapper = yield* factory.mapper();
  let mapping: Mapping | undefined;
  if (type !== '*')
    try {
      mapping = mapper.mappingFor(type);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      const [resource = '', ...group] = type.split('.');
      const where = group.length === 0 ? '' : ` in group '${group.join('.')}'`;
      if (!UNLISTED.has(type))
        yield* process.printError(`Warning: the server doesn't have a resource type '${resource}'${where}\n\n`);
    }
  if (mapping && !mapping.namespaced && !flags.bool('all-namespaces'))
    yield* process.printError(
      `Warning: resource '${mapping.plural}' is not namespace scoped${mapping.group === '' ? '' : ` in group '${mapping.group}'`}\n\n`,
    );
  const namespace = flags.bool('all-namespaces') ? '' : factory.namespace().name;
  const group = mapping?.group ?? '';
  return { namespace, verb, group, resource: mapping?.plural ?? type, subresource: flags.string('subresource'), name };
}

function* listRules({ flags, factory, process }: Invocation): Task<void> {
  const review = yield* factory.client().request('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    body: {
      kind: 'SelfSubjectRulesReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { namespace: factory.namespace().name },
    },
  });
  const incomplete = textAt(review, 'status', 'evaluationError');
  if (incomplete !== '') yield* process.printError(`Warning: the list may be incomplete: ${incomplete}\n`);
  const out = new TabWriter();
  if (!flags.bool('no-headers')) out.write('Resources\tNon-Resource URLs\tResource Names\tVerbs\n');
  const rules = ['resourceRules', 'nonResourceRules'].flatMap((part) => listAt(review, 'status', part));
  for (const [resource, urls, names, verbs] of compactRules(rules))
    out.write(`${resource}\t[${urls}]\t[${names}]\t[${verbs}]\n`);
  yield* process.print(out.flush());
}

/** kubernetes: kubectl/pkg/cmd/auth/whoami.go */
const whoami: Command = {
  name: 'whoami',
  use: 'whoami',
  short: 'Experimental: Check self subject attributes',
  flags: [...printFlags()],
  *run(invocation) {
    const { flags, factory, process } = invocation;
    const review = yield* factory.client().request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      body: { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' },
    });
    if (flags.string('output') !== '') {
      yield* printObject(invocation, printerFor(invocation, '', 'none', { keepOrder: true }), review);
      return;
    }
    const user = objectAt(review, 'status', 'userInfo');
    const out = new TabWriter();
    out.write(`ATTRIBUTE\tVALUE\nUsername\t${textAt(user, 'username')}\n`);
    if (textAt(user, 'uid') !== '') out.write(`UID\t${textAt(user, 'uid')}\n`);
    const groups = textsAt(user, 'groups');
    if (groups.length > 0) out.write(`Groups\t[${groups.join(' ')}]\n`);
    const extra = objectAt(user, 'extra');
    for (const key of Object.keys(extra).sort()) out.write(`Extra: ${key}\t[${textsAt(extra, key).join(' ')}]\n`);
    yield* process.print(out.flush());
  },
};

export const auth: Command = {
  name: 'auth',
  use: 'auth [flags]',
  short: 'Inspect authorization',
  long: 'Inspect authorization.',
  helpTo: 'stderr',
  subcommands: [canI, reconcile, whoami],
};

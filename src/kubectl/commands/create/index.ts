import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import {
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  printFlags,
  saveConfigFlag,
  selectorFlag,
  validateFlag,
} from '../../common-flags.ts';
import { dryRunOf, fieldValidationOf, writeQuery } from '../../dry-run.ts';
import { KubectlError, UsageError, withSource } from '../../errors.ts';
import { bool, string } from '../../flags/index.ts';
import { printerFor, printObject } from '../../printing.ts';
import { sendRaw } from '../../raw.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { createObject } from '../../resource/helper.ts';
import { mappingOf, objectOf } from '../../resource/info.ts';
import { updateLastApplied } from '../../resource/last-applied.ts';
import { validateDocument } from '../../resource/validate.ts';
import { editBeforeCreate } from '../edit/modes.ts';
import { editObjects } from '../edit/session.ts';
import { createConfigMap } from './config-map.ts';
import { createCronJob } from './cron-job.ts';
import { createDeployment } from './deployment.ts';
import { createIngress } from './ingress.ts';
import { createJob } from './job.ts';
import { createNamespace } from './namespace.ts';
import { createPodDisruptionBudget, createPriorityClass, createQuota } from './policies.ts';
import { createClusterRole, createRole } from './role.ts';
import { createClusterRoleBinding, createRoleBinding } from './role-binding.ts';
import { createSecret } from './secret.ts';
import { createService } from './service.ts';
import { createServiceAccount } from './service-account.ts';
import { createToken } from './token.ts';

export const create: Command = {
  name: 'create',
  use: 'create -f FILENAME',
  short: 'Create a resource from a file or from stdin',
  long: 'Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.',
  examples: `# What a file describes
kubectl create -f ./pod.yaml

# What comes through standard input
cat pod.yaml | kubectl create -f -`,
  flags: [
    dryRunFlag,
    bool('edit', false, 'Edit the API resource before creating'),
    fieldManagerFlag('kubectl-create'),
    ...filenameFlags('Files, directories or URLs that describe what to create.'),
    ...printFlags(),
    string('raw', '', 'Path to POST to on the server as it stands.'),
    saveConfigFlag,
    selectorFlag(),
    validateFlag,
    bool(
      'windows-line-endings',
      false,
      'Only relevant if --edit=true. Defaults to the line ending native to your platform.',
    ),
  ],
  subcommands: [
    createClusterRole,
    createClusterRoleBinding,
    createConfigMap,
    createCronJob,
    createDeployment,
    createIngress,
    createJob,
    createNamespace,
    createPodDisruptionBudget,
    createPriorityClass,
    createQuota,
    createRole,
    createRoleBinding,
    createSecret,
    createService,
    createServiceAccount,
    createToken,
  ],
  *run(invocation) {
    const { flags, args, path, factory } = invocation;
    if (args.length > 0) throw new UsageError(path, `Unexpected args: [${args.join(' ')}]`);
    if (flags.list('filename').length === 0 && flags.string('kustomize') === '')
      throw new KubectlError('must specify one of -f and -k');
    const dryRun = yield* dryRunOf(invocation);
    const validation = fieldValidationOf(invocation);
    const printer = printerFor(invocation, 'created', dryRun);
    if (flags.string('raw') !== '') return yield* sendRaw(invocation, 'POST');
    if (flags.bool('edit')) return yield* editAndCreate(invocation);
    const resources = yield* findByFlags(factory, flags, {
      selector: flags.string('selector') || undefined,
      continueOnError: true,
      flatten: true,
      ...(validation === 'Ignore' ? {} : { validate: validateDocument }),
    });
    let count = 0;
    yield* resources.visit(function* (info) {
      let object = updateLastApplied(objectOf(info), flags.bool('save-config'));
      if (dryRun !== 'client') {
        const query = writeQuery(dryRun, flags.string('field-manager'), validation);
        try {
          object = yield* createObject(factory.client(), mappingOf(info), info.namespace, object, query);
        } catch (error) {
          throw withSource('creating', info.source, error);
        }
      }
      count++;
      yield* printObject(invocation, printer, object);
    });
    if (count === 0) throw new KubectlError('no objects passed to create');
    return 0;
  },
};

/** --edit: each object is opened before it is created. kubernetes: kubectl/pkg/cmd/create RunEditOnCreate */
function* editAndCreate(invocation: Invocation): Task<number> {
  const resources = yield* findByFlags(invocation.factory, invocation.flags, { continueOnError: true, flatten: true });
  yield* resources.visit((info) => editObjects(invocation, [info], editBeforeCreate));
  return 0;
}

import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, textOf } from '../params.ts';
import { createAccessEntry, deleteAccessEntry, getAccessEntries } from './access-entry.ts';
import { matchingVersion, updateAddon } from './addons.ts';
import { checkConfigFlags, ignoredFields, readConfig } from './config.ts';
import { type Context, call, makeContext } from './context.ts';
import { createAddon, createCluster, createNodegroups } from './create.ts';
import { deleteCluster, deleteNodegroup, deleteServiceAccount } from './delete.ts';
import { drainNodegroup } from './drain.ts';
import { createProfile, deleteProfile, getProfiles } from './fargate.ts';
import type { Flag, Flags } from './flags.ts';
import { getAddons, getClusters, getNodegroups, getServiceAccounts } from './get.ts';
import { addonRole, associateProvider, createServiceAccount, findProvider } from './iam.ts';
import { createIdentityMapping, getIdentityMappings } from './identity-mapping.ts';
import { saveKubeconfig } from './kubeconfig.ts';
import { EksctlError, log } from './log.ts';
import { updateLogging } from './logging.ts';
import { createAssociation, deleteAssociation, getAssociations } from './pod-identity.ts';
import { scale } from './scale.ts';
import { type ClusterSpec, NODEGROUP_FLAGS, nodegroupFromFlags, nodegroupsFromConfig, specFromConfig } from './spec.ts';
import { describeCluster, stacksOf } from './stacks.ts';
import { upgradeCluster, upgradeNodegroup } from './upgrade.ts';
import { VERSION } from './version.ts';

export interface Command {
  readonly flags: readonly Flag[];
  readonly run: (process: Process, flags: Flags) => Task<number>;
}

const NAME: Flag = { name: 'name', short: 'n', kind: 'text' };
const CLUSTER: Flag = { name: 'cluster', short: 'c', kind: 'text' };
const FILE: Flag = { name: 'config-file', short: 'f', kind: 'text' };
const OUTPUT: Flag = { name: 'output', short: 'o', kind: 'text' };
/** What a configuration file says instead. eksctl: NewCreateClusterLoader */
const CREATE_FLAGS: readonly string[] = [
  'tags',
  'zones',
  ...NODEGROUP_FLAGS.map(({ name }) => name).filter((name) => name !== 'nodegroup-name'),
];
const PRINCIPAL: Flag = { name: 'principal-arn', kind: 'text' };
const ASSOCIATED: readonly Flag[] = [
  { name: 'namespace', kind: 'text' },
  { name: 'service-account-name', kind: 'text' },
];
const APPROVE: Flag = { name: 'approve', kind: 'bool' };
const WAIT: Flag = { name: 'wait', short: 'w', kind: 'bool' };

function* newSpec(process: Process, flags: Flags): Task<{ spec: ClusterSpec; region: string | undefined }> {
  const file = flags.text('config-file');
  if (file !== undefined) {
    const config = readConfig(process, file);
    checkConfigFlags(flags, config, CREATE_FLAGS);
    return { spec: specFromConfig(config), region: textOf(objectOf(config, 'metadata'), 'region') };
  }
  const random = process.machine.world.random.fork(`eksctl/${process.now}`);
  const name =
    flags.name() ??
    `${random.pick(['adorable', 'beautiful', 'fabulous', 'scrumptious', 'wonderful'])}-${random.pick(['badger', 'gopher', 'mushroom', 'painting', 'unicorn'])}-${Math.floor(process.now / 1000)}`;
  if (/[^a-zA-Z0-9-]/.test(name))
    throw new EksctlError(
      `validation for ${name} failed, name must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  const without = flags.bool('without-nodegroup');
  return {
    spec: {
      name,
      version: flags.text('version'),
      zones: (flags.text('zones') ?? '').split(',').filter((zone) => zone !== ''),
      withOidc: flags.bool('with-oidc'),
      nodegroups: without ? [] : [nodegroupFromFlags(flags, `ng-${random.hex(8)}`)],
      addons: [],
      fromFile: false,
      tags: {},
      logTypes: [],
      logRetention: 0,
      ignored: [],
    },
    region: undefined,
  };
}

/** The cluster that a command is about: by flag, or by the config file. Raises EksctlError. */
function clusterName(process: Process, flags: Flags, flag = 'cluster'): { name: string; region: string | undefined } {
  const file = flags.text('config-file');
  if (file !== undefined) {
    const config = readConfig(process, file);
    checkConfigFlags(flags, config, []);
    const metadata = objectOf(config, 'metadata');
    return { name: textOf(metadata, 'name') ?? '', region: textOf(metadata, 'region') };
  }
  const name = flags.text(flag) ?? (flag === 'name' ? flags.args[0] : undefined);
  if (name === undefined) throw new EksctlError(`--${flag} must be set`);
  return { name, region: undefined };
}

function* withCluster(
  process: Process,
  flags: Flags,
  run: (context: Context, cluster: string) => Task<number>,
  flag = 'cluster',
): Task<number> {
  const { name, region } = clusterName(process, flags, flag);
  const context = yield* makeContext(process, flags, region);
  return yield* run(context, name);
}

/** The same for a cluster that must be there. */
function withDescribed(
  process: Process,
  flags: Flags,
  run: (context: Context, cluster: JsonObject) => Task<number>,
): Task<number> {
  return withCluster(process, flags, function* (context, cluster) {
    return yield* run(context, yield* describeCluster(context, cluster));
  });
}

/** What eksctl can do, by verb and noun: a command each. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  version: {
    flags: [OUTPUT],
    *run(process, flags) {
      if (flags.has('output')) throw new EksctlError('kubetutor does not model eksctl version --output');
      yield* process.print(`${VERSION}\n`);
      return 0;
    },
  },
  info: {
    flags: [OUTPUT],
    *run(process) {
      yield* process.print(`eksctl version: ${VERSION}\nkubectl version: v1.36.4\nOS: linux\n`);
      return 0;
    },
  },
  'create cluster': {
    flags: [
      NAME,
      FILE,
      ...NODEGROUP_FLAGS,
      { name: 'version', kind: 'text' },
      { name: 'zones', kind: 'text' },
      { name: 'with-oidc', kind: 'bool' },
      { name: 'without-nodegroup', kind: 'bool' },
      { name: 'kubeconfig', kind: 'text' },
      { name: 'tags', kind: 'text' },
      { name: 'dry-run', kind: 'bool' },
    ],
    *run(process, flags) {
      const { spec, region } = yield* newSpec(process, flags);
      return yield* createCluster(yield* makeContext(process, flags, region), spec);
    },
  },
  'create nodegroup': {
    flags: [
      CLUSTER,
      FILE,
      { name: 'name', short: 'n', kind: 'text' },
      ...NODEGROUP_FLAGS,
      { name: 'dry-run', kind: 'bool' },
    ],
    run: (process, flags) =>
      withCluster(process, flags, function* (context, cluster) {
        const file = flags.text('config-file');
        const random = process.machine.world.random.fork(`eksctl/${process.now}`);
        const own = nodegroupFromFlags(flags, flags.text('name') ?? `ng-${random.hex(8)}`);
        if (file === undefined) return yield* createNodegroups(context, cluster, [own]);
        const config = readConfig(process, file);
        return yield* createNodegroups(context, cluster, nodegroupsFromConfig(config), ignoredFields(config));
      }),
  },
  'create addon': {
    flags: [
      CLUSTER,
      FILE,
      NAME,
      { name: 'version', kind: 'text' },
      { name: 'force', kind: 'bool' },
      { name: 'service-account-role-arn', kind: 'text' },
      WAIT,
    ],
    run: (process, flags) =>
      withCluster(process, flags, function* (context, cluster) {
        const name = flags.text('name');
        if (name === undefined) throw new EksctlError('invalid configuration for "" addon: name is required');
        const described = yield* describeCluster(context, cluster);
        yield* log(
          process,
          'info',
          `Kubernetes version ${JSON.stringify(textOf(described, 'version'))} in use by cluster ${JSON.stringify(cluster)}`,
        );
        const oidc = (yield* findProvider(context, described)) !== undefined;
        const role =
          flags.text('service-account-role-arn') ?? (oidc ? yield* addonRole(context, described, name) : undefined);
        const wanted = flags.text('version');
        const kubernetes = textOf(described, 'version') ?? '';
        const version = wanted === undefined ? wanted : yield* matchingVersion(context, name, kubernetes, wanted);
        yield* createAddon(context, cluster, name, oidc, role, version);
        return 0;
      }),
  },
  'create iamserviceaccount': {
    flags: [
      CLUSTER,
      { name: 'name', kind: 'text' },
      { name: 'namespace', kind: 'text' },
      { name: 'attach-policy-arn', kind: 'list' },
      { name: 'attach-role-arn', kind: 'text' },
      { name: 'role-name', kind: 'text' },
      { name: 'role-only', kind: 'bool' },
      { name: 'override-existing-serviceaccounts', kind: 'bool' },
      APPROVE,
    ],
    run: (process, flags) => withDescribed(process, flags, createServiceAccount),
  },
  'get cluster': {
    flags: [NAME, OUTPUT, { name: 'all-regions', short: 'A', kind: 'bool' }],
    *run(process, flags) {
      if (flags.name() !== undefined && flags.bool('all-regions'))
        throw new EksctlError(
          '--all-regions is for listing all clusters, it must be used without cluster name flag/argument',
        );
      return yield* getClusters(yield* makeContext(process, flags));
    },
  },
  'get nodegroup': {
    flags: [CLUSTER, NAME, OUTPUT, FILE],
    run: (process, flags) => withCluster(process, flags, getNodegroups),
  },
  'get addon': {
    flags: [CLUSTER, NAME, OUTPUT, FILE],
    run: (process, flags) => withCluster(process, flags, getAddons),
  },
  'get accessentry': {
    flags: [CLUSTER, FILE, OUTPUT, PRINCIPAL],
    run: (process, flags) => withDescribed(process, flags, getAccessEntries),
  },
  'create accessentry': {
    flags: [
      CLUSTER,
      FILE,
      PRINCIPAL,
      { name: 'type', kind: 'text' },
      { name: 'kubernetes-groups', kind: 'list' },
      { name: 'kubernetes-username', kind: 'text' },
    ],
    run: (process, flags) => withDescribed(process, flags, createAccessEntry),
  },
  'delete accessentry': {
    flags: [CLUSTER, FILE, PRINCIPAL],
    run: (process, flags) => withDescribed(process, flags, deleteAccessEntry),
  },
  'create podidentityassociation': {
    flags: [
      CLUSTER,
      ...ASSOCIATED,
      { name: 'role-arn', kind: 'text' },
      { name: 'role-name', kind: 'text' },
      { name: 'permission-policy-arns', kind: 'list' },
      { name: 'create-service-account', kind: 'bool' },
    ],
    run: (process, flags) => withDescribed(process, flags, createAssociation),
  },
  'get podidentityassociation': {
    flags: [CLUSTER, FILE, OUTPUT, ...ASSOCIATED],
    run: (process, flags) => withDescribed(process, flags, getAssociations),
  },
  'delete podidentityassociation': {
    flags: [CLUSTER, ...ASSOCIATED],
    run: (process, flags) => withDescribed(process, flags, deleteAssociation),
  },
  'drain nodegroup': {
    flags: [
      CLUSTER,
      NAME,
      { name: 'undo', kind: 'bool' },
      { name: 'disable-eviction', kind: 'bool' },
      { name: 'parallel', kind: 'number' },
    ],
    run: (process, flags) => withDescribed(process, flags, drainNodegroup),
  },
  'get iamserviceaccount': {
    flags: [CLUSTER, NAME, OUTPUT, FILE],
    run: (process, flags) => withCluster(process, flags, getServiceAccounts),
  },
  'create iamidentitymapping': {
    flags: [
      CLUSTER,
      { name: 'arn', kind: 'text' },
      { name: 'username', kind: 'text' },
      { name: 'group', kind: 'list' },
      { name: 'no-duplicate-arns', kind: 'bool' },
    ],
    run: (process, flags) => withDescribed(process, flags, createIdentityMapping),
  },
  'get iamidentitymapping': {
    flags: [CLUSTER, OUTPUT, { name: 'arn', kind: 'text' }],
    run: (process, flags) => withDescribed(process, flags, getIdentityMappings),
  },
  'create fargateprofile': {
    flags: [CLUSTER, NAME, { name: 'namespace', kind: 'text' }, { name: 'labels', short: 'l', kind: 'text' }],
    run: (process, flags) => withCluster(process, flags, createProfile),
  },
  'get fargateprofile': { flags: [CLUSTER, NAME], run: (process, flags) => withCluster(process, flags, getProfiles) },
  'delete fargateprofile': {
    flags: [CLUSTER, NAME, WAIT],
    run: (process, flags) => withCluster(process, flags, deleteProfile),
  },
  'scale nodegroup': {
    flags: [
      CLUSTER,
      NAME,
      FILE,
      { name: 'nodes', short: 'N', kind: 'number' },
      { name: 'nodes-min', short: 'm', kind: 'number' },
      { name: 'nodes-max', short: 'M', kind: 'number' },
      WAIT,
    ],
    run: (process, flags) => withCluster(process, flags, scale),
  },
  'delete cluster': {
    flags: [
      NAME,
      FILE,
      WAIT,
      { name: 'force', kind: 'bool' },
      { name: 'disable-nodegroup-eviction', kind: 'bool' },
      { name: 'parallel', kind: 'number' },
    ],
    run: (process, flags) => withCluster(process, flags, deleteCluster, 'name'),
  },
  'delete nodegroup': {
    flags: [
      CLUSTER,
      NAME,
      FILE,
      WAIT,
      APPROVE,
      { name: 'drain', kind: 'bool' },
      { name: 'disable-eviction', kind: 'bool' },
    ],
    run: (process, flags) =>
      withCluster(process, flags, function* (context, cluster) {
        const name = flags.text('name') ?? flags.args[0];
        if (name === undefined) throw new EksctlError('--name must be set');
        return yield* deleteNodegroup(context, yield* describeCluster(context, cluster), name);
      }),
  },
  'delete iamserviceaccount': {
    flags: [CLUSTER, { name: 'name', kind: 'text' }, { name: 'namespace', kind: 'text' }, WAIT, APPROVE],
    run: (process, flags) => withDescribed(process, flags, deleteServiceAccount),
  },
  'delete addon': {
    flags: [CLUSTER, NAME, FILE, { name: 'preserve', kind: 'bool' }],
    run: (process, flags) =>
      withCluster(process, flags, function* (context, cluster) {
        const name = flags.text('name') ?? '';
        yield* call(context, 'eks', 'DeleteAddon', {
          clusterName: cluster,
          addonName: name,
          preserve: flags.bool('preserve'),
        });
        yield* log(process, 'info', `deleted addon: ${name}`);
        return 0;
      }),
  },
  'update addon': {
    flags: [
      CLUSTER,
      NAME,
      WAIT,
      { name: 'version', kind: 'text' },
      { name: 'force', kind: 'bool' },
      { name: 'service-account-role-arn', kind: 'text' },
    ],
    run: (process, flags) => withDescribed(process, flags, updateAddon),
  },
  'upgrade cluster': {
    flags: [NAME, FILE, APPROVE, { name: 'version', kind: 'text' }],
    run: (process, flags) =>
      withCluster(
        process,
        flags,
        function* (context, cluster) {
          const file = flags.text('config-file');
          const version = file === undefined ? undefined : objectOf(readConfig(process, file), 'metadata')['version'];
          return yield* upgradeCluster(context, cluster, version === undefined ? undefined : String(version));
        },
        'name',
      ),
  },
  'upgrade nodegroup': {
    flags: [
      CLUSTER,
      NAME,
      WAIT,
      { name: 'kubernetes-version', kind: 'text' },
      { name: 'release-version', kind: 'text' },
      { name: 'launch-template-version', kind: 'text' },
      { name: 'force-upgrade', kind: 'bool' },
    ],
    run: (process, flags) => withCluster(process, flags, upgradeNodegroup),
  },
  'utils associate-iam-oidc-provider': {
    flags: [CLUSTER, FILE, APPROVE],
    run: (process, flags) => withCluster(process, flags, associateProvider),
  },
  'utils update-cluster-logging': {
    flags: [CLUSTER, FILE, APPROVE, { name: 'enable-types', kind: 'list' }, { name: 'disable-types', kind: 'list' }],
    run: (process, flags) => withCluster(process, flags, updateLogging),
  },
  'utils write-kubeconfig': {
    flags: [CLUSTER, FILE, NAME, { name: 'kubeconfig', kind: 'text' }],
    run: (process, flags) =>
      withCluster(process, flags, function* (context, cluster) {
        yield* saveKubeconfig(context, yield* describeCluster(context, cluster));
        return 0;
      }),
  },
  'utils describe-stacks': {
    flags: [CLUSTER, FILE, { name: 'events', kind: 'bool' }],
    run: (process, flags) =>
      withCluster(process, flags, function* (context, cluster) {
        for (const stack of yield* stacksOf(context, cluster))
          yield* log(process, 'info', `stack/${textOf(stack, 'StackName')} = ${JSON.stringify(stack, null, 2)}`);
        return 0;
      }),
  },
};

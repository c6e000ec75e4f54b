import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import { type Context, call } from './context.ts';
import { findProvider } from './iam.ts';
import { EksctlError, log, wording } from './log.ts';

/** ms between two looks at an add-on. */
const LOOK = 10_000;

/** `v1.36.2-eksbuild.3` as text whose order is that of versions. */
function orderOf(version: string): string {
  return version.replace(/\d+/g, (number) => number.padStart(6, '0'));
}

/** What EKS offers of an add-on for a version of Kubernetes, newest first. */
function* offered(context: Context, addonName: string, kubernetesVersion: string): Task<string[]> {
  const answer = yield* call(context, 'eks', 'DescribeAddonVersions', { addonName, kubernetesVersion });
  const versions = objectsOf(objectsOf(answer ?? {}, 'addons')[0] ?? {}, 'addonVersions');
  const names = versions.map((one) => textOf(one, 'addonVersion') ?? '');
  return names.sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1));
}

/** Newer versions than one has, as `eksctl get addon` lists them. eksctl: pkg/actions/addon/get.go, findNewerVersions */
export function* newerVersions(context: Context, name: string, kubernetes: string, current: string): Task<string> {
  const names = yield* offered(context, name, kubernetes);
  return names.filter((version) => orderOf(version) > orderOf(current)).join(',');
}

/** The newest version that is `latest` or contains the text. Raises EksctlError. eksctl: getLatestMatchingVersion */
export function* matchingVersion(context: Context, name: string, kubernetes: string, wanted: string): Task<string> {
  const names = yield* offered(context, name, kubernetes);
  if (names.length === 0) throw new EksctlError(`no versions available for ${JSON.stringify(name)}`);
  const found = names.find((version) => wanted === 'latest' || version.includes(wanted));
  if (found === undefined)
    throw new EksctlError(`no version(s) found matching ${JSON.stringify(wanted)} for ${JSON.stringify(name)}`);
  return found;
}

/** `eksctl update addon`. Raises EksctlError. eksctl: pkg/ctl/update/addon.go, pkg/actions/addon/update.go */
export function* updateAddon(context: Context, cluster: JsonObject): Task<number> {
  const { process, flags, region } = context;
  const clusterName = String(cluster['name']);
  const addonName = flags.text('name') ?? flags.args[0];
  if (addonName === undefined) throw new EksctlError('invalid configuration for "" addon: name is required');
  if ((yield* findProvider(context, cluster)) === undefined)
    yield* log(
      process,
      'warning',
      `no IAM OIDC provider associated with cluster, try 'eksctl utils associate-iam-oidc-provider --region=${region} --cluster=${clusterName}'`,
    );
  const kubernetes = textOf(cluster, 'version') ?? '';
  yield* log(
    process,
    'info',
    `Kubernetes version ${JSON.stringify(kubernetes)} in use by cluster ${JSON.stringify(clusterName)}`,
  );
  const current = yield* currentAddon(context, clusterName, addonName);
  const before = textOf(current, 'addonVersion') ?? '';
  const wanted = flags.text('version');
  let addonVersion = before;
  if (wanted === undefined)
    yield* log(process, 'info', `no new version provided, preserving existing version: ${before}`);
  else {
    const matching = matchingVersion(context, addonName, kubernetes, wanted);
    addonVersion = yield* wording((why) => `failed to fetch addon version: ${why}`, matching);
    if (addonVersion !== before) yield* log(process, 'info', `new version provided ${addonVersion}`);
  }
  const role = flags.text('service-account-role-arn') ?? textOf(current, 'serviceAccountRoleArn');
  yield* log(process, 'info', 'updating addon');
  const update = {
    clusterName,
    addonName,
    addonVersion,
    ...(role === undefined ? {} : { serviceAccountRoleArn: role }),
    ...(flags.bool('force') ? { resolveConflicts: 'OVERWRITE' } : {}),
  };
  yield* wording(
    (why) => `failed to update addon ${JSON.stringify(addonName)}: ${why}`,
    call(context, 'eks', 'UpdateAddon', update),
  );
  if (flags.bool('wait')) yield* waitForAddon(context, clusterName, addonName);
  return 0;
}

function* currentAddon(context: Context, clusterName: string, addonName: string): Task<JsonObject> {
  const described = call(context, 'eks', 'DescribeAddon', { clusterName, addonName });
  return objectOf(
    (yield* wording((why) => `failed to get addon ${JSON.stringify(addonName)}: ${why}`, described)) ?? {},
    'addon',
  );
}

function* waitForAddon(context: Context, clusterName: string, addonName: string): Task {
  const { process } = context;
  for (;;) {
    const { status } = yield* currentAddon(context, clusterName, addonName);
    if (status === 'ACTIVE') break;
    yield* process.sleep(LOOK);
  }
  yield* log(process, 'info', `addon ${JSON.stringify(addonName)} active`);
}

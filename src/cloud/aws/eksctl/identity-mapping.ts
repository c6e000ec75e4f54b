import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { yamlToJson } from '../../../cluster/apimachinery/yaml.ts';
import type { Task } from '../../../world/task.ts';
import { formatYaml } from '../cli/format/yaml.ts';
import { objectOf, textOf } from '../params.ts';
import { type Context, kubeApi } from './context.ts';
import type { KubeApi } from './kube-api.ts';
import { EksctlError, log, table } from './log.ts';

const MAPS = '/api/v1/namespaces/kube-system/configmaps';

/** One line of kube-system/aws-auth: an ARN and who that is in Kubernetes. */
interface Mapping {
  readonly arn: string;
  readonly username: string;
  readonly groups: readonly string[];
}

const keyOf = (arn: string) => (arn.includes(':role/') ? 'rolearn' : 'userarn');
const fieldOf = (arn: string) => (arn.includes(':role/') ? 'mapRoles' : 'mapUsers');

/** Raises EksctlError. */
function readYaml(text: string): unknown {
  try {
    return yamlToJson(text);
  } catch (error) {
    throw new EksctlError(error instanceof Error ? error.message : String(error));
  }
}

function mappingsOf(data: JsonObject): Mapping[] {
  return ['mapRoles', 'mapUsers'].flatMap((field) => {
    const entries = readYaml(textOf(data, field) ?? '[]');
    return (Array.isArray(entries) ? entries : []).filter(isObject).map((entry) => ({
      arn: textOf(entry, 'rolearn') ?? textOf(entry, 'userarn') ?? '',
      username: textOf(entry, 'username') ?? '',
      groups: Array.isArray(entry['groups']) ? entry['groups'].map(String) : [],
    }));
  });
}

function* readMap(api: KubeApi): Task<{ readonly there: boolean; readonly data: JsonObject }> {
  const [status, map] = yield* api.request('GET', `${MAPS}/aws-auth`);
  return { there: status === 200, data: objectOf(map, 'data') };
}

/** `eksctl create iamidentitymapping`. Raises EksctlError. eksctl: pkg/ctl/create/iamidentitymapping.go */
export function* createIdentityMapping(context: Context, cluster: JsonObject): Task<number> {
  const { process, flags } = context;
  const arn = flags.text('arn');
  const username = flags.text('username');
  const groups = (flags.text('group') ?? '').split(',').filter((group) => group !== '');
  if (arn === undefined) throw new EksctlError('expected a valid arn but got empty string');
  if (username === undefined && groups.length === 0)
    throw new EksctlError('neither username nor group are set for iam identity');
  const api = kubeApi(context, cluster);
  yield* log(process, 'info', `checking arn ${arn} against entries in the auth ConfigMap`);
  const { there, data } = yield* readMap(api);
  const known = mappingsOf(data);
  const fresh: Mapping = { arn, username: username ?? '', groups };
  if (flags.bool('no-duplicate-arns')) {
    if (known.some((one) => JSON.stringify(one) === JSON.stringify(fresh))) {
      yield* log(process, 'warning', 'found existing mapping that matches the one being created, quitting.');
      return 0;
    }
    if (known.some((one) => one.arn === arn))
      throw new EksctlError(
        `found existing mapping with the same arn ${JSON.stringify(arn)} and shadowing is disabled`,
      );
  }
  if (known.some((one) => one.arn === arn))
    yield* log(
      process,
      'warning',
      `found existing mappings with same arn ${JSON.stringify(arn)} (which will be shadowed by your new mapping)`,
    );
  yield* log(process, 'info', `adding identity ${JSON.stringify(arn)} to auth ConfigMap`);
  const field = fieldOf(arn);
  const entries = [...known, fresh]
    .filter((one) => fieldOf(one.arn) === field)
    .map((one) => ({
      ...(one.groups.length > 0 ? { groups: [...one.groups] } : {}),
      [keyOf(one.arn)]: one.arn,
      ...(one.username === '' ? {} : { username: one.username }),
    }));
  const body = { data: { [field]: formatYaml(entries) } };
  if (there) yield* api.request('PATCH', `${MAPS}/aws-auth`, body, 'application/merge-patch+json');
  else
    yield* api.request('POST', MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'aws-auth', namespace: 'kube-system' },
      ...body,
    });
  return 0;
}

/** `eksctl get iamidentitymapping` */
export function* getIdentityMappings(context: Context, cluster: JsonObject): Task<number> {
  const { data } = yield* readMap(kubeApi(context, cluster));
  const wanted = context.flags.text('arn');
  const rows = mappingsOf(data)
    .filter((one) => wanted === undefined || one.arn === wanted)
    .map((one) => [one.arn, one.username, one.groups.join(','), '']);
  yield* context.process.print(
    rows.length === 0 ? 'No iamidentitymapping found\n' : table(['ARN', 'USERNAME', 'GROUPS', 'ACCOUNT'], rows),
  );
  return 0;
}

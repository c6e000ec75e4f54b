import type { Client, Kind } from '../../../cluster/api/client.ts';
import { SECRETS } from '../../../cluster/api/kinds.ts';
import type { ValidatingWebhookConfiguration } from '../../../cluster/api/types.generated.ts';
import { StatusError } from '../../../cluster/apimachinery/errors.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { CertificateAuthority } from '../../../world/pki/certificate.ts';
import type { Process } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import type { Task } from '../../../world/task.ts';
import { flag } from '../../servers/support.ts';
import { connectInCluster, InClusterError } from '../in-cluster.ts';

const WEBHOOKS: Kind<ValidatingWebhookConfiguration> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
};

/** kube-webhook-certgen: `create` makes the Secret with a webhook's certificate, `patch` gives the webhook its authority. */
export function certgenProgram(cluster: Cluster): Program {
  return {
    name: 'images/kube-webhook-certgen',
    *main(process) {
      const args = process.argv.slice(1);
      const log = (level: string, text: string) =>
        process.printError(
          `{"level":"${level}","msg":${JSON.stringify(text)},"source":"cmd/${args[0]}.go","time":"${goTime(process.now)}"}\n`,
        );
      try {
        const { client } = yield* connectInCluster(process, cluster, 'kube-webhook-certgen');
        if (args[0] === 'create') return yield* create(process, cluster, client, args, log);
        if (args[0] === 'patch') return yield* patch(client, args, log);
      } catch (error) {
        if (!(error instanceof InClusterError) && !(error instanceof StatusError)) throw error;
        yield* log('fatal', error.message);
        return 1;
      }
      yield* process.printError(`Error: unknown command ${JSON.stringify(args[0] ?? '')} for "kube-webhook-certgen"\n`);
      return 1;
    },
  };
}

type Log = (level: string, text: string) => Task;

function* create(process: Process, cluster: Cluster, client: Client, args: readonly string[], log: Log): Task<number> {
  const namespace = flag(args, 'namespace') ?? '';
  const name = flag(args, 'secret-name') ?? '';
  yield* log('info', `getting secret '${name}' in namespace '${namespace}'`);
  if (client.get(SECRETS, namespace, name)) {
    yield* log('info', 'secret already exists');
    return 0;
  }
  yield* log('info', 'no secret found');
  const hosts = (flag(args, 'host') ?? '').split(',');
  const random = cluster.world.random.fork(`certgen/${namespace}/${name}`);
  const authority = new CertificateAuthority(
    { commonName: 'nil1', organizations: ['nil1'] },
    random,
    () => process.now,
  );
  const pair = authority.issue({ commonName: '', organizations: ['nil2'] }, 36500, hosts);
  yield* log('info', `creating new secret '${name}'`);
  client.create(SECRETS, namespace, {
    metadata: { name, namespace },
    type: 'Opaque',
    data: { ca: btoa(authority.certificate), cert: btoa(pair.certificate), key: btoa(pair.key) },
  });
  return 0;
}

function* patch(client: Client, args: readonly string[], log: Log): Task<number> {
  const namespace = flag(args, 'namespace') ?? '';
  const secret = flag(args, 'secret-name') ?? '';
  const webhook = flag(args, 'webhook-name') ?? '';
  const authority = client.get(SECRETS, namespace, secret)?.data?.['ca'];
  if (authority === undefined) {
    yield* log('fatal', `no secret with '${secret}' in '${namespace}'`);
    return 1;
  }
  yield* log(
    'info',
    `patching webhook configurations '${webhook}' mutating=false, validating=true, failurePolicy=Fail`,
  );
  client.modify(WEBHOOKS, '', webhook, (old) => ({
    ...old,
    webhooks: (old.webhooks ?? []).map((entry) => ({
      ...entry,
      failurePolicy: 'Fail' as const,
      clientConfig: { ...entry.clientConfig, caBundle: authority },
    })),
  }));
  yield* log('info', 'Patched hook(s)');
  return 0;
}

/** `2026-09-01T09:00:00Z` */
function goTime(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

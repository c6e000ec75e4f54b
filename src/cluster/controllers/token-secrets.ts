import { SECRETS, SERVICE_ACCOUNTS } from '../api/kinds.ts';
import { keyOf, type Stored, splitKey } from '../api/object.ts';
import type { Secret } from '../api/types.generated.ts';
import { signToken } from '../api/virtual/tokens.ts';
import type { Controller } from './controller.ts';

const TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

/** Fills Secrets that ask for the token of a ServiceAccount, and takes them away with it. kubernetes: pkg/controller/serviceaccount/tokens_controller.go */
export const tokenSecretsController: Controller = {
  name: 'token-controller',
  user: 'system:kube-controller-manager',
  start(context) {
    const { client } = context;
    const queue = context.queue((key) => {
      const { namespace, name } = splitKey(key);
      const secret = client.get(SECRETS, namespace, name);
      const wanted = secret && accountOf(secret);
      if (!secret || !wanted || secret.metadata.deletionTimestamp) return;
      const account = client.get(SERVICE_ACCOUNTS, namespace, wanted);
      const uid = secret.metadata.annotations?.[ACCOUNT_UID];
      if (!account || (uid !== undefined && uid !== account.metadata.uid)) {
        client.delete(SECRETS, namespace, name);
        return;
      }
      const { server } = client;
      const data = {
        'ca.crt': btoa(server.authority.certificate),
        namespace: btoa(namespace),
        token:
          secret.data?.['token'] ?? btoa(signToken(server, { namespace, name: wanted, uid: account.metadata.uid })),
      };
      if (uid !== undefined && Object.entries(data).every(([field, value]) => secret.data?.[field] === value)) return;
      client.modify(SECRETS, namespace, name, (old) => ({
        ...old,
        metadata: {
          ...old.metadata,
          annotations: { ...old.metadata.annotations, [ACCOUNT_UID]: account.metadata.uid },
        },
        data: { ...old.data, ...data },
      }));
    });
    context.enqueue(SECRETS, queue, (secret) => (accountOf(secret) ? keyOf(secret) : undefined));
    context.informer(SERVICE_ACCOUNTS, ({ object }) => {
      const { namespace, name } = object.metadata;
      for (const secret of client.list(SECRETS, namespace)) if (accountOf(secret) === name) queue.add(keyOf(secret));
    });
  },
};

/** The ServiceAccount whose token a Secret is for. */
function accountOf(secret: Stored<Secret>): string | undefined {
  return secret.type === TYPE ? secret.metadata.annotations?.[ACCOUNT] : undefined;
}

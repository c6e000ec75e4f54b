import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS } from '../api/kinds.ts';
import { deepEqual } from '../api/object.ts';
import type { Controller } from './controller.ts';

/** Gives every namespace its default ServiceAccount. kubernetes: pkg/controller/serviceaccount */
export const serviceAccountController: Controller = {
  name: 'service-account-controller',
  start(context) {
    const queue = context.queue((namespace) => {
      const owner = context.client.get(NAMESPACES, '', namespace);
      if (owner?.status?.phase !== 'Active' || owner.metadata.deletionTimestamp) return;
      if (context.client.get(SERVICE_ACCOUNTS, namespace, 'default')) return;
      context.client.create(SERVICE_ACCOUNTS, namespace, { metadata: { name: 'default', namespace } });
    });
    context.enqueue(NAMESPACES, queue);
    context.enqueue(SERVICE_ACCOUNTS, queue, (account) => account.metadata.namespace);
  },
};

const ROOT_CA = 'kube-root-ca.crt';
const ANNOTATIONS = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

/** Puts the cluster's certificate authority into every namespace. kubernetes: pkg/controller/certificates/rootcacertpublisher */
export const rootCaPublisher: Controller = {
  name: 'root-ca-cert-publisher',
  start(context) {
    const queue = context.queue((namespace) => {
      const { client } = context;
      const owner = client.get(NAMESPACES, '', namespace);
      if (owner?.status?.phase !== 'Active' || owner.metadata.deletionTimestamp) return;
      const data = { 'ca.crt': client.server.authority.certificate };
      const old = client.get(CONFIG_MAPS, namespace, ROOT_CA);
      if (!old) {
        client.create(CONFIG_MAPS, namespace, { metadata: { name: ROOT_CA, annotations: ANNOTATIONS }, data });
      } else if (
        !deepEqual(old.data, data) ||
        !deepEqual({ ...old.metadata.annotations, ...ANNOTATIONS }, old.metadata.annotations)
      ) {
        client.update(CONFIG_MAPS, {
          ...old,
          metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, ...ANNOTATIONS } },
          data,
        });
      }
    });
    context.enqueue(NAMESPACES, queue);
    context.enqueue(CONFIG_MAPS, queue, ({ metadata }) => (metadata.name === ROOT_CA ? metadata.namespace : undefined));
  },
};

import type { User } from '../../cluster/api/authentication.ts';
import { authorize } from '../../cluster/api/authorization.ts';
import type { Client, Kind } from '../../cluster/api/client.ts';
import type { ApiObject } from '../../cluster/api/object.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { decode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { HttpFault, httpExchange } from '../http/client.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A program in a Pod that speaks to its cluster's API server as its ServiceAccount. client-go: rest.InClusterConfig */
export interface InCluster {
  readonly client: Client;
  readonly user: User;
  /** The namespace of the Pod. */
  readonly namespace: string;
  /** `https://10.96.0.1:443` */
  readonly host: string;
}

/** Why a program cannot speak to its cluster, in client-go's words. */
export class InClusterError extends Error {}

/**
 * Reads the mounted token and asks the API server for its version, through the network as any client would.
 * Raises InClusterError.
 */
export function* connectInCluster(process: Process, cluster: Cluster, manager: string): Task<InCluster> {
  const address = process.env.get('KUBERNETES_SERVICE_HOST') ?? '';
  const port = process.env.get('KUBERNETES_SERVICE_PORT') ?? '';
  if (address === '' || port === '')
    throw new InClusterError(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    );
  const token = readMounted(process, 'token').trim();
  const namespace = readMounted(process, 'namespace').trim();
  const host = `https://${address}:${port}`;
  yield* askVersion(process, address, Number(port), token);
  const user = cluster.server.tokenUser(token);
  if (!user) throw new InClusterError('the server has asked for the client to provide credentials');
  const client = cluster.client(user.name, user.groups, manager);
  return { client, user, namespace, host };
}

function readMounted(process: Process, name: string): string {
  const path = `${ACCOUNT}/${name}`;
  try {
    return decode(process.machine.files.readFile(path, process.credentials));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const text = `${error.text.charAt(0).toLowerCase()}${error.text.slice(1)}`;
    throw new InClusterError(`open ${path}: ${text}`);
  }
}

function* askVersion(process: Process, address: string, port: number, token: string): Task {
  const headers = [
    ['Host', `${address}:${port}`],
    ['Authorization', `Bearer ${token}`],
  ] as const;
  const target = { address, port, tls: true, connectTimeout: 30_000 };
  try {
    yield* httpExchange(process, target, { method: 'GET', target: '/version', headers, body: undefined });
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    const dial = `Get "https://${address}:${port}/version": dial tcp ${address}:${port}`;
    throw new InClusterError(
      error.kind === 'refused'
        ? `${dial}: connect: connection refused`
        : error.kind === 'unreachable' || error.kind === 'no-network'
          ? `${dial}: connect: no route to host`
          : `${dial}: i/o timeout`,
    );
  }
}

/** What the API server says when the account may not list a kind everywhere; undefined when it may. */
export function mayNotList(cluster: InCluster, kind: Kind<ApiObject>): string | undefined {
  const { client, user } = cluster;
  const question = { group: kind.group, resource: kind.plural, subresource: '', namespace: '', name: '', verb: 'list' };
  if (authorize(client.server.store, user, question).allowed) return undefined;
  const resource = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
  return `${resource} is forbidden: User ${JSON.stringify(user.name)} cannot list resource ${JSON.stringify(kind.plural)} in API group ${JSON.stringify(kind.group)} at the cluster scope`;
}

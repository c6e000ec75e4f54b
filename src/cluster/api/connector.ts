import type { RemoteSession, Tunnel } from '../../world/network/http.ts';
import type { Channel } from '../../world/task.ts';
import type { Stored } from './object.ts';

export interface LogOptions {
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly tailLines?: number;
  readonly limitBytes?: number;
}

export interface ExecOptions {
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/**
 * The API server's way to the kubelets: finds the Pod's node and dials its port 10250. Raises StatusError when the
 * kubelet does not answer or refuses.
 */
export interface Connector {
  logs(pod: Stored, options: LogOptions): Channel<Uint8Array>;
  exec(pod: Stored, options: ExecOptions): RemoteSession;
  attach(pod: Stored, options: ExecOptions): RemoteSession;
  portForward(pod: Stored): Tunnel;
}

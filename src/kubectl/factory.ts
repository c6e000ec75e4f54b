import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import { Client } from './client.ts';
import { discover } from './discovery.ts';
import type { FlagSet } from './flags/index.ts';
import { clientConfig, namespaceOf } from './kubeconfig/client-config.ts';
import { loadingRules, loadKubeconfig } from './kubeconfig/load.ts';
import type { Kubeconfig } from './kubeconfig/model.ts';
import { RestMapper } from './mapper.ts';
import { RequestLog } from './request-log.ts';

/** Makes, once for a command, what it works with: kubeconfig, client, mapper. kubernetes: kubectl/pkg/cmd/util Factory */
export class Factory {
  private kubeconfig: Kubeconfig | undefined;
  private madeClient: Client | undefined;
  private madeMapper: RestMapper | undefined;

  constructor(
    readonly process: Process,
    readonly flags: FlagSet,
  ) {}

  /** The merged kubeconfig. Raises KubectlError. */
  config(): Kubeconfig {
    this.kubeconfig ??= loadKubeconfig(this.process, loadingRules(this.process, this.flags.string('kubeconfig')));
    return this.kubeconfig;
  }

  /** The namespace in force, and whether `-n` named it. Raises ConfigurationError, KubectlError. */
  namespace(): { readonly name: string; readonly enforced: boolean } {
    return namespaceOf(this.config(), this.flags);
  }

  /** Raises ConfigurationError, KubectlError. */
  client(): Client {
    this.madeClient ??= new Client(
      this.process,
      clientConfig(this.process, this.config(), this.flags),
      this.requestLog(),
    );
    return this.madeClient;
  }

  private requestLog(): RequestLog | undefined {
    const verbosity = this.flags.number('v');
    if (verbosity === 0) return undefined;
    const { machine, credentials } = this.process;
    const { paths } = loadingRules(this.process, this.flags.string('kubeconfig'));
    return new RequestLog(
      this.process,
      verbosity,
      paths.filter((path) => machine.files.exists(path, credentials)),
    );
  }

  /** Names of resources, asked from the server once. Raises ConnectionError, StatusError and what `client` raises. */
  *mapper(): Task<RestMapper> {
    this.madeMapper ??= new RestMapper(yield* discover(this.client()));
    return this.madeMapper;
  }
}

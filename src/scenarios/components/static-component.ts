import type { Cluster } from '../../cluster/cluster.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { apiServerProgram, refuseAnonymous, serveHealth, untilStopped } from '../control-plane.ts';
import { FlagError, readFlags } from './flags.ts';
import { klogLine } from './klog.ts';
import { identifyServer, leadAs } from './leader.ts';
import { fileProblem } from './start-files.ts';

// The components of a kubeadm control plane as programs that read their command line, the files that it names, and what they
// find there: a wrong one ends them with the words that real ones end with.

const VERSION = 'v1.36.4';
const GOLANG = '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""';
/** How long the API server tries to reach etcd, and how often it says so, ms. kubernetes: apiserver/pkg/storage/storagebackend/factory */
const ETCD_PATIENCE = 20_000;
const ETCD_RETRY = 2000;
/** How often a component looks whether it can lead, ms. */
const LEASE_RETRY = 4000;

type Severity = 'I' | 'W' | 'E';

/** Writes a line of klog. */
function* log(process: Process, severity: Severity, place: string, text: string): Task {
  yield* process.printError(klogLine(severity, process.now, process.pid, place, text));
}

/** The flags of the command line, or undefined when the component has said why it cannot start. */
function* settingsOf(process: Process, name: string): Task<ReadonlyMap<string, string> | undefined> {
  let flags: ReadonlyMap<string, string>;
  try {
    flags = readFlags(name, process.argv.slice(1));
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    yield* process.printError(`Error: ${error.message}\n`);
    return undefined;
  }
  if (name !== 'kube-apiserver') yield* log(process, 'I', 'serving.go:411', 'Generated self-signed cert in-memory');
  const problem = fileProblem(name, flags, process.machine.files);
  if (problem === undefined) return flags;
  yield* log(process, 'E', 'run.go:72', `"command failed" err=${JSON.stringify(problem)}`);
  return undefined;
}

/** What a real kube-apiserver takes until it answers, ms: components that come up with it do not find it. */
const SERVER_START = 3000;

/** kube-scheduler or kube-controller-manager. `place`: where it says that it starts, in its own source. */
export function leadingProgram(
  cluster: Cluster,
  name: 'kube-controller-manager' | 'kube-scheduler',
  port: number,
  /** `answered`: whether there was an API server when the process came up. */
  start: (answered: boolean) => { readonly stop: () => void },
): Program {
  return {
    name,
    *main(process) {
      const answered = cluster.answersSince(SERVER_START);
      const flags = yield* settingsOf(process, name);
      if (!flags) return 1;
      if (name === 'kube-scheduler') {
        yield* log(process, 'I', 'server.go:178', `"Starting Kubernetes Scheduler" version="${VERSION}"`);
        yield* log(process, 'I', 'server.go:180', GOLANG);
      } else {
        yield* log(process, 'I', 'controllermanager.go:204', `"Starting" version="${VERSION}"`);
        yield* log(process, 'I', 'controllermanager.go:206', GOLANG);
      }
      const bound = Number(flags.get('secure-port') ?? port);
      yield* log(
        process,
        'I',
        'secure_serving.go:214',
        `Serving securely on ${flags.get('bind-address') ?? '[::]'}:${bound}`,
      );
      const close = serveHealth(process, bound, true, {}, refuseAnonymous);
      try {
        const leads = flags.get('leader-elect') !== 'false';
        if (leads) yield* awaitServer(process, cluster, name, flags.get('kubeconfig'));
        const component = start(answered);
        const stopLeading = leads ? leadAs(cluster, process.machine.hostname, name) : () => {};
        if (leads)
          yield* log(process, 'I', 'leaderelection.go:272', `"Successfully acquired lease" lock="kube-system/${name}"`);
        let asked = false;
        try {
          const status = yield* untilStopped(process);
          asked = true;
          return status;
        } finally {
          // kubernetes: cmd/kube-scheduler/app/server.go ReleaseOnCancel
          stopLeading(asked && name === 'kube-scheduler');
          component.stop();
        }
      } finally {
        close();
      }
    },
  };
}

/** Waits until the API server that the kubeconfig names answers: for ever, when it names another than that of the cluster. */
function* awaitServer(process: Process, cluster: Cluster, name: string, kubeconfig: string | undefined): Task {
  yield* log(
    process,
    'I',
    'leaderelection.go:258',
    `"Attempting to acquire leader lease..." lock="kube-system/${name}"`,
  );
  const url = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}?timeout=5s`;
  for (;;) {
    const text = kubeconfig === undefined ? '' : process.machine.files.readText(kubeconfig);
    const server = /^\s*server:\s*(\S+)/m.exec(text)?.[1] ?? `https://${cluster.options.address}`;
    const isOwn = server === `https://${cluster.options.address}`;
    // As the cluster boots, its parts do not wait for each other.
    if (isOwn) return;
    const host = server.replace(/^https?:\/\//, '');
    const why = `Get ${JSON.stringify(server + url)}: dial tcp ${host}: connect: connection refused`;
    yield* log(
      process,
      'E',
      'leaderelection.go:461',
      `"Error retrieving lease lock" err=${JSON.stringify(why)} lock="kube-system/${name}"`,
    );
    yield* wait(process.timer(LEASE_RETRY));
  }
}

/** kube-apiserver. */
export function checkedApiServer(cluster: Cluster): Program {
  const { name, main } = apiServerProgram(cluster);
  return {
    name,
    *main(process) {
      const flags = yield* settingsOf(process, name);
      if (!flags) return 1;
      const address = flags.get('advertise-address') ?? cluster.options.address.split(':')[0] ?? '';
      yield* log(process, 'I', 'options.go:263', `external host was not specified, using ${address}`);
      yield* log(process, 'I', 'server.go:150', `Version: ${VERSION}`);
      yield* log(process, 'I', 'server.go:152', GOLANG);
      const problem = yield* etcdProblem(process, flags.get('etcd-servers') ?? '');
      if (problem !== undefined) {
        yield* log(process, 'E', 'run.go:72', `"command failed" err=${JSON.stringify(problem)}`);
        return 1;
      }
      yield* log(
        process,
        'I',
        'secure_serving.go:214',
        `Serving securely on [::]:${flags.get('secure-port') ?? '6443'}`,
      );
      const release = identifyServer(cluster, process.machine.hostname);
      try {
        return yield* main(process);
      } finally {
        release();
      }
    },
  };
}

/** Where etcd listens for clients as kubeadm sets it up. */
const ETCD_PORT = '2379';

/** Looks for an etcd where there is none, until it gives up. */
function* etcdProblem(process: Process, servers: string): Task<string | undefined> {
  const [, host = '', port = ''] = /^https?:\/\/([^:/]+):(\d+)/.exec(servers.split(',')[0] ?? '') ?? [];
  if (port === ETCD_PORT || port === '') return undefined;
  const place = `${host}:${port}`;
  const dial = `transport: Error while dialing: dial tcp ${place}: connect: connection refused`;
  const end = process.now + ETCD_PATIENCE;
  for (let channel = 1; process.now < end; channel += 4) {
    yield* log(
      process,
      'W',
      'logging.go:55',
      `[core] [Channel #${channel} SubChannel #${channel + 2}] grpc: addrConn.createTransport failed to connect to {Addr: "${place}", ServerName: "${place}", }. Err: connection error: desc = ${JSON.stringify(dial)}`,
    );
    yield* wait(process.timer(ETCD_RETRY));
  }
  return 'error creating storage factory: context deadline exceeded';
}

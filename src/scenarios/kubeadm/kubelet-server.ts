import { parse } from 'yaml';
import { isRecord } from '../../cluster/api/object.ts';
import { jsonResponse } from '../../cluster/api/response.ts';
import { type HttpRequest, type HttpResponse, queryValue, textResponse } from '../../world/network/http.ts';
import type { Listener } from '../../world/network/namespace.ts';
import type { CertificateAuthority } from '../../world/pki/certificate.ts';
import type { Process } from '../../world/process.ts';
import { type Task, wait } from '../../world/task.ts';

/** What a KubeletConfiguration that says nothing becomes. kubernetes: pkg/kubelet/apis/config/v1beta1/defaults.go */
const DEFAULTS = `kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
enableServer: true
podLogsDir: /var/log/pods
syncFrequency: 1m0s
fileCheckFrequency: 20s
httpCheckFrequency: 20s
address: 0.0.0.0
port: 10250
tlsCertFile: /var/lib/kubelet/pki/kubelet.crt
tlsPrivateKeyFile: /var/lib/kubelet/pki/kubelet.key
rotateCertificates: false
authentication: {x509: {}, webhook: {enabled: true, cacheTTL: 2m0s}, anonymous: {enabled: false}}
authorization: {mode: Webhook, webhook: {cacheAuthorizedTTL: 5m0s, cacheUnauthorizedTTL: 30s}}
registryPullQPS: 5
registryBurst: 10
imagePullCredentialsVerificationPolicy: NeverVerifyPreloadedImages
eventRecordQPS: 50
eventBurst: 100
enableDebuggingHandlers: true
healthzPort: 10248
healthzBindAddress: 127.0.0.1
oomScoreAdj: -999
streamingConnectionIdleTimeout: 4h0m0s
nodeStatusUpdateFrequency: 10s
nodeStatusReportFrequency: 5m0s
nodeLeaseDurationSeconds: 40
imageMinimumGCAge: 2m0s
imageMaximumGCAge: 0s
imageGCHighThresholdPercent: 85
imageGCLowThresholdPercent: 80
volumeStatsAggPeriod: 1m0s
cgroupsPerQOS: true
cgroupDriver: cgroupfs
cpuManagerPolicy: none
cpuManagerReconcilePeriod: 10s
memoryManagerPolicy: None
topologyManagerPolicy: none
topologyManagerScope: container
runtimeRequestTimeout: 2m0s
hairpinMode: promiscuous-bridge
maxPods: 110
podPidsLimit: -1
resolvConf: /etc/resolv.conf
cpuCFSQuota: true
cpuCFSQuotaPeriod: 100ms
nodeStatusMaxImages: 50
maxOpenFiles: 1000000
contentType: application/vnd.kubernetes.protobuf
kubeAPIQPS: 50
kubeAPIBurst: 100
serializeImagePulls: true
evictionHard: {imagefs.available: 15%, imagefs.inodesFree: 5%, memory.available: 100Mi, nodefs.available: 10%, nodefs.inodesFree: 5%}
evictionPressureTransitionPeriod: 5m0s
mergeDefaultEvictionSettings: false
enableControllerAttachDetach: true
makeIPTablesUtilChains: true
iptablesMasqueradeBit: 14
iptablesDropBit: 15
failSwapOn: true
memorySwap: {}
containerLogMaxSize: 10Mi
containerLogMaxFiles: 5
containerLogMaxWorkers: 1
containerLogMonitorInterval: 10s
configMapAndSecretChangeDetectionStrategy: Watch
enforceNodeAllocatable: [pods]
volumePluginDir: /usr/libexec/kubernetes/kubelet-plugins/volume/exec/
logging: {format: text, flushFrequency: 5s, verbosity: 0, options: {text: {infoBufferSize: "0"}, json: {infoBufferSize: "0"}}}
enableSystemLogHandler: true
enableSystemLogQuery: false
shutdownGracePeriod: 0s
shutdownGracePeriodCriticalPods: 0s
crashLoopBackOff: {maxContainerRestartPeriod: 5m0s}
enableProfilingHandler: true
enableDebugFlagsHandler: true
seccompDefault: false
memoryThrottlingFactor: 0.9
memoryReservationPolicy: None
registerNode: true
localStorageCapacityIsolation: true
containerRuntimeEndpoint: ""
failCgroupV1: true
`;

/** What the pages of a kubelet show. */
export interface KubeletPages {
  readonly pods: () => readonly unknown[];
  /** Signs the certificates of those who may ask. */
  readonly authority: CertificateAuthority;
  readonly socket: string;
}

/** The ports of a kubelet: 10250 for the API server and 10248 for its own node. Returns how to close them. kubernetes: pkg/kubelet/server/server.go */
export function serveKubelet(process: Process, pages: KubeletPages): () => void {
  const { network, files } = process.machine;
  const path = '/var/lib/kubelet/config.yaml';
  const given = files.exists(path) ? files.readText(path) : '';
  const listeners: Listener[] = [
    {
      protocol: 'tcp',
      address: '::',
      port: 10250,
      owner: process,
      tls: { names: [process.machine.hostname] },
      *http(request: HttpRequest): Task<HttpResponse> {
        yield* wait(process.timer(1));
        const certificate = request.tls?.clientCertificate;
        if (certificate === undefined || pages.authority.verify(certificate) !== 'valid')
          return textResponse(401, 'Unauthorized');
        return answer(request, given, pages);
      },
    },
    {
      protocol: 'tcp',
      address: '127.0.0.1',
      port: 10248,
      owner: process,
      *http({ path: asked }: HttpRequest): Task<HttpResponse> {
        yield* wait(process.timer(1));
        return asked === '/healthz' ? textResponse(200, 'ok') : textResponse(404, '404 page not found\n');
      },
    },
  ];
  const open = listeners.filter((listener) => network.listen(listener));
  return () => {
    for (const listener of open) network.close(listener);
  };
}

const CHECKS = ['ping', 'log', 'syncloop', 'device-plugin'];

function answer(request: HttpRequest, given: string, pages: KubeletPages): HttpResponse {
  const { path } = request;
  if (path === '/healthz' || path.startsWith('/healthz/')) {
    const one = path.slice('/healthz/'.length);
    if (one !== '') return CHECKS.includes(one) ? textResponse(200, 'ok') : notFound();
    if (queryValue(request, 'verbose') === undefined) return textResponse(200, 'ok');
    return textResponse(200, `${CHECKS.map((check) => `[+]${check} ok\n`).join('')}healthz check passed\n`);
  }
  if (path === '/pods' || path === '/pods/')
    return jsonResponse(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pages.pods() });
  if (path === '/configz') return jsonResponse(200, { kubeletconfig: configuration(given, pages.socket) });
  if (/^\/(metrics|stats|logs|runningpods|containerLogs|exec|run|debug)(\/|$)/.test(path))
    return textResponse(501, `kubetutor does not model this page of the kubelet\n`);
  return notFound();
}

const notFound = () => textResponse(404, '404 page not found\n');

/** The kubelet's configuration: its defaults, and what the file says. */
function configuration(given: string, socket: string): unknown {
  let file: unknown;
  try {
    file = parse(given);
  } catch {
    file = undefined;
  }
  const merged = merge(parse(DEFAULTS), isRecord(file) ? file : {});
  return { ...(isRecord(merged) ? merged : {}), containerRuntimeEndpoint: `unix://${socket}` };
}

/** What is given of these is all there is. kubernetes: KubeletConfiguration.mergeDefaultEvictionSettings */
const WHOLE = new Set(['evictionHard']);

/** Nothing given (`0s`, 0) leaves the default. */
function merge(defaults: unknown, given: unknown): unknown {
  if (given === '0s' || given === 0 || given === '' || given === undefined || given === null) return defaults;
  if (!isRecord(defaults) || !isRecord(given)) return given;
  const merged: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(given))
    merged[name] = WHOLE.has(name) ? value : (merge(defaults[name], value) ?? value);
  return merged;
}

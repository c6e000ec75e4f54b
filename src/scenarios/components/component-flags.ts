/** Flags of the components as their `--help` of v1.36.4 lists them: a name, and what it takes when that is read (i: integer, f: number, b: yes or no, d: duration). */
export const COMPONENT_FLAGS: Readonly<Record<string, string>> = {
  'kube-apiserver': `admission-control admission-control-config-file advertise-address aggregator-reject-forwarding-redirect:b
allow-metric-labels allow-metric-labels-manifest allow-privileged:b anonymous-auth:b api-audiences
audit-log-batch-buffer-size:i audit-log-batch-max-size:i audit-log-batch-max-wait:d audit-log-batch-throttle-burst:i
audit-log-batch-throttle-enable:b audit-log-batch-throttle-qps:f audit-log-compress:b audit-log-format
audit-log-maxage:i audit-log-maxbackup:i audit-log-maxsize:i audit-log-mode audit-log-path
audit-log-truncate-enabled:b audit-log-truncate-max-batch-size:i audit-log-truncate-max-event-size:i audit-log-version
audit-policy-file audit-webhook-batch-buffer-size:i audit-webhook-batch-max-size:i audit-webhook-batch-max-wait:d
audit-webhook-batch-throttle-burst:i audit-webhook-batch-throttle-enable:b audit-webhook-batch-throttle-qps:f
audit-webhook-config-file audit-webhook-initial-backoff:d audit-webhook-mode audit-webhook-truncate-enabled:b
audit-webhook-truncate-max-batch-size:i audit-webhook-truncate-max-event-size:i audit-webhook-version
authentication-config authentication-token-webhook-cache-ttl:d authentication-token-webhook-config-file
authentication-token-webhook-version authorization-config authorization-mode authorization-policy-file
authorization-webhook-cache-authorized-ttl:d authorization-webhook-cache-unauthorized-ttl:d
authorization-webhook-config-file authorization-webhook-version bind-address cert-dir client-ca-file
contention-profiling:b coordinated-leadership-lease-duration:d coordinated-leadership-renew-deadline:d
coordinated-leadership-retry-period:d cors-allowed-origins debug-socket-path default-not-ready-toleration-seconds:i
default-unreachable-toleration-seconds:i delete-collection-workers:i disable-admission-plugins disable-http2-serving:b
disabled-metrics egress-selector-config-file emulated-version emulation-forward-compatible:b enable-admission-plugins
enable-aggregator-routing:b enable-bootstrap-token-auth:b enable-garbage-collector:b enable-logs-handler:b
enable-priority-and-fairness:b encryption-provider-config encryption-provider-config-automatic-reload:b
endpoint-reconciler-type etcd-cafile etcd-certfile etcd-compaction-interval:d etcd-count-metric-poll-period:d
etcd-db-metric-poll-interval:d etcd-healthcheck-timeout:d etcd-keyfile etcd-prefix etcd-readycheck-timeout:d
etcd-servers etcd-servers-overrides event-ttl:d external-hostname feature-gates goaway-chance:f help:b
http2-max-streams-per-connection:i kubelet-certificate-authority kubelet-client-certificate kubelet-client-key
kubelet-preferred-address-types kubelet-timeout:d kubernetes-service-node-port:i lease-reuse-duration-seconds:i
livez-grace-period:d log-flush-frequency:d log-json-info-buffer-size log-json-split-stream:b log-text-info-buffer-size
log-text-split-stream:b logging-format max-connection-bytes-per-sec:i max-mutating-requests-inflight:i
max-requests-inflight:i min-compatibility-version min-request-timeout:i oidc-ca-file oidc-client-id oidc-groups-claim
oidc-groups-prefix oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix
peer-advertise-ip peer-advertise-port peer-ca-file permit-address-sharing:b permit-port-sharing:b profiling:b
proxy-client-cert-file proxy-client-key-file request-timeout:d requestheader-allowed-names
requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers
requestheader-username-headers runtime-config runtime-config-emulation-forward-compatible:b secure-port:i
service-account-extend-token-expiration:b service-account-issuer service-account-jwks-uri service-account-key-file
service-account-lookup:b service-account-max-token-expiration:d service-account-signing-endpoint
service-account-signing-key-file service-cluster-ip-range service-node-port-range show-hidden-metrics-for-version
shutdown-delay-duration:d shutdown-send-retry-after:b shutdown-watch-termination-grace-period:d storage-backend
storage-initialization-timeout:d storage-media-type strict-transport-security-directives tls-cert-file
tls-cipher-suites tls-curve-preferences tls-min-version tls-private-key-file tls-sni-cert-key token-auth-file
tracing-config-file v version vmodule watch-cache:b watch-cache-sizes`,
  'kube-controller-manager': `allocate-node-cidrs:b allow-metric-labels allow-metric-labels-manifest attach-detach-reconcile-sync-period:d
authentication-kubeconfig authentication-skip-lookup:b authentication-token-webhook-cache-ttl:d
authentication-tolerate-lookup-failure:b authorization-always-allow-paths authorization-kubeconfig
authorization-webhook-cache-authorized-ttl:d authorization-webhook-cache-unauthorized-ttl:d bind-address cert-dir
cidr-allocator-type client-ca-file cloud-config cloud-provider cluster-cidr cluster-name cluster-signing-cert-file
cluster-signing-duration:d cluster-signing-key-file cluster-signing-kube-apiserver-client-cert-file
cluster-signing-kube-apiserver-client-key-file cluster-signing-kubelet-client-cert-file
cluster-signing-kubelet-client-key-file cluster-signing-kubelet-serving-cert-file
cluster-signing-kubelet-serving-key-file cluster-signing-legacy-unknown-cert-file
cluster-signing-legacy-unknown-key-file concurrent-cron-job-syncs:i concurrent-daemonset-syncs:i
concurrent-deployment-syncs:i concurrent-device-taint-eviction-syncs:i concurrent-endpoint-syncs:i
concurrent-ephemeralvolume-syncs:i concurrent-gc-syncs:i concurrent-horizontal-pod-autoscaler-syncs:i
concurrent-job-syncs:i concurrent-namespace-syncs:i concurrent-rc-syncs:i concurrent-replicaset-syncs:i
concurrent-resource-quota-syncs:i concurrent-resourceclaim-syncs:i concurrent-service-endpoint-syncs:i
concurrent-service-syncs:i concurrent-serviceaccount-token-syncs:i concurrent-statefulset-syncs:i
concurrent-ttl-after-finished-syncs:i concurrent-validating-admission-policy-status-syncs:i configure-cloud-routes:b
contention-profiling:b controller-shutdown-timeout:d controller-start-interval:d controllers
disable-attach-detach-reconcile-sync:b disable-force-detach-on-timeout:b disable-http2-serving:b disabled-metrics
emulated-version enable-dynamic-provisioning:b enable-garbage-collector:b enable-hostpath-provisioner:b
enable-leader-migration:b endpoint-updates-batch-period:d endpointslice-updates-batch-period:d
external-cloud-volume-plugin feature-gates flex-volume-plugin-dir help:b
horizontal-pod-autoscaler-cpu-initialization-period:d horizontal-pod-autoscaler-downscale-stabilization:d
horizontal-pod-autoscaler-initial-readiness-delay:d horizontal-pod-autoscaler-sync-period:d
horizontal-pod-autoscaler-tolerance:f http2-max-streams-per-connection:i kube-api-burst:i kube-api-content-type
kube-api-qps:f kubeconfig large-cluster-size-threshold:i leader-elect:b leader-elect-lease-duration:d
leader-elect-renew-deadline:d leader-elect-resource-lock leader-elect-resource-name leader-elect-resource-namespace
leader-elect-retry-period:d leader-migration-config legacy-service-account-token-clean-up-period:d
log-flush-frequency:d log-json-info-buffer-size log-json-split-stream:b log-text-info-buffer-size
log-text-split-stream:b logging-format master max-endpoints-per-slice:i min-compatibility-version min-resync-period:d
mirroring-concurrent-service-endpoint-syncs:i mirroring-endpointslice-updates-batch-period:d
mirroring-max-endpoints-per-subset:i namespace-sync-period:d node-cidr-mask-size:i node-cidr-mask-size-ipv4:i
node-cidr-mask-size-ipv6:i node-eviction-rate:f node-monitor-grace-period:d node-monitor-period:d
node-startup-grace-period:d permit-address-sharing:b permit-port-sharing:b profiling:b
pv-recycler-increment-timeout-nfs:i pv-recycler-minimum-timeout-hostpath:i pv-recycler-minimum-timeout-nfs:i
pv-recycler-pod-template-filepath-hostpath pv-recycler-pod-template-filepath-nfs
pv-recycler-timeout-increment-hostpath:i pvclaimbinder-sync-period:d requestheader-allowed-names
requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers
requestheader-username-headers resource-quota-sync-period:d root-ca-file route-reconciliation-period:d
secondary-node-eviction-rate:f secure-port:i service-account-private-key-file service-cluster-ip-range
show-hidden-metrics-for-version terminated-pod-gc-threshold:i tls-cert-file tls-cipher-suites tls-curve-preferences
tls-min-version tls-private-key-file tls-sni-cert-key unhealthy-zone-threshold:f use-service-account-credentials:b v
version vmodule`,
  'kube-scheduler': `allow-metric-labels allow-metric-labels-manifest authentication-kubeconfig authentication-skip-lookup:b
authentication-token-webhook-cache-ttl:d authentication-tolerate-lookup-failure:b authorization-always-allow-paths
authorization-kubeconfig authorization-webhook-cache-authorized-ttl:d authorization-webhook-cache-unauthorized-ttl:d
bind-address cert-dir client-ca-file config contention-profiling:b disable-http2-serving:b disabled-metrics
emulated-version feature-gates help:b http2-max-streams-per-connection:i kube-api-burst:i kube-api-content-type
kube-api-qps:f kubeconfig leader-elect:b leader-elect-lease-duration:d leader-elect-renew-deadline:d
leader-elect-resource-lock leader-elect-resource-name leader-elect-resource-namespace leader-elect-retry-period:d
log-flush-frequency:d log-json-info-buffer-size log-json-split-stream:b log-text-info-buffer-size
log-text-split-stream:b logging-format master min-compatibility-version permit-address-sharing:b permit-port-sharing:b
pod-max-in-unschedulable-pods-duration:d profiling:b requestheader-allowed-names requestheader-client-ca-file
requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers
requestheader-username-headers secure-port:i show-hidden-metrics-for-version tls-cert-file tls-cipher-suites
tls-curve-preferences tls-min-version tls-private-key-file tls-sni-cert-key v version vmodule write-config-to`,
  kubelet: `address allowed-unsafe-sysctls anonymous-auth:b application-metrics-count-limit:i authentication-token-webhook:b
authentication-token-webhook-cache-ttl:d authorization-mode authorization-webhook-cache-authorized-ttl:d
authorization-webhook-cache-unauthorized-ttl:d boot-id-file bootstrap-kubeconfig cert-dir cgroup-driver cgroup-root
cgroups-per-qos:b client-ca-file cloud-provider cluster-dns cluster-domain config config-dir container-hints
container-log-max-files:i container-log-max-size container-runtime-endpoint containerd containerd-namespace
contention-profiling:b cpu-cfs-quota:b cpu-cfs-quota-period:d cpu-manager-policy cpu-manager-policy-options
cpu-manager-reconcile-period:d enable-controller-attach-detach:b enable-debugging-handlers:b enable-load-reader:b
enable-server:b enforce-node-allocatable event-burst:i event-qps:i event-storage-age-limit event-storage-event-limit
eviction-hard eviction-max-pod-grace-period:i eviction-minimum-reclaim eviction-pressure-transition-period:d
eviction-soft eviction-soft-grace-period exit-on-lock-contention:b experimental-allocatable-ignore-eviction:b
experimental-mounter-path fail-cgroupv1:b fail-swap-on:b feature-gates file-check-frequency:d
global-housekeeping-interval:d hairpin-mode healthz-bind-address healthz-port:i help:b hostname-override
housekeeping-interval:d http-check-frequency:d image-credential-provider-bin-dir image-credential-provider-config
image-gc-high-threshold:i image-gc-low-threshold:i image-service-endpoint kernel-memcg-notification:b kube-api-burst:i
kube-api-content-type kube-api-qps:i kube-reserved kube-reserved-cgroup kubeconfig kubelet-cgroups
local-storage-capacity-isolation:b lock-file log-cadvisor-usage:b log-flush-frequency:d log-json-info-buffer-size
log-json-split-stream:b log-text-info-buffer-size log-text-split-stream:b logging-format machine-id-file
make-iptables-util-chains:b manifest-url manifest-url-header max-open-files:i max-pods:i maximum-dead-containers:i
maximum-dead-containers-per-container:i memory-manager-policy minimum-container-ttl-duration:d
minimum-image-ttl-duration:d node-ip node-labels node-status-max-images:i node-status-update-frequency:d
oom-score-adj:i pod-cidr pod-manifest-path pod-max-pids:i pods-per-core:i port:i protect-kernel-defaults:b provider-id
qos-reserved read-only-port:i register-node:b register-with-taints registry-burst:i registry-qps:i reserved-cpus
reserved-memory resolv-conf root-dir rotate-certificates:b rotate-server-certificates:b runonce:b runtime-cgroups
runtime-request-timeout:d seccomp-default serialize-image-pulls:b storage-driver-buffer-duration:d storage-driver-db
storage-driver-host storage-driver-password storage-driver-secure:b storage-driver-table storage-driver-user
streaming-connection-idle-timeout:d sync-frequency:d system-cgroups system-reserved system-reserved-cgroup
tls-cert-file tls-cipher-suites tls-min-version tls-private-key-file topology-manager-policy
topology-manager-policy-options topology-manager-scope v version vmodule volume-plugin-dir volume-stats-agg-period:d`,
};

import { bool, duration, type Flag, flagOfType, string, stringArray } from './flags/index.ts';

/** The flags that every command takes: `kubectl options`. kubernetes: cli-runtime/pkg/genericclioptions/config_flags.go */
export function globalFlags(home: string): readonly Flag[] {
  return [
    string(
      'as',
      '',
      'Username to impersonate for the operation. User could be a regular user or a service account in a namespace.',
    ),
    stringArray(
      'as-group',
      'Group to impersonate for the operation, this flag can be repeated to specify multiple groups.',
    ),
    string('as-uid', '', 'UID to impersonate for the operation.'),
    stringArray(
      'as-user-extra',
      'User extras to impersonate for the operation, this flag can be repeated to specify multiple values for the same key.',
    ),
    string('cache-dir', `${home}/.kube/cache`, 'Default cache directory'),
    string('certificate-authority', '', 'Path to a cert file for the certificate authority'),
    string('client-certificate', '', 'Path to a client certificate file for TLS'),
    string('client-key', '', 'Path to a client key file for TLS'),
    string('cluster', '', 'The name of the kubeconfig cluster to use'),
    string('context', '', 'The name of the kubeconfig context to use'),
    bool('disable-compression', false, 'If true, opt-out of response compression for all requests to the server'),
    bool(
      'insecure-skip-tls-verify',
      false,
      "If true, the server's certificate will not be checked for validity. This will make your HTTPS connections insecure",
    ),
    string('kubeconfig', '', 'Path to the kubeconfig file to use for CLI requests.'),
    string(
      'kuberc',
      '',
      'Path to the kuberc file to use for preferences. This can be disabled by exporting KUBECTL_KUBERC=false feature gate or turning off the feature KUBERC=off.',
    ),
    duration('log-flush-frequency', 5000, 'Maximum number of seconds between log flushes'),
    bool('match-server-version', false, 'Require server version to match client version'),
    string('namespace', '', 'If present, the namespace scope for this CLI request', { shorthand: 'n' }),
    string('password', '', 'Password for basic authentication to the API server'),
    string(
      'profile',
      'none',
      'Name of profile to capture. One of (none|cpu|heap|goroutine|threadcreate|block|mutex|trace)',
    ),
    string('profile-output', 'profile.pprof', 'Name of the file to write the profile to'),
    string(
      'request-timeout',
      '0',
      "The length of time to wait before giving up on a single server request. Non-zero values should contain a corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests.",
    ),
    string('server', '', 'The address and port of the Kubernetes API server', { shorthand: 's' }),
    string(
      'tls-server-name',
      '',
      'Server name to use for server certificate validation. If it is not provided, the hostname used to contact the server is used',
    ),
    string('token', '', 'Bearer token for authentication to the API server'),
    string('user', '', 'The name of the kubeconfig user to use'),
    string('username', '', 'Username for basic authentication to the API server'),
    flagOfType('int32', 'v', 0, 'number for the log level verbosity', { shorthand: 'v' }),
    flagOfType(
      'text',
      'version',
      'false',
      '--version, --version=raw prints version information and quits; --version=vX.Y.Z... sets the reported version',
      { noOptDefVal: 'true' },
    ),
    flagOfType(
      'text',
      'vmodule',
      '',
      'comma-separated list of pattern=N settings for file-filtered logging (only works for the default text log format)',
    ),
    bool(
      'warnings-as-errors',
      false,
      'Treat warnings received from the server as errors and exit with a non-zero exit code',
    ),
  ];
}

/** `-h`, which every command has and no list shows. */
export const helpFlag: Flag = bool('help', false, '', { shorthand: 'h', hidden: true });

/** What etcdctl's help lists. etcd: etcdctl/ctlv3/ctl.go */
export const GROUPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  alarm: {
    disarm: 'Disarms all alarms',
    list: 'Lists all alarms',
  },
  auth: {
    disable: 'Disables authentication',
    enable: 'Enables authentication',
    status: 'Returns authentication status',
  },
  check: {
    datascale: 'Check the memory usage of holding data for different workloads on a given server endpoint.',
    perf: 'Check the performance of the etcd cluster',
  },
  downgrade: {
    cancel: 'Cancel the ongoing downgrade action to cluster',
    enable: 'Start a downgrade action to cluster',
    validate: 'Validate downgrade capability before starting downgrade',
  },
  endpoint: {
    hashkv: 'Prints the KV history hash for each endpoint in --endpoints',
    health: 'Checks the healthiness of endpoints specified in `--endpoints` flag',
    status: 'Prints out the status of endpoints specified in `--endpoints` flag',
  },
  lease: {
    grant: 'Creates leases',
    'keep-alive': 'Keeps leases alive (renew)',
    list: 'List all active leases',
    revoke: 'Revokes leases',
    timetolive: 'Get lease information',
  },
  member: {
    add: 'Adds a member into the cluster',
    list: 'Lists all members in the cluster',
    promote: 'Promotes a non-voting member in the cluster',
    remove: 'Removes a member from the cluster',
    update: 'Updates a member in the cluster',
  },
  role: {
    add: 'Adds a new role',
    delete: 'Deletes a role',
    get: 'Gets detailed information of a role',
    'grant-permission': 'Grants a key to a role',
    list: 'Lists all roles',
    'revoke-permission': 'Revokes a key from a role',
  },
  snapshot: {
    save: 'Stores an etcd node backend snapshot to a given file',
  },
  user: {
    add: 'Adds a new user',
    delete: 'Deletes a user',
    get: 'Gets detailed information of a user',
    'grant-role': 'Grants a role to a user',
    list: 'Lists all users',
    passwd: 'Changes password of user',
    'revoke-role': 'Revokes a role from a user',
  },
};

const SINGLE: Readonly<Record<string, string>> = {
  compaction: 'Compacts the event history in etcd',
  completion: 'Generate completion script',
  defrag: 'Defragments the storage of the etcd members with given endpoints',
  del: 'Removes the specified key or range of keys [key, range_end)',
  elect: 'Observes and participates in leader election',
  get: 'Gets the key or a range of keys',
  help: 'Help about any command',
  lock: 'Acquires a named lock',
  'make-mirror': 'Makes a mirror at the destination etcd cluster',
  'move-leader': 'Transfers leadership to another etcd cluster member.',
  put: 'Puts the given key into the store',
  txn: 'Txn processes all the requests in one transaction',
  version: 'Prints the version of etcdctl',
  watch: 'Watches events stream on keys or prefixes',
};

const ABOUT: Readonly<Record<string, string>> = {
  member: 'Membership related commands',
  snapshot: 'Manages etcd node snapshots',
  endpoint: 'Endpoint related commands',
  alarm: 'Alarm related commands',
  lease: 'Lease related commands',
  user: 'User related commands',
  role: 'Role related commands',
  auth: 'Enable or disable authentication',
  check: 'commands for checking properties of the etcd cluster',
  downgrade: 'Downgrade related commands',
};

const GLOBAL = `GLOBAL OPTIONS:
      --cacert=""				verify certificates of TLS-enabled secure servers using this CA bundle
      --cert=""					identify secure client using this TLS certificate file
      --command-timeout=5s			timeout for short running command (excluding dial timeout)
      --debug[=false]				enable client-side debug logging
      --dial-timeout=2s				dial timeout for client connections
  -d, --discovery-srv=""			domain name to query for SRV records describing cluster endpoints
      --discovery-srv-name=""			service name to query when using DNS discovery
      --endpoints=[127.0.0.1:2379]		gRPC endpoints
      --hex[=false]				print byte strings as hex encoded strings
      --insecure-discovery[=true]		accept insecure SRV records describing cluster endpoints
      --insecure-skip-tls-verify[=false]	skip server certificate verification (CAUTION: this option should be enabled only for testing purposes)
      --insecure-transport[=true]		disable transport security for client connections
      --keepalive-time=2s			keepalive time for client connections
      --keepalive-timeout=6s			keepalive timeout for client connections
      --key=""					identify secure client using this TLS key file
      --max-recv-bytes=0			client-side response receive limit in bytes (if 0, it defaults to "math.MaxInt32")
      --max-request-bytes=0			client-side request send limit in bytes (if 0, it defaults to 2.0 MiB (2 * 1024 * 1024).)
      --password=""				password for authentication (if this option is used, --user option shouldn't include password)
      --user=""					username[:password] for authentication (prompt if password is not supplied)
  -w, --write-out="simple"			set the output format (fields, json, protobuf, simple, table)

`;

/** The text of `etcdctl WORDS --help`. */
export function etcdctlUsage(words: readonly string[]): string {
  const [first, second] = words;
  if (first === undefined) {
    const all = [
      ...Object.entries(SINGLE),
      ...Object.entries(GROUPS).flatMap(([group, below]) =>
        Object.entries(below).map(([name, about]): [string, string] => [`${group} ${name}`, about]),
      ),
    ].sort(([a], [b]) => (a < b ? -1 : 1));
    return `NAME:\n  etcdctl - A simple command line client for etcd3.\n\nUSAGE:\n  etcdctl [flags]\n\nVERSION:\n  3.6.8\n\nAPI VERSION:\n  3.6\n\nCOMMANDS:\n${all.map(([name, about]) => `  ${name.padEnd(24)}${about}\n`).join('')}\nOPTIONS:\n  -h, --help[=false]\thelp for etcdctl\n\n${GLOBAL}`;
  }
  const group = GROUPS[first];
  if (group && second === undefined)
    return `NAME:\n  ${first} - ${ABOUT[first] ?? ''}\n\nUSAGE:\n  etcdctl ${first} <subcommand> [flags]\n\nAPI VERSION:\n  3.6\n\nCOMMANDS:\n${Object.entries(
      group,
    )
      .map(([name, about]) => `  ${name}\t${about}\n`)
      .join('')}\nOPTIONS:\n  -h, --help[=false]\thelp for ${first}\n\n${GLOBAL}`;
  const about = group?.[second ?? ''] ?? SINGLE[first] ?? '';
  const name = words.join(' ');
  const operands =
    name === 'snapshot save' ? ' <filename>' : name === 'get' || name === 'del' ? ' [options] <key> [range_end]' : '';
  return `NAME:\n  ${name} - ${about}\n\nUSAGE:\n  etcdctl ${name}${operands} [flags]\n\nOPTIONS:\n  -h, --help[=false]\thelp for ${words.at(-1)}\n\n${GLOBAL}`;
}

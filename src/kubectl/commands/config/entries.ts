import type { Json } from '../../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../../world/errno.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { goErrno, readBytes, resolvePath } from '../../files.ts';
import { flagOfType, string, stringArray, stringSlice } from '../../flags/index.ts';
import { encodeBase64 } from '../../kubeconfig/base64.ts';
import { pluginChanges } from './credentials-plugin.ts';
import { ConfigAccess, changed, helpError, withEntry } from './shared.ts';

const tristate = (name: string, usage: string) => flagOfType('tristate', name, false, usage, { noOptDefVal: 'true' });

/** The content of a file for a `-data` field. Raises KubectlError. */
function embedded(invocation: Invocation, flag: string): string {
  const path = invocation.flags.string(flag);
  try {
    return encodeBase64(readBytes(invocation.process, path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new KubectlError(`could not stat ${flag} file ${path}: ${goErrno('stat', path, error)}`);
  }
}

/** The changes of a flag that names a file: its path, or its content. */
function fileChanges(invocation: Invocation, access: ConfigAccess, flag: string, embed: boolean): Record<string, Json> {
  const path = invocation.flags.string(flag);
  if (!invocation.flags.changed(flag)) return {};
  if (path === '') return { [flag]: '', [`${flag}-data`]: '' };
  if (embed) return { [`${flag}-data`]: embedded(invocation, flag), [flag]: '' };
  return { [flag]: relative(invocation, access, path), [`${flag}-data`]: '' };
}

/** Paths are kept relative to the kubeconfig's own directory where they lie below it. */
function relative(invocation: Invocation, access: ConfigAccess, path: string): string {
  const full = resolvePath(invocation.process, path);
  const file = resolvePath(invocation.process, access.file);
  const directory = file.slice(0, file.lastIndexOf('/') + 1);
  return full.startsWith(directory) ? full.slice(directory.length) : full;
}

export const setCluster: Command = {
  name: 'set-cluster',
  use: 'set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  short: 'Set a cluster entry in kubeconfig',
  long: 'Set a cluster entry in kubeconfig.\n\n Fields that are not named stay as they are.',
  examples: `# Where a cluster is
kubectl config set-cluster lab --server=https://192.168.64.10:6443

# With the content of its certificate authority's file
kubectl config set-cluster lab --embed-certs --certificate-authority=ca.crt`,
  flags: [
    string('certificate-authority', '', 'Path to certificate-authority file for the cluster entry in kubeconfig'),
    tristate('embed-certs', 'embed-certs for the cluster entry in kubeconfig'),
    tristate('insecure-skip-tls-verify', 'insecure-skip-tls-verify for the cluster entry in kubeconfig'),
    string('proxy-url', '', 'proxy-url for the cluster entry in kubeconfig'),
    string('server', '', 'server for the cluster entry in kubeconfig'),
    string('tls-server-name', '', 'tls-server-name for the cluster entry in kubeconfig'),
  ],
  *run(invocation) {
    const { args, flags, process } = invocation;
    const [name] = args;
    if (args.length !== 1 || name === undefined)
      return yield* helpError(invocation, `Unexpected args: [${args.join(' ')}]`);
    if (name === '') throw new KubectlError('you must specify a non-empty cluster name');
    const insecure = flags.bool('insecure-skip-tls-verify');
    const authority = flags.string('certificate-authority');
    if (insecure && authority !== '')
      throw new KubectlError('you cannot specify a certificate authority and insecure mode at the same time');
    if (flags.bool('embed-certs') && authority === '')
      throw new KubectlError('you must specify a --certificate-authority to embed');
    const access = new ConfigAccess(invocation);
    const changes: Record<string, Json> = {};
    for (const field of ['server', 'tls-server-name', 'proxy-url'])
      if (flags.changed(field)) changes[field] = flags.string(field);
    // Each call sets the mode anew, with the flag or without it.
    changes['insecure-skip-tls-verify'] = insecure ? true : '';
    if (insecure) Object.assign(changes, { 'certificate-authority': '', 'certificate-authority-data': '' });
    Object.assign(changes, fileChanges(invocation, access, 'certificate-authority', flags.bool('embed-certs')));
    const old = access.config.clusters.get(name)?.fields ?? {};
    access.write(withEntry(access.config, 'clusters', name, changed(old, changes)));
    yield* process.print(`Cluster ${JSON.stringify(name)} set.\n`);
  },
};

export const setCredentials: Command = {
  name: 'set-credentials',
  use: 'set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]',
  short: 'Set a user entry in kubeconfig',
  long: 'Set a user entry in kubeconfig.\n\n Fields that are not named stay as they are. Token and username/password exclude each other.',
  examples: `# A user with a client certificate
kubectl config set-credentials jane --client-certificate=jane.crt --client-key=jane.key --embed-certs=true

# A user with a token
kubectl config set-credentials robot --token=TOKEN`,
  flags: [
    string('auth-provider', '', 'Auth provider for the user entry in kubeconfig'),
    stringSlice('auth-provider-arg', "'key=value' arguments for the auth provider"),
    string('client-certificate', '', 'Path to client-certificate file for the user entry in kubeconfig'),
    string('client-key', '', 'Path to client-key file for the user entry in kubeconfig'),
    tristate('embed-certs', 'Embed client cert/key for the user entry in kubeconfig'),
    string('exec-api-version', '', 'API version of the exec credential plugin for the user entry in kubeconfig'),
    stringSlice('exec-arg', 'New arguments for the exec credential plugin command for the user entry in kubeconfig'),
    string('exec-command', '', 'Command for the exec credential plugin for the user entry in kubeconfig'),
    stringArray('exec-env', "'key=value' environment values for the exec credential plugin"),
    string(
      'exec-interactive-mode',
      '',
      'InteractiveMode of the exec credentials plugin for the user entry in kubeconfig',
    ),
    tristate(
      'exec-provide-cluster-info',
      'ProvideClusterInfo of the exec credentials plugin for the user entry in kubeconfig',
    ),
    string('password', '', 'password for the user entry in kubeconfig'),
    string('token', '', 'token for the user entry in kubeconfig'),
    string('username', '', 'username for the user entry in kubeconfig'),
  ],
  *run(invocation) {
    const { args, flags, process } = invocation;
    const [name] = args;
    if (args.length !== 1 || name === undefined) throw new KubectlError(`unexpected args: [${args.join(' ')}]`);
    if (name === '') throw new KubectlError('you must specify a non-empty user name');
    const methods = [
      ...(flags.string('token') === '' ? [] : ['--token']),
      ...(flags.string('username') === '' && flags.string('password') === '' ? [] : ['--username/--password']),
    ];
    if (methods.length > 1)
      throw new KubectlError(
        `you cannot specify more than one authentication method at the same time: ${methods.join(', ')}`,
      );
    const embed = flags.bool('embed-certs');
    if (embed && flags.string('client-certificate') === '' && flags.string('client-key') === '')
      throw new KubectlError('you must specify a --client-certificate or --client-key to embed');
    const access = new ConfigAccess(invocation);
    const old = access.config.users.get(name)?.fields ?? {};
    const changes: Record<string, Json> = {
      ...pluginChanges(flags, old),
      ...fileChanges(invocation, access, 'client-certificate', embed),
      ...fileChanges(invocation, access, 'client-key', embed),
    };
    for (const field of ['token', 'username', 'password'])
      if (flags.changed(field)) changes[field] = flags.string(field);
    if (flags.string('token') !== '') Object.assign(changes, { username: '', password: '' });
    if (flags.string('username') !== '' || flags.string('password') !== '') changes['token'] = '';
    access.write(withEntry(access.config, 'users', name, changed(old, changes)));
    yield* process.print(`User ${JSON.stringify(name)} set.\n`);
  },
};

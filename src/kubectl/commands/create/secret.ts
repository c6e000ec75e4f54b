import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { validateConfigMapKey } from '../../../cluster/apimachinery/value-names.ts';
import { encode } from '../../../world/bytes.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { readTextOr } from '../../files.ts';
import { bool, string, stringSlice } from '../../flags/index.ts';
import { encodeBase64 } from '../../kubeconfig/base64.ts';
import { goJson } from '../../printers/go-value.ts';
import { generatorCommand } from './generator.ts';
import { contentHash } from './hash.ts';
import { checkKeyPair } from './key-pair.ts';
import { mustNotMixSources, parseFileSource, readSources, SOURCE_FLAGS } from './sources.ts';

const appendHash = bool('append-hash', false, 'Append a hash of the secret to its name.');

const generic = generatorCommand({
  name: 'generic',
  use: 'generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a secret from a local file, directory, or literal value',
  examples: `# Values from the command line
kubectl create secret generic db --from-literal=user=admin --from-literal=password=s3cret

# A file under a key of one's own
kubectl create secret generic keys --from-file=id=~/.ssh/id_rsa`,
  flags: [appendHash, ...SOURCE_FLAGS, string('type', '', 'The type of secret to create')],
  plural: 'secrets',
  namespaced: true,
  failure: 'failed to create secret',
  object(invocation, name): JsonObject {
    const { flags } = invocation;
    mustNotMixSources(flags);
    return secretObject(name, flags.string('type'), secretData(invocation), flags.bool('append-hash'));
  },
});

function secretData(invocation: Invocation): Record<string, string> {
  const data: Record<string, string> = {};
  readSources(invocation, ['literal', 'file'], 'secret', ({ key, value }) => {
    const errors = validateConfigMapKey(key);
    if (errors.length > 0)
      throw new KubectlError(`${JSON.stringify(key)} is not valid key name for a Secret ${errors.join(';')}`);
    if (key in data) throw new KubectlError(`cannot add key ${key}, another key by that name already exists`);
    data[key] = encodeBase64(typeof value === 'string' ? encode(value) : value);
  });
  return data;
}

function secretObject(name: string, type: string, data: Readonly<Record<string, string>>, hash: boolean): JsonObject {
  const keys = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  const sorted = Object.fromEntries(keys);
  const full = hash ? `${name}-${contentHash({ data: sorted, kind: 'Secret', name, type })}` : name;
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: full },
    ...(keys.length > 0 ? { data: sorted } : {}),
    ...(type === '' ? {} : { type }),
  };
}

const dockerRegistry = generatorCommand({
  name: 'docker-registry',
  use: 'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  short: 'Create a secret for use with a Docker registry',
  examples: `# Credentials of a registry
kubectl create secret docker-registry pull --docker-server=registry.example.com --docker-username=me --docker-password=s3cret`,
  flags: [
    appendHash,
    string('docker-email', '', 'Email for Docker registry'),
    string('docker-password', '', 'Password for Docker registry authentication'),
    string('docker-server', 'https://index.docker.io/v1/', 'Server location for Docker registry'),
    string('docker-username', '', 'Username for Docker registry authentication'),
    stringSlice('from-file', 'A .dockerconfigjson file that holds the credentials.'),
  ],
  plural: 'secrets',
  namespaced: true,
  failure: 'failed to create secret',
  object(invocation, name): JsonObject {
    const { flags } = invocation;
    const type = 'kubernetes.io/dockerconfigjson';
    const [username, password, server] = ['docker-username', 'docker-password', 'docker-server'].map((flag) =>
      flags.string(flag),
    );
    if (flags.list('from-file').length === 0 && (!username || !password || !server))
      throw new KubectlError(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      );
    if (flags.list('from-file').length > 0)
      return secretObject(name, type, dockerFile(invocation), flags.bool('append-hash'));
    const email = flags.string('docker-email');
    const entry = [
      `"username":${goJson(username)}`,
      `"password":${goJson(password)}`,
      ...(email === '' ? [] : [`"email":${goJson(email)}`]),
      `"auth":${goJson(encodeBase64(encode(`${username}:${password}`)))}`,
    ];
    const config = `{"auths":{${goJson(server)}:{${entry.join(',')}}}}`;
    return secretObject(name, type, { '.dockerconfigjson': encodeBase64(encode(config)) }, flags.bool('append-hash'));
  },
});

function dockerFile(invocation: Invocation): Record<string, string> {
  const data: Record<string, string> = {};
  for (const source of invocation.flags.list('from-file')) {
    const { key, path } = parseFileSource(source);
    const text = readTextOr(
      invocation.process,
      path,
      (reason) => new KubectlError(`error reading ${path}: ${reason.replace(/^.*: /, '')}`),
    );
    data[source.includes('=') ? key : '.dockerconfigjson'] = encodeBase64(encode(text));
  }
  return data;
}

const tls = generatorCommand({
  name: 'tls',
  use: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a TLS secret',
  examples: `# The certificate and key of a site
kubectl create secret tls site --cert=tls.crt --key=tls.key`,
  flags: [
    appendHash,
    string('cert', '', 'Path to PEM encoded public key certificate.'),
    string('key', '', 'Path to private key associated with given certificate.'),
  ],
  plural: 'secrets',
  namespaced: true,
  failure: 'failed to create secret',
  object(invocation, name): JsonObject {
    const { flags, process } = invocation;
    const [certFile, keyFile] = [flags.string('cert'), flags.string('key')];
    if (certFile === '' || keyFile === '') throw new KubectlError('key and cert must be specified');
    const [cert, key] = [certFile, keyFile].map((file) =>
      readTextOr(process, file, (text) => new KubectlError(`Cannot read file ${file}, ${text}`)),
    );
    checkKeyPair(cert ?? '', key ?? '');
    const data = { 'tls.crt': encodeBase64(encode(cert ?? '')), 'tls.key': encodeBase64(encode(key ?? '')) };
    return secretObject(name, 'kubernetes.io/tls', data, flags.bool('append-hash'));
  },
});

export const createSecret: Command = {
  name: 'secret',
  use: 'secret (docker-registry | generic | tls)',
  short: 'Create a secret using a specified subcommand',
  long: `Create a secret with specified type.

 docker-registry keeps credentials of a container registry, generic anything, tls a certificate and its key.`,
  subcommands: [dockerRegistry, generic, tls],
  helpTo: 'stderr',
};

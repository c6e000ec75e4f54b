import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../../world/errno.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { printFlags } from '../../common-flags.ts';
import { KubectlError, UsageError } from '../../errors.ts';
import { goErrno, readBytes } from '../../files.ts';
import { bool, flagOfType } from '../../flags/index.ts';
import { encodeBase64 } from '../../kubeconfig/base64.ts';
import { loadingRules, loadKubeconfig } from '../../kubeconfig/load.ts';
import { type Entry, type Kubeconfig, textField } from '../../kubeconfig/model.ts';
import { configObject } from '../../kubeconfig/write.ts';
import { printerFor, printObject } from '../../printing.ts';

/** Secret fields and what is shown for them. */
const HIDDEN: Readonly<Record<string, string>> = {
  token: 'REDACTED',
  password: 'REDACTED',
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
};

const FILES = ['certificate-authority', 'client-certificate', 'client-key'];

export const view: Command = {
  name: 'view',
  use: 'view [flags]',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file',
  long: `Display merged kubeconfig settings or a specified kubeconfig file.

 You can use --output jsonpath={...} to extract specific values using a jsonpath expression.`,
  examples: `# What kubectl works with
kubectl config view

# Only what the current context needs, with certificates and tokens
kubectl config view --minify --raw

# The server
kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'`,
  flags: [
    bool('flatten', false, 'Put the content of certificate files into the output, so that it needs no other files.'),
    flagOfType('tristate', 'merge', true, 'Merge the full hierarchy of kubeconfig files', { noOptDefVal: 'true' }),
    bool('minify', false, 'Remove all information not used by current-context from the output'),
    ...printFlags('', 'yaml'),
    bool('raw', false, 'Show certificates, keys, tokens and passwords.'),
  ],
  *run(invocation) {
    const { args, flags, process, path } = invocation;
    if (args.length > 0) throw new UsageError(path, `unexpected arguments: [${args.join(' ')}]`);
    const printer = printerFor(invocation, '', 'none', { keepOrder: true });
    const explicit = flags.string('kubeconfig');
    if (flags.changed('merge') && !flags.bool('merge') && explicit === '')
      throw new KubectlError('if merge==false a precise file must be specified');
    let config = loadExisting(invocation, flags.bool('merge'));
    if (flags.bool('minify')) config = minify(config, flags.string('context'));
    if (flags.bool('flatten')) config = mapEntries(config, (entry) => flatten(invocation, entry));
    else if (!flags.bool('raw')) config = mapEntries(config, redact);
    yield* printObject({ ...invocation, process }, printer, inGoOrder(configObject(config)));
  },
};

/** The fields of clientcmd's types, in their order: JSON is printed so. client-go: tools/clientcmd/api/v1/types.go */
const ORDER = [
  ...['kind', 'apiVersion', 'clusters', 'users', 'contexts', 'current-context', 'name', 'cluster', 'context', 'user'],
  ...['namespace', 'server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority'],
  ...['certificate-authority-data', 'proxy-url', 'client-certificate', 'client-certificate-data', 'client-key'],
  ...['client-key-data', 'token', 'tokenFile', 'username', 'password', 'auth-provider', 'config', 'exec', 'command'],
  ...['args', 'env', 'value', 'installHint', 'provideClusterInfo', 'interactiveMode'],
];

function inGoOrder(object: JsonObject): JsonObject {
  const place = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  const ordered = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(ordered);
    return isObject(value) ? inGoOrder(value) : value;
  };
  return Object.fromEntries(
    Object.entries(object)
      .sort(([a], [b]) => place(a) - place(b))
      .map(([key, value]) => [key, ordered(value)]),
  );
}

/** A missing file is an empty one, unless one precise file was wanted. kubernetes: kubectl/pkg/cmd/config/view.go loadConfig */
function loadExisting({ process, flags }: Invocation, mayMiss: boolean): Kubeconfig {
  const rules = loadingRules(process, flags.string('kubeconfig'));
  try {
    return loadKubeconfig(process, mayMiss ? { ...rules, explicit: '' } : rules);
  } catch (error) {
    if (error instanceof KubectlError && error.message.startsWith('stat '))
      throw new KubectlError(error.message.replace(/^stat /, 'open '));
    throw error;
  }
}

/** kubernetes: client-go/tools/clientcmd/api MinifyConfig */
function minify(config: Kubeconfig, chosen: string): Kubeconfig {
  const name = chosen || config.currentContext;
  if (name === '') throw new KubectlError('current-context must exist in order to minify');
  const context = config.contexts.get(name);
  if (!context) throw new KubectlError(`cannot locate context ${name}`);
  const only = (entries: ReadonlyMap<string, Entry>, wanted: string, what: string): Map<string, Entry> => {
    if (wanted === '') return new Map();
    const entry = entries.get(wanted);
    if (!entry) throw new KubectlError(`cannot locate ${what} ${wanted}`);
    return new Map([[wanted, entry]]);
  };
  return {
    currentContext: name,
    contexts: new Map([[name, context]]),
    clusters: only(config.clusters, textField(context, 'cluster'), 'cluster'),
    users: only(config.users, textField(context, 'user'), 'user'),
  };
}

function mapEntries(config: Kubeconfig, change: (entry: Entry) => Entry): Kubeconfig {
  const all = (entries: ReadonlyMap<string, Entry>) =>
    new Map([...entries].map(([name, entry]) => [name, change(entry)]));
  return { ...config, clusters: all(config.clusters), users: all(config.users) };
}

function redact(entry: Entry): Entry {
  const fields: JsonObject = { ...entry.fields };
  for (const [field, shown] of Object.entries(HIDDEN)) if (textField(entry, field) !== '') fields[field] = shown;
  return { ...entry, fields };
}

function flatten({ process }: Invocation, entry: Entry): Entry {
  const fields: JsonObject = { ...entry.fields };
  for (const field of FILES) {
    const path = textField(entry, field);
    if (path === '') continue;
    const full = path.startsWith('/') ? path : `${entry.origin.slice(0, entry.origin.lastIndexOf('/'))}/${path}`;
    try {
      fields[`${field}-data`] = encodeBase64(readBytes(process, full));
    } catch (error) {
      if (error instanceof Errno) throw new KubectlError(goErrno('open', full, error));
      throw error;
    }
    delete fields[field];
  }
  return { ...entry, fields };
}

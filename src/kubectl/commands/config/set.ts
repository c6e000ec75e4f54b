import type { Json } from '../../../cluster/apimachinery/json-value.ts';
import { encode } from '../../../world/bytes.ts';
import type { Command } from '../../command/command.ts';
import { asError, KubectlError } from '../../errors.ts';
import { flagOfType, parseBool } from '../../flags/index.ts';
import { decodeBase64, encodeBase64 } from '../../kubeconfig/base64.ts';
import type { Kubeconfig, Section } from '../../kubeconfig/model.ts';
import { ConfigAccess, helpError, withEntry } from './shared.ts';

type FieldType = 'text' | 'bool' | 'bytes';

/** The fields that can be set, with their types. client-go: tools/clientcmd/api/v1 */
const FIELDS: Readonly<Record<Section, Readonly<Record<string, FieldType>>>> = {
  clusters: {
    server: 'text',
    'tls-server-name': 'text',
    'insecure-skip-tls-verify': 'bool',
    'certificate-authority': 'text',
    'certificate-authority-data': 'bytes',
    'proxy-url': 'text',
    'disable-compression': 'bool',
  },
  contexts: { cluster: 'text', user: 'text', namespace: 'text' },
  users: {
    'client-certificate': 'text',
    'client-certificate-data': 'bytes',
    'client-key': 'text',
    'client-key-data': 'bytes',
    token: 'text',
    tokenFile: 'text',
    as: 'text',
    'as-uid': 'text',
    username: 'text',
    password: 'text',
  },
};

interface Steps {
  readonly section: Section | 'current-context';
  readonly name: string;
  readonly field: string;
}

/** `users.jane.token`: names may have dots, so a name ends where a known field begins. Raises KubectlError. */
function parseSteps(property: string): Steps {
  if (property === 'current-context') return { section: 'current-context', name: '', field: '' };
  const [section = '', ...rest] = property.split('.');
  if (section !== 'clusters' && section !== 'contexts' && section !== 'users')
    throw new KubectlError(`unable to parse ${property} after [] at api.Config`);
  if (rest.length === 0) throw new KubectlError(`can't set a map to a value: map[]`);
  const at = rest.findIndex((part, index) => index > 0 && part in FIELDS[section]);
  if (at < 0) return { section, name: rest.join('.'), field: '' };
  const name = rest.slice(0, at).join('.');
  const field = rest.slice(at).join('.');
  if (!(field in FIELDS[section])) throw new KubectlError(`can't have more steps after a string. ${property}`);
  return { section, name, field };
}

function setProperty(config: Kubeconfig, property: string, value: string, raw: boolean): Kubeconfig {
  // Nothing reads preferences any more. kubernetes: clientcmd/api Preferences
  if (property === 'preferences.colors') {
    convert('bool', value, raw);
    return config;
  }
  const steps = parseSteps(property);
  if (steps.section === 'current-context') return { ...config, currentContext: value };
  if (steps.field === '') throw new KubectlError(`unable to parse one or more field values of ${property}`);
  const old = config[steps.section].get(steps.name)?.fields ?? {};
  return withEntry(config, steps.section, steps.name, {
    ...old,
    [steps.field]: convert(FIELDS[steps.section][steps.field] ?? 'text', value, raw),
  });
}

function convert(type: FieldType, value: string, raw: boolean): Json {
  if (type === 'text') return value;
  if (type === 'bool') {
    try {
      return parseBool(value);
    } catch (error) {
      throw new KubectlError(asError(error).message);
    }
  }
  if (raw) return encodeBase64(encode(value));
  if (!decodeBase64(value) || value.length % 4 !== 0) {
    const bad = value.search(/[^A-Za-z0-9+/=]/);
    // Go stops at the first group of four that does not end.
    const at = bad >= 0 ? bad : Math.floor(value.length / 4) * 4;
    throw new KubectlError(`error decoding input value: illegal base64 data at input byte ${at}`);
  }
  return value;
}

function unsetProperty(config: Kubeconfig, property: string): Kubeconfig {
  const steps = parseSteps(property);
  if (steps.section === 'current-context') return { ...config, currentContext: '' };
  if (steps.field === '') return withEntry(config, steps.section, steps.name, undefined);
  const entry = config[steps.section].get(steps.name);
  if (!entry) throw new KubectlError(`current map key \`${steps.name}\` is invalid`);
  const { [steps.field]: _, ...fields } = entry.fields;
  return withEntry(config, steps.section, steps.name, fields);
}

export const setValue: Command = {
  name: 'set',
  use: 'set PROPERTY_NAME PROPERTY_VALUE',
  short: 'Set an individual value in a kubeconfig file',
  long: `Set an individual value in a kubeconfig file.

 PROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key. Map keys may not contain dots.

 PROPERTY_VALUE is the new value you want to set. Binary fields such as 'certificate-authority-data' expect a base64 encoded string unless the --set-raw-bytes flag is used.`,
  examples: '# The server of a cluster\nkubectl config set clusters.lab.server https://192.168.64.10:6443',
  flags: [
    flagOfType(
      'tristate',
      'set-raw-bytes',
      false,
      'Write the value as it stands into a binary field, without base64 decoding.',
      { noOptDefVal: 'true' },
    ),
  ],
  *run(invocation) {
    const { args, flags, process } = invocation;
    const [property = '', value = ''] = args;
    if (args.length !== 2) return yield* helpError(invocation, `Unexpected args: [${args.join(' ')}]`);
    if (value === '') throw new KubectlError('you cannot use set to unset a property');
    if (property === '') throw new KubectlError('you must specify a property');
    const access = new ConfigAccess(invocation);
    access.write(setProperty(access.config, property, value, flags.bool('set-raw-bytes')));
    yield* process.print(`Property ${JSON.stringify(property)} set.\n`);
  },
};

export const unsetValue: Command = {
  name: 'unset',
  use: 'unset PROPERTY_NAME',
  short: 'Unset an individual value in a kubeconfig file',
  long: 'Unset an individual value in a kubeconfig file.\n\n PROPERTY_NAME is a dot delimited name where each token represents either an attribute name or a map key. Map keys may not contain dots.',
  examples: '# No current context\nkubectl config unset current-context',
  *run(invocation) {
    const { args, process } = invocation;
    const [property = ''] = args;
    if (args.length !== 1) return yield* helpError(invocation, `Unexpected args: [${args.join(' ')}]`);
    if (property === '') throw new KubectlError('you must specify a property');
    const access = new ConfigAccess(invocation);
    access.write(unsetProperty(access.config, property));
    yield* process.print(`Property ${JSON.stringify(property)} unset.\n`);
  },
};

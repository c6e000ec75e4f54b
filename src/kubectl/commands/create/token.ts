import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { TtyFile } from '../../../world/tty.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { printFlags } from '../../common-flags.ts';
import { asError, KubectlError, StatusError } from '../../errors.ts';
import { duration, string, stringArray } from '../../flags/index.ts';
import { textAt } from '../../json.ts';
import { printerFor, printObject } from '../../printing.ts';
import { nameArgument } from './generator.ts';

const KINDS: Readonly<Record<string, string>> = { Node: 'v1', Pod: 'v1', Secret: 'v1' };

export const createToken: Command = {
  name: 'token',
  use: 'token SERVICE_ACCOUNT_NAME',
  short: 'Request a service account token',
  examples: `# A token of a service account
kubectl create token robot

# One that lasts ten minutes
kubectl create token robot --duration 10m`,
  flags: [
    ...printFlags(),
    stringArray(
      'audience',
      'Audience of the requested token; may be repeated. Without it the audience of the API server.',
    ),
    string(
      'bound-object-kind',
      '',
      'Kind of an object to bind the token to: Node, Pod or Secret. The token ends with the object.',
    ),
    string('bound-object-name', '', 'Name of an object to bind the token to.'),
    string('bound-object-uid', '', 'UID of the object to bind the token to; the present one when it is not given.'),
    duration('duration', 0, 'Requested lifetime of the token. The server may give one of another length.'),
  ],
  *run(invocation) {
    const { flags, factory, process } = invocation;
    const name = nameArgument(invocation);
    const namespace = factory.namespace().name;
    const spec = tokenSpec(invocation);
    const printer = printerFor(invocation, 'created');
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    let response: JsonObject;
    try {
      response = yield* factory.client().request('POST', path, {
        body: { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: {}, spec },
      });
    } catch (error) {
      if (error instanceof StatusError) throw new KubectlError(`failed to create token: ${asError(error).message}`);
      throw error;
    }
    const token = textAt(response, 'status', 'token');
    if (token === '') throw new KubectlError('failed to create token: no token in server response');
    if (flags.changed('output')) yield* printObject(invocation, printer, response);
    else yield* process.print(process.file(1) instanceof TtyFile ? `${token}\n` : token);
  },
};

function tokenSpec({ flags }: Invocation): JsonObject {
  const ms = flags.number('duration');
  const [kind = '', name = '', uid = ''] = ['kind', 'name', 'uid'].map((part) => flags.string(`bound-object-${part}`));
  if (ms < 0) throw new KubectlError('--duration must be greater than or equal to 0');
  if (ms % 1000 !== 0) throw new KubectlError('--duration cannot be expressed in units less than seconds');
  if (flags.list('audience').includes('')) throw new KubectlError('--audience must not be an empty string');
  if (kind === '' && name !== '')
    throw new KubectlError('--bound-object-name can only be set if --bound-object-kind is provided');
  if (kind === '' && uid !== '')
    throw new KubectlError('--bound-object-uid can only be set if --bound-object-kind is provided');
  if (kind !== '' && KINDS[kind] === undefined)
    throw new KubectlError(`supported --bound-object-kind values are ${Object.keys(KINDS).join(', ')}`);
  if (kind !== '' && name === '')
    throw new KubectlError('--bound-object-name is required if --bound-object-kind is provided');
  return {
    audiences: [...flags.list('audience')],
    ...(ms > 0 ? { expirationSeconds: ms / 1000 } : {}),
    ...(kind === '' ? {} : { boundObjectRef: { kind, apiVersion: 'v1', name, ...(uid === '' ? {} : { uid }) } }),
  };
}

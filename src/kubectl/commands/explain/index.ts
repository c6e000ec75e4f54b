import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Command } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { bool, string } from '../../flags/index.ts';
import type { Mapping, RestMapper } from '../../mapper.ts';
import { warnOfShortName } from '../../resource/builder.ts';
import { splitApiVersion } from '../../resource/decode.ts';
import { olderExplainText } from './older-text.ts';
import { explainText, Schemas } from './schema-text.ts';

export const explain: Command = {
  name: 'explain',
  use: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  short: 'Get documentation for a resource',
  long: `Describe fields and structure of various resources.

 A field is named by the path to it: TYPE.FIELD.FIELD. What is shown is what the server itself publishes about its resources.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# A kind and its fields
kubectl explain pods

# All fields below
kubectl explain pods --recursive

# One field
kubectl explain pods.spec.containers

# In another version
kubectl explain deployments --api-version=apps/v1`,
  flags: [
    string('api-version', '', 'Explain this API version (group/version).'),
    string('output', 'plaintext', 'Format in which to render the schema (plaintext, plaintext-openapiv2)', {
      shorthand: 'o',
    }),
    bool('recursive', false, 'Print the fields below the fields too, without descriptions.', { shorthand: 'R' }),
  ],
  *run({ args, flags, factory, process }) {
    const [argument] = args;
    if (argument === undefined)
      throw new KubectlError(
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
      );
    if (args.length > 1) throw new KubectlError('We accept only this format: explain RESOURCE\n');
    const output = flags.string('output');
    checkPath(argument);
    const { mapping, fields } = findResource(yield* factory.mapper(), argument);
    yield* warnOfShortName(factory, argument.split('.')[0] ?? '');
    const wanted = flags.string('api-version') === '' ? mapping : splitApiVersion(flags.string('api-version'));
    const path = wanted.group === '' ? `api/${wanted.version}` : `apis/${wanted.group}/${wanted.version}`;
    const paths = yield* factory.client().get('/openapi/v3');
    if (!hasPath(paths, path))
      throw new KubectlError(
        `couldn't find resource for "${wanted.group}/${wanted.version}, Resource=${mapping.plural}"`,
      );
    const schemas = new Schemas(yield* factory.client().get(`/openapi/v3/${path}`));
    const schema = schemas.ofKind(wanted.group, wanted.version, mapping.kind);
    if (!schema)
      throw new KubectlError(
        `GVR (${wanted.group}/${wanted.version}, Resource=${mapping.plural}) not found in OpenAPI schema`,
      );
    if (output === 'plaintext-openapiv2') {
      const older = olderExplainText(
        schemas,
        schema,
        { ...wanted, kind: mapping.kind },
        fields,
        flags.bool('recursive'),
      );
      if (older === '') throw new KubectlError(`field ${JSON.stringify(fields.at(-1) ?? '')} does not exist`);
      yield* process.print(older);
      return;
    }
    if (output !== 'plaintext') throw new KubectlError(`unrecognized format: ${output}`);
    const group = wanted.group === '' ? '' : `GROUP:      ${wanted.group}\n`;
    yield* process.print(`${group}KIND:       ${mapping.kind}\nVERSION:    ${wanted.version}\n\n`);
    const text = explainText(schemas, schema, fields, flags.bool('recursive'));
    if (text === '') throw new KubectlError(`field ${JSON.stringify(fields.at(-1) ?? '')} does not exist`);
    yield* process.print(`${text}\n`);
  },
};

/** The words are read as a jsonpath of names only. Raises KubectlError. kubernetes: kubectl/pkg/explain/explain.go */
function checkPath(argument: string): void {
  const open = argument.indexOf('[');
  if (open >= 0 && !argument.includes(']', open)) throw new KubectlError('unterminated array');
  if (open >= 0 || argument.includes('..') || argument.startsWith('.'))
    throw new KubectlError('invalid jsonpath syntax, first node must be field node');
}

function hasPath(document: JsonObject, path: string): boolean {
  const paths = document['paths'];
  return typeof paths === 'object' && paths !== null && path in paths;
}

/** `deployments.apps.spec.replicas`: the resource, with its group or without, and then fields. Raises NoResourceError. */
function findResource(mapper: RestMapper, argument: string): { mapping: Mapping; fields: string[] } {
  const [resource = '', ...rest] = argument.split('.');
  const mapping = mapper.typeFor(resource);
  for (const one of mapper.resources) {
    if (one.plural !== mapping.plural || one.group === '') continue;
    const full = `${one.plural}.${one.group}`;
    if (argument === full || argument.startsWith(`${full}.`))
      return {
        mapping: one,
        fields: argument
          .slice(full.length + 1)
          .split('.')
          .filter((part) => part !== ''),
      };
  }
  return { mapping, fields: rest.filter((part) => part !== '') };
}

import { generatorCommand } from './generator.ts';

export const createNamespace = generatorCommand({
  name: 'namespace',
  aliases: ['ns'],
  use: 'namespace NAME [--dry-run=server|client|none]',
  short: 'Create a namespace with the specified name',
  examples: '# A namespace named lab\nkubectl create namespace lab',
  flags: [],
  plural: 'namespaces',
  namespaced: false,
  failure: '',
  object: (_, name) => ({ kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} }),
});

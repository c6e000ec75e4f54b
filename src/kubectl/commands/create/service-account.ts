import { generatorCommand } from './generator.ts';

export const createServiceAccount = generatorCommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  use: 'serviceaccount NAME [--dry-run=server|client|none]',
  short: 'Create a service account with the specified name',
  examples: '# A service account named robot\nkubectl create serviceaccount robot',
  flags: [],
  plural: 'serviceaccounts',
  namespaced: true,
  failure: 'failed to create serviceaccount:',
  object: (_, name) => ({ kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name } }),
});

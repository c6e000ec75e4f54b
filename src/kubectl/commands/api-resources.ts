import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Command, Invocation } from '../command/command.ts';
import type { ApiResource } from '../discovery.ts';
import { KubectlError, UsageError } from '../errors.ts';
import { bool, string, stringSlice } from '../flags/index.ts';
import { apiVersionOf, type RestMapper } from '../mapper.ts';
import { makePrinter, noPrinter } from '../printers/printer.ts';
import { TabWriter } from '../printers/tabwriter.ts';
import { printerRequest } from '../printing.ts';

export const apiResources: Command = {
  name: 'api-resources',
  use: 'api-resources [flags]',
  short: 'Print the supported API resources on the server',
  long: 'Print the supported API resources on the server.',
  examples: `# All resources
kubectl api-resources

# With verbs and categories
kubectl api-resources -o wide

# Those that live in a namespace
kubectl api-resources --namespaced=true

# Those of one API group
kubectl api-resources --api-group=apps`,
  flags: [
    string('api-group', '', 'Limit to resources in the specified API group.'),
    bool('cached', false, 'Use the cached list of resources if available.'),
    stringSlice('categories', 'Limit to resources that belong to the specified categories.'),
    bool(
      'namespaced',
      true,
      'If false, list the resources that belong to no namespace; both kinds when it is not given.',
    ),
    bool('no-headers', false, 'Print no headers.'),
    string('output', '', 'Output format. One of: (json, yaml, kyaml, name, wide).', { shorthand: 'o' }),
    bool('show-managed-fields', false, 'If true, keep the managedFields when printing objects in JSON or YAML format.'),
    string('sort-by', '', "Sort by this field, either 'name' or 'kind'."),
    stringSlice('verbs', 'Limit to resources that support the specified verbs.'),
  ],
  *run(invocation) {
    const { args, path, flags, factory, process } = invocation;
    if (args.length > 0) throw new UsageError(path, `unexpected arguments: [${args.join(' ')}]`);
    if (!['', 'name', 'kind'].includes(flags.string('sort-by')))
      throw new KubectlError('--sort-by accepts only name or kind');
    const output = flags.string('output');
    if (!['', 'wide', 'name', 'json', 'yaml', 'kyaml'].includes(output))
      throw noPrinter(output, ['json', 'yaml', 'kyaml', 'name', 'wide']);
    const resources = select(invocation, yield* factory.mapper());
    if (['json', 'yaml', 'kyaml'].includes(output)) {
      yield* process.print(
        makePrinter(printerRequest(invocation, '', { keepOrder: true })).print(resourceList(resources)),
      );
      return;
    }
    if (output === 'name') {
      yield* process.print(
        resources.map((one) => `${one.plural}${one.group === '' ? '' : `.${one.group}`}\n`).join(''),
      );
      return;
    }
    const out = new TabWriter();
    const wide = output === 'wide';
    if (!flags.bool('no-headers'))
      out.write(`NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${wide ? '\tVERBS\tCATEGORIES' : ''}\n`);
    for (const one of resources)
      out.write(
        `${one.plural}\t${one.shortNames.join(',')}\t${apiVersionOf(one)}\t${one.namespaced}\t${one.kind}${wide ? `\t${one.verbs.join(',')}\t${one.categories.join(',')}` : ''}\n`,
      );
    yield* process.print(out.flush());
  },
};

/** Each resource in its preferred version only, as far as the flags let it through, in order. */
function select({ flags }: Invocation, mapper: RestMapper): ApiResource[] {
  const seen = new Set<string>();
  const verbs = flags.list('verbs');
  const categories = flags.list('categories');
  const chosen = mapper.resources.filter((one) => {
    const key = `${one.plural}.${one.group}`;
    if (seen.has(key) || one.verbs.length === 0) return false;
    seen.add(key);
    if (flags.changed('api-group') && flags.string('api-group') !== one.group) return false;
    if (flags.changed('namespaced') && flags.bool('namespaced') !== one.namespaced) return false;
    return verbs.every((verb) => one.verbs.includes(verb)) && categories.every((word) => one.categories.includes(word));
  });
  const keyOf = (one: ApiResource) =>
    flags.string('sort-by') === 'name' ? one.plural : flags.string('sort-by') === 'kind' ? one.kind : one.group;
  return chosen.sort((a, b) => compare(keyOf(a), keyOf(b)) || compare(a.plural, b.plural));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function resourceList(resources: readonly ApiResource[]): JsonObject {
  const items = resources.map(
    (one): Json => ({
      name: one.plural,
      singularName: one.singular,
      namespaced: one.namespaced,
      ...(one.group === '' ? {} : { group: one.group }),
      version: one.version,
      kind: one.kind,
      verbs: [...one.verbs],
      ...(one.shortNames.length === 0 ? {} : { shortNames: [...one.shortNames] }),
      ...(one.categories.length === 0 ? {} : { categories: [...one.categories] }),
    }),
  );
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: '', resources: items };
}

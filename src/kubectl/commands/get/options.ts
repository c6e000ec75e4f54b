import type { Task } from '../../../world/task.ts';
import type { RequestOptions } from '../../client.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError, UsageError } from '../../errors.ts';
import { checkRawPath } from '../../raw.ts';
import type { BuilderOptions } from '../../resource/builder.ts';

/** What `get` was asked, made from its flags. kubernetes: kubectl/pkg/cmd/get/get.go GetOptions */
export interface GetOptions {
  readonly output: string;
  /** A table, with `-o wide` or without. */
  readonly humanReadable: boolean;
  readonly serverPrint: boolean;
  readonly namespace: string;
  readonly explicitNamespace: boolean;
  readonly allNamespaces: boolean;
  readonly sortBy: string;
  readonly noHeaders: boolean;
  readonly watch: boolean;
  readonly watchOnly: boolean;
}

/** Reads and checks the flags. Raises KubectlError, UsageError. */
export function* getOptions(invocation: Invocation): Task<GetOptions> {
  const { flags, args, process } = invocation;
  const output = flags.string('output');
  const allNamespaces = flags.bool('all-namespaces');
  const namespace = invocation.factory.namespace();
  const objects = output.includes('custom-columns') || output === 'yaml' || output.includes('json');
  const options = {
    output,
    humanReadable: (output === '' && flags.string('template') === '') || output === 'wide',
    serverPrint: flags.bool('server-print') && !objects,
    namespace: namespace.name,
    explicitNamespace: namespace.enforced && !allNamespaces,
    allNamespaces,
    sortBy: flags.string('sort-by'),
    noHeaders: flags.bool('no-headers'),
    watch: flags.bool('watch'),
    watchOnly: flags.bool('watch-only'),
  };
  if (options.sortBy !== '' && options.watch)
    yield* process.printError('warning: --watch requested, --sort-by will be ignored for watch events received\n');
  else if (options.sortBy !== '' && options.watchOnly)
    yield* process.printError('warning: --watch-only requested, --sort-by will be ignored\n');
  const nothing = args.length === 0 && flags.list('filename').length === 0 && flags.string('kustomize') === '';
  if (nothing && !options.watch && !options.watchOnly && flags.string('raw') === '') {
    yield* process.printError(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw new UsageError(
      invocation.path,
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    );
  }
  validate(invocation, options);
  return options;
}

function validate({ flags, args }: Invocation, options: GetOptions): void {
  if (flags.string('raw') !== '') {
    if (args.length > 0) throw new KubectlError('arguments may not be passed when --raw is specified');
    if (options.watch || options.watchOnly || flags.string('selector') !== '')
      throw new KubectlError(
        '--raw may not be specified with other flags that filter the server request or alter the output',
      );
    if (options.output !== '') throw new KubectlError('--raw and --output are mutually exclusive');
    checkRawPath(flags.string('raw'));
  }
  if (flags.bool('show-labels') && options.output !== '' && options.output !== 'wide')
    throw new KubectlError(`--show-labels option cannot be used with ${options.output} printer`);
  if (flags.bool('output-watch-events') && !options.watch && !options.watchOnly)
    throw new KubectlError('--output-watch-events option can only be used with --watch or --watch-only');
}

const TABLE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

/** What is to be found, for the resource builder. */
export function builderOptions({ flags, args }: Invocation, options: GetOptions): BuilderOptions {
  return {
    args,
    filenames: flags.list('filename'),
    kustomize: flags.string('kustomize'),
    recursive: flags.bool('recursive'),
    namespace: options.namespace,
    requireNamespace: options.explicitNamespace,
    allNamespaces: options.allNamespaces,
    ...(flags.string('selector') === '' ? {} : { selector: flags.string('selector') }),
    ...(flags.string('field-selector') === '' ? {} : { fieldSelector: flags.string('field-selector') }),
    allowEmptySelector: true,
    latest: true,
    chunkSize: options.sortBy === '' ? flags.number('chunk-size') : 0,
    subresource: flags.string('subresource'),
    request: requestOptions(options),
  };
}

/** Tables for people, objects for programs. */
export function requestOptions(options: GetOptions): RequestOptions {
  if (!options.serverPrint || !options.humanReadable) return {};
  return { accept: TABLE, query: options.sortBy === '' ? [] : [['includeObject', 'Object']] };
}

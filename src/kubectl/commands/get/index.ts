import type { Command } from '../../command/command.ts';
import {
  allNamespacesFlag,
  chunkSizeFlag,
  fieldSelectorFlag,
  filenameFlags,
  printFlags,
  selectorFlag,
} from '../../common-flags.ts';
import { bool, string, stringSlice } from '../../flags/index.ts';
import { runGet } from './run.ts';

const FORMATS =
  '(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide';

export const get: Command = {
  name: 'get',
  suggestFor: ['list', 'ls'],
  use: `get [${FORMATS}] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]`,
  short: 'Display one or many resources',
  long: `Display one or many resources.

 Shows the most important facts of the resources as a table. A label selector narrows the list. Resources that live in a namespace are looked for in the current one, unless another is named.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# All pods, as a table
kubectl get pods

# The same with more columns, such as the node
kubectl get pods -o wide

# One deployment
kubectl get deployment web

# A pod named by a file, as JSON
kubectl get -f pod.yaml -o json

# The phase of a pod and nothing else
kubectl get pod/web -o jsonpath='{.status.phase}'

# Columns of one's own
kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image

# Deployments and services together
kubectl get deployments,services

# All pods of all namespaces
kubectl get pods --all-namespaces`,
  flags: [
    allNamespacesFlag,
    chunkSizeFlag,
    fieldSelectorFlag,
    ...filenameFlags('Files, directories or URLs that name the resources to get.'),
    bool('ignore-not-found', false, 'If the requested object does not exist, print nothing and return 0.'),
    stringSlice('label-columns', 'Labels that become columns, separated by commas. May be given more than once.', {
      shorthand: 'L',
    }),
    bool('no-headers', false, 'Print no headers in the default and the custom-columns formats.'),
    bool('output-watch-events', false, 'With --watch or --watch-only, print the events and not only their objects.'),
    ...printFlags(', custom-columns, custom-columns-file, wide'),
    string('raw', '', 'Path to request from the server as it stands.'),
    selectorFlag(),
    bool(
      'server-print',
      true,
      'If true, have the server return the appropriate table output. Supports extension APIs and CRDs.',
    ),
    bool('show-kind', false, 'If present, list the resource type for the requested object(s).'),
    bool('show-labels', false, 'When printing, show all labels as the last column (default hide labels column)'),
    string(
      'sort-by',
      '',
      "Sort lists by this field, a JSONPath expression (e.g. '{.metadata.name}') of a number or a text.",
    ),
    string('subresource', '', 'Get this subresource of the object instead of the object.'),
    bool('watch', false, 'After listing/getting the requested object, watch for changes.', { shorthand: 'w' }),
    bool('watch-only', false, 'Watch for changes to the requested object(s), without listing/getting first.'),
  ],
  run: runGet,
};

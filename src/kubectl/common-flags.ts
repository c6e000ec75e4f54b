import { bool, type Flag, int64, string, stringSlice } from './flags/index.ts';

// Flags that many verbs share. kubernetes: kubectl/pkg/cmd/util/helpers.go, cli-runtime/pkg/genericclioptions

/** `--dry-run`. */
export const dryRunFlag: Flag = string(
  'dry-run',
  'none',
  'Must be "none", "server", or "client". "client" prints the object that would be sent and sends nothing. "server" sends the request and has the server keep nothing of it.',
  { noOptDefVal: 'unchanged' },
);

/** `--field-manager`, whose default says which verb wrote. */
export function fieldManagerFlag(name: string): Flag {
  return string('field-manager', name, 'Name under which the server remembers who owns the fields.');
}

export const validateFlag: Flag = string(
  'validate',
  'strict',
  'Must be one of: strict (or true), warn, ignore (or false). "strict" has the server refuse unknown and duplicate fields, "warn" has it warn of them, "ignore" drops them silently.',
  { noOptDefVal: 'strict' },
);

export const saveConfigFlag: Flag = bool(
  'save-config',
  false,
  'If true, the configuration is kept in an annotation of the object, so that kubectl apply can be used on it later.',
);

export function selectorFlag(sets = true): Flag {
  return string(
    'selector',
    '',
    sets
      ? "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label constraints."
      : "Selector (label query) to filter on, supports '=', '==', and '!='.(e.g. -l key1=value1,key2=value2). Matching objects must satisfy all of the specified label constraints.",
    { shorthand: 'l' },
  );
}

export const fieldSelectorFlag: Flag = string(
  'field-selector',
  '',
  "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server supports only some fields of each type.",
);

export const allNamespacesFlag: Flag = bool(
  'all-namespaces',
  false,
  'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
  { shorthand: 'A' },
);

export const chunkSizeFlag: Flag = int64(
  'chunk-size',
  500,
  'Ask for large lists in chunks of this size. 0 asks for all at once.',
);

export function allFlag(): Flag {
  return bool('all', false, 'Select all resources of the given types in the namespace.');
}

/** `-f`, `-k`, `-R`. `usage` says what the files are for. */
export function filenameFlags(usage: string, recursive = false): Flag[] {
  return [
    stringSlice('filename', usage, { shorthand: 'f' }),
    string('kustomize', '', "Process the kustomization directory. This flag can't be used together with -f or -R.", {
      shorthand: 'k',
    }),
    bool('recursive', recursive, 'Read the directory of -f, --filename with all directories below it.', {
      shorthand: 'R',
    }),
  ];
}

const FORMATS =
  'json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file';

/** `-o`, `--template`, `--allow-missing-template-keys`, `--show-managed-fields`. */
export function printFlags(extra = '', fallback = ''): Flag[] {
  return [
    bool(
      'allow-missing-template-keys',
      true,
      'If true, a field or key that is missing is no error in a template. Only for go-template and jsonpath.',
    ),
    string('output', fallback, `Output format. One of: (${FORMATS}${extra}).`, { shorthand: 'o' }),
    bool('show-managed-fields', false, 'If true, keep the managedFields when printing objects in JSON or YAML format.'),
    string(
      'template',
      '',
      'Template, or path to a template file with -o=go-template-file. The format is that of golang templates [http://golang.org/pkg/text/template/#pkg-overview].',
    ),
  ];
}

/** `--local` of the verbs that can work on files alone. */
export function localFlag(verb: string): Flag {
  return bool('local', false, `If true, ${verb} will NOT contact api-server but run locally.`);
}

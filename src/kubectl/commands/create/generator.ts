import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { dryRunFlag, fieldManagerFlag, printFlags, saveConfigFlag, validateFlag } from '../../common-flags.ts';
import { dryRunOf, fieldValidationOf, writeQuery } from '../../dry-run.ts';
import { KubectlError, UsageError } from '../../errors.ts';
import type { Flag } from '../../flags/index.ts';
import { objectAt, textAt } from '../../json.ts';
import type { Mapping } from '../../mapper.ts';
import { printerFor, printObject } from '../../printing.ts';
import { splitApiVersion } from '../../resource/decode.ts';
import { createObject } from '../../resource/helper.ts';
import { updateLastApplied } from '../../resource/last-applied.ts';

/** A `kubectl create KIND NAME`: how its object comes from the flags. */
export interface Generator extends Omit<Command, 'run' | 'flags'> {
  readonly flags: readonly Flag[];
  /** Plural of what is created. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** What stands before the text of a failed request; empty: the request's error is shown as it is. */
  readonly failure: string;
  /** Checks the flags and makes the object, without its namespace. Raises KubectlError. */
  readonly object: (invocation: Invocation, name: string) => Task<JsonObject> | JsonObject;
}

/** The one NAME of a generator. Raises UsageError. kubernetes: kubectl/pkg/cmd/create NameFromCommandArgs */
export function nameArgument(invocation: Invocation): string {
  const { args, flags } = invocation;
  const before = flags.argsBeforeDash ?? args.length;
  const name = args[0];
  if (before !== 1 || name === undefined)
    throw new UsageError(invocation.path, `exactly one NAME is required, got ${before}`);
  return name;
}

/** The command of a generator. */
export function generatorCommand(generator: Generator): Command {
  const { object, plural, namespaced, failure, flags, ...rest } = generator;
  return {
    ...rest,
    flags: [...flags, ...printFlags(), dryRunFlag, fieldManagerFlag('kubectl-create'), saveConfigFlag, validateFlag],
    *run(invocation) {
      const name = nameArgument(invocation);
      const namespace = invocation.factory.namespace();
      const dryRun = yield* dryRunOf(invocation);
      const printer = printerFor(invocation, 'created', dryRun, { keepOrder: true });
      const validation = fieldValidationOf(invocation);
      const made = object(invocation, name);
      let result = isObject(made) ? made : yield* made;
      if (namespaced && namespace.enforced) result = withNamespaceAfterName(result, namespace.name);
      result = updateLastApplied(result, invocation.flags.bool('save-config'), true);
      if (dryRun !== 'client') {
        const mapping = mappingOf(result, plural, namespaced);
        const query = writeQuery(dryRun, invocation.flags.string('field-manager'), validation);
        try {
          result = yield* createObject(invocation.factory.client(), mapping, namespace.name, result, query);
        } catch (error) {
          if (failure === '' || !(error instanceof Error)) throw error;
          throw new KubectlError(`${failure} ${error.message}`);
        }
      }
      yield* printObject(invocation, printer, result);
    },
  };
}

function isObject(value: Task<JsonObject> | JsonObject): value is JsonObject {
  return !(Symbol.iterator in value);
}

/** The order of Go's ObjectMeta: name, namespace, labels, annotations. */
function withNamespaceAfterName(object: JsonObject, namespace: string): JsonObject {
  const { name, ...others } = objectAt(object, 'metadata');
  return { ...object, metadata: { ...(name === undefined ? {} : { name }), namespace, ...others } };
}

function mappingOf(object: JsonObject, plural: string, namespaced: boolean): Mapping {
  return {
    ...splitApiVersion(textAt(object, 'apiVersion')),
    kind: textAt(object, 'kind'),
    plural,
    singular: '',
    namespaced,
    shortNames: [],
    categories: [],
    verbs: [],
    subresources: [],
  };
}

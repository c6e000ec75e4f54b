import type { JsonObject } from '../cluster/apimachinery/json-value.ts';
import type { Invocation } from './command/command.ts';
import { bool, type Flag } from './flags/index.ts';
import { objectAt } from './json.ts';
import { withMetadata } from './resource/info.ts';

export const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** `--record`, deprecated and still typed. */
export const recordFlag: Flag = bool('record', false, 'Record current kubectl command in the resource annotation.', {
  deprecated: '--record will be removed in the future',
});

/** The object with the command line as its cause of change, when --record was given. kubernetes: cli-runtime/pkg/genericclioptions/record_flags.go */
export function recorded(invocation: Invocation, object: JsonObject): JsonObject {
  const { flags, path, args } = invocation;
  if (!flags.bool('record')) return object;
  const words = flags.definitions
    .filter((flag) => flags.changed(flag.name))
    .map((flag) => flag.name)
    .sort()
    .map((name) => ` --${name}=${flags.text(name)}`);
  const cause = `${path} ${args.join(' ')}${words.join('')}`;
  return withMetadata(object, {
    annotations: { ...objectAt(object, 'metadata', 'annotations'), [CHANGE_CAUSE]: cause },
  });
}

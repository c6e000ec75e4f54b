import { parseIntOrString } from '../../../cluster/apimachinery/int-or-string.ts';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { parseLabelSelector } from '../../../cluster/apimachinery/labels.ts';
import { Quantity } from '../../../cluster/apimachinery/quantity.ts';
import { asError, KubectlError } from '../../errors.ts';
import { bool, int32, string } from '../../flags/index.ts';
import { generatorCommand } from './generator.ts';
import { selectorObject } from './selector-object.ts';

export const createQuota = generatorCommand({
  name: 'quota',
  aliases: ['resourcequota'],
  use: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  short: 'Create a quota with the specified name',
  examples: '# At most one CPU and ten pods\nkubectl create quota small --hard=cpu=1,memory=1G,pods=10',
  flags: [
    string('hard', '', 'A comma-delimited set of resource=quantity pairs that define a hard limit.'),
    string('scopes', '', 'A comma-delimited set of quota scopes that must all match each object tracked by the quota.'),
  ],
  plural: 'resourcequotas',
  namespaced: true,
  failure: 'failed to create quota:',
  object({ flags }, name): JsonObject {
    const hard = parseResourceList(flags.string('hard'));
    const scopes = flags.string('scopes') === '' ? [] : flags.string('scopes').split(',');
    if (scopes.includes('')) throw new KubectlError('invalid resource quota scope ""');
    return {
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      metadata: { name },
      spec: { ...(hard ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) },
      status: {},
    };
  },
});

/** `cpu=1,memory=1G`. Raises KubectlError. */
function parseResourceList(text: string): JsonObject | undefined {
  if (text === '') return undefined;
  const out: JsonObject = {};
  for (const statement of text.split(',')) {
    const parts = statement.split('=');
    const [key = '', value = ''] = parts;
    if (parts.length !== 2) throw new KubectlError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    out[key] = quantityText(value);
  }
  return out;
}

export function quantityText(text: string): string {
  try {
    return Quantity.parse(text).toString();
  } catch (error) {
    throw new KubectlError(asError(error).message);
  }
}

export const createPodDisruptionBudget = generatorCommand({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  use: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  short: 'Create a pod disruption budget with the specified name',
  examples:
    '# One pod of the application must stay\nkubectl create poddisruptionbudget web --selector=app=web --min-available=1',
  flags: [
    string('max-unavailable', '', 'The maximum number or percentage of unavailable pods this budget requires.'),
    string('min-available', '', 'The minimum number or percentage of available pods this budget requires.'),
    string(
      'selector',
      '',
      'A label selector to use for this budget. Only equality-based selector requirements are supported.',
    ),
  ],
  plural: 'poddisruptionbudgets',
  namespaced: true,
  failure: 'failed to create poddisruptionbudgets:',
  object({ flags }, name): JsonObject {
    const [selector, min, max] = ['selector', 'min-available', 'max-unavailable'].map((flag) => flags.string(flag));
    if (!selector) throw new KubectlError('a selector must be specified');
    if (!min && !max) throw new KubectlError('one of min-available or max-unavailable must be specified');
    if (min && max) throw new KubectlError('min-available and max-unavailable cannot be both specified');
    if (min && !/^[0-9]+%?$/.test(min)) throw new KubectlError('invalid format specified for min-available');
    if (max && !/^[0-9]+%?$/.test(max)) throw new KubectlError('invalid format specified for max-unavailable');
    try {
      parseLabelSelector(selector);
    } catch (error) {
      throw new KubectlError(
        `couldn't parse the selector string ${JSON.stringify(selector)}: ${asError(error).message}`,
      );
    }
    return {
      kind: 'PodDisruptionBudget',
      apiVersion: 'policy/v1',
      metadata: { name },
      spec: {
        ...(min ? { minAvailable: parseIntOrString(min) } : {}),
        selector: selectorObject(selector),
        ...(max ? { maxUnavailable: parseIntOrString(max) } : {}),
      },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    };
  },
});

export const createPriorityClass = generatorCommand({
  name: 'priorityclass',
  aliases: ['pc'],
  use: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  short: 'Create a priority class with the specified name',
  examples: '# A class above the others\nkubectl create priorityclass high --value=1000 --description="goes first"',
  flags: [
    string('description', '', 'A text that says when this class should be used.'),
    bool('global-default', false, 'Whether pods without a class get this one.'),
    string('preemption-policy', 'PreemptLowerPriority', 'The policy for preempting pods with lower priority.'),
    int32('value', 0, 'the value of this priority class.'),
  ],
  plural: 'priorityclasses',
  namespaced: false,
  failure: 'failed to create priorityclass:',
  object: ({ flags }, name) => ({
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name },
    value: flags.number('value'),
    ...(flags.bool('global-default') ? { globalDefault: true } : {}),
    ...(flags.string('description') === '' ? {} : { description: flags.string('description') }),
    preemptionPolicy: flags.string('preemption-policy'),
  }),
});

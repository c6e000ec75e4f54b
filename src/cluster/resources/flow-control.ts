import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../api/types.generated.ts';
import { compareStrings } from '../apimachinery/json-value.ts';

const NONE = '<none>';
const orNone = (value: number | undefined) => (value === undefined ? NONE : String(value));

/** kubernetes: pkg/registry/flowcontrol/prioritylevelconfiguration/strategy.go, pkg/apis/flowcontrol/v1/defaults.go */
export const priorityLevelStrategy: Strategy<PriorityLevelConfiguration> = {
  generation: true,
  setDefaults({ spec }) {
    if (spec?.limited) {
      spec.limited.nominalConcurrencyShares ??= 30;
      spec.limited.lendablePercent ??= 0;
      const queuing = spec.limited.limitResponse?.queuing;
      if (queuing) {
        queuing.handSize ??= 8;
        queuing.queues ??= 64;
        queuing.queueLengthLimit ??= 50;
      }
    }
    if (spec?.exempt) {
      spec.exempt.nominalConcurrencyShares ??= 0;
      spec.exempt.lendablePercent ??= 0;
    }
  },
  prepareForCreate(level) {
    level.status = {};
  },
  columns: [
    nameColumn,
    { name: 'Type', value: (level) => level.spec?.type ?? '' },
    {
      name: 'NominalConcurrencyShares',
      value: (level) => orNone(level.spec?.limited?.nominalConcurrencyShares),
    },
    { name: 'Queues', value: (level) => orNone(level.spec?.limited?.limitResponse?.queuing?.queues) },
    { name: 'HandSize', value: (level) => orNone(level.spec?.limited?.limitResponse?.queuing?.handSize) },
    {
      name: 'QueueLengthLimit',
      value: (level) => orNone(level.spec?.limited?.limitResponse?.queuing?.queueLengthLimit),
    },
    ageColumn,
  ],
};

/** kubernetes: pkg/registry/flowcontrol/flowschema/strategy.go */
export const flowSchemaStrategy: Strategy<FlowSchema> = {
  generation: true,
  setDefaults({ spec }) {
    if (spec) spec.matchingPrecedence ??= 1000;
  },
  prepareForCreate(schema) {
    schema.status = {};
  },
  // kubernetes: pkg/printers/internalversion/printers.go printFlowSchemaList
  tableOrder: (a, b) =>
    (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) ||
    compareStrings(a.metadata.name, b.metadata.name),
  columns: [
    nameColumn,
    { name: 'PriorityLevel', value: (schema) => schema.spec?.priorityLevelConfiguration.name ?? '' },
    { name: 'MatchingPrecedence', type: 'integer', value: (schema) => schema.spec?.matchingPrecedence ?? 0 },
    { name: 'DistinguisherMethod', value: (schema) => schema.spec?.distinguisherMethod?.type ?? NONE },
    ageColumn,
    {
      name: 'MissingPL',
      value: (schema) => schema.status?.conditions?.find((one) => one.type === 'Dangling')?.status ?? '?',
    },
  ],
};

import { at } from '../../api/object.ts';
import type { Deployment, ReplicaSet } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { type Errors, nonNegative } from './field.ts';

const MORE_THAN_REPLICAS = 'cannot be greater than status.replicas';
const MORE_THAN_READY = 'cannot be greater than readyReplicas';

/** kubernetes: pkg/apis/apps/validation/validation.go ValidateDeploymentStatus */
export function validateDeploymentStatus({ status }: Deployment): Errors {
  const names = [
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'collisionCount',
  ] as const;
  return [
    ...names.flatMap((name) => nonNegative(status?.[name], `status.${name}`)),
    ...notMore(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas']),
  ];
}

/** kubernetes: ValidateReplicaSetStatus */
export function validateReplicaSetStatus({ status }: ReplicaSet): Errors {
  const names = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;
  return [
    ...names.flatMap((name) => nonNegative(status?.[name], `status.${name}`)),
    ...notMore(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
  ];
}

function notMore(status: object | undefined, names: readonly string[]): Errors {
  const of = (name: string) => Number(at(status, name) ?? 0);
  const errors = names
    .filter((name) => of(name) > of('replicas'))
    .map((name) => FieldError.invalid(`status.${name}`, of(name), MORE_THAN_REPLICAS));
  if (of('availableReplicas') > of('readyReplicas'))
    errors.push(FieldError.invalid('status.availableReplicas', of('availableReplicas'), MORE_THAN_READY));
  return errors;
}

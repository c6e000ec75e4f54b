// Placeholder while the rules are being written.
import type { FieldError } from '../../apimachinery/errors.ts';
export const validateDaemonSet = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateDaemonSetUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateDeployment = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateDeploymentUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateReplicaSet = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateReplicaSetUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateReplicationController = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateReplicationControllerUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateStatefulSet = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateStatefulSetUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];

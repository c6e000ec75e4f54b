// Placeholder while the rules are being written.
import type { FieldError } from '../../apimachinery/errors.ts';
export const validateConfigMap = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateConfigMapUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateEndpoints = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateLimitRange = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateNode = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateNodeUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateResourceQuota = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateSecret = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateSecretUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];

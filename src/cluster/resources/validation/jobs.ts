// Placeholder while the rules are being written.
import type { FieldError } from '../../apimachinery/errors.ts';
export const validateCronJob = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateCronJobUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateJob = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateJobUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];

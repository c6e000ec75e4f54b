// Placeholder while the rules are being written.
import type { FieldError } from '../../apimachinery/errors.ts';
export const validateHpa = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validatePdb = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validatePdbUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validatePriorityClass = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validatePriorityClassUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];

// Placeholder while the rules are being written.
import type { FieldError } from '../../apimachinery/errors.ts';
export const validateBinding = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateBindingUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateClusterRole = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateRole = (_object: unknown, _old?: unknown): FieldError[] => [];

// Placeholder while the rules are being written.
import type { FieldError } from '../../apimachinery/errors.ts';
export const validateService = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateServiceUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];

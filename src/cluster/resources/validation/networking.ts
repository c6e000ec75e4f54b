// Placeholder while the rules are being written.
import type { FieldError } from '../../apimachinery/errors.ts';
export const validateEndpointSlice = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateEndpointSliceUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateIngress = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateIngressClass = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateIngressClassUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateNetworkPolicy = (_object: unknown, _old?: unknown): FieldError[] => [];

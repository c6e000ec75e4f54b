// Placeholder while the rules are being written.
import type { FieldError } from '../../apimachinery/errors.ts';
export const validatePersistentVolume = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validatePersistentVolumeClaim = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validatePersistentVolumeClaimUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validatePersistentVolumeUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateStorageClass = (_object: unknown, _old?: unknown): FieldError[] => [];
export const validateStorageClassUpdate = (_object: unknown, _old?: unknown): FieldError[] => [];

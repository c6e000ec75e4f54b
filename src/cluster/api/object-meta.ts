import { FieldError } from '../apimachinery/errors.ts';
import {
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabelValue,
  validatePathSegmentName,
  validateQualifiedName,
} from '../apimachinery/names.ts';
import { type ApiObject, deepEqual, type Stored } from './object.ts';
import type { Resource } from './resource.ts';

/** All annotations of an object together, bytes. kubernetes: apimachinery/pkg/api/validation/objectmeta.go */
const TOTAL_ANNOTATION_SIZE = 256 * 1024;
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

const NAME_RULES = {
  subdomain: validateDns1123Subdomain,
  label: validateDns1123Label,
  label1035: validateDns1035Label,
  'path-segment': validatePathSegmentName,
};

/** kubernetes: apimachinery/pkg/api/validation/objectmeta.go ValidateObjectMetaAccessor */
export function validateMetadata(resource: Resource, object: ApiObject): FieldError[] {
  const metadata = object.metadata ?? {};
  const errors: FieldError[] = [];
  const rule = NAME_RULES[resource.strategy.nameRule ?? 'subdomain'];
  if (metadata.generateName) {
    const stem = metadata.generateName.replace(/-+$/, '') || metadata.generateName;
    for (const text of rule(stem))
      errors.push(FieldError.invalid('metadata.generateName', metadata.generateName, text));
  }
  if (!metadata.name) errors.push(FieldError.required('metadata.name', 'name or generateName is required'));
  else for (const text of rule(metadata.name)) errors.push(FieldError.invalid('metadata.name', metadata.name, text));
  return [...errors, ...validateCommon(object)];
}

/** kubernetes: ValidateObjectMetaAccessorUpdate */
export function validateMetadataUpdate(object: ApiObject, old: Stored): FieldError[] {
  const metadata = object.metadata ?? {};
  const errors: FieldError[] = [];
  if (old.metadata.deletionTimestamp) {
    const before = new Set(old.metadata.finalizers ?? []);
    const added = (metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
    if (added.length > 0) {
      const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
      errors.push(
        FieldError.forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
        ),
      );
    }
  }
  for (const field of ['name', 'namespace'] as const) {
    if (metadata[field] !== old.metadata[field]) {
      errors.push(FieldError.invalid(`metadata.${field}`, metadata[field] ?? '', 'field is immutable'));
    }
  }
  return [...errors, ...validateCommon(object, old)];
}

function validateCommon(object: ApiObject, old?: Stored): FieldError[] {
  const metadata = object.metadata ?? {};
  const errors: FieldError[] = [];
  // What passed once and did not change need not be looked at again.
  if (!old || !deepEqual(metadata.ownerReferences, old.metadata.ownerReferences))
    errors.push(...validateOwners(object));
  if (metadata.finalizers && metadata.finalizers !== old?.metadata.finalizers) {
    for (const finalizer of metadata.finalizers)
      for (const text of validateQualifiedName(finalizer))
        errors.push(FieldError.invalid('metadata.finalizers', finalizer, text));
    errors.push(...metadata.finalizers.flatMap(validateFinalizer));
  }
  if (metadata.labels && metadata.labels !== old?.metadata.labels)
    errors.push(...validateLabels(metadata.labels, 'metadata.labels'));
  if (metadata.annotations && metadata.annotations !== old?.metadata.annotations) {
    errors.push(...validateAnnotations(metadata.annotations, 'metadata.annotations'));
  }
  return errors;
}

export function validateLabels(labels: { [key: string]: string }, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels).sort()) {
    const value = labels[key] ?? '';
    for (const text of validateQualifiedName(key)) errors.push(FieldError.invalid(path, key, text));
    for (const text of validateLabelValue(value)) errors.push(FieldError.invalid(path, value, text));
  }
  return errors;
}

export function validateAnnotations(annotations: { [key: string]: string }, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of Object.keys(annotations).sort()) {
    for (const text of validateQualifiedName(key.toLowerCase())) errors.push(FieldError.invalid(path, key, text));
    size += key.length + (annotations[key]?.length ?? 0);
  }
  if (size > TOTAL_ANNOTATION_SIZE) errors.push(FieldError.tooLong(path, '', TOTAL_ANNOTATION_SIZE));
  return errors;
}

/** kubernetes: pkg/apis/core/validation validateKubeFinalizerName */
function validateFinalizer(finalizer: string, position: number): FieldError[] {
  if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return [];
  return [
    FieldError.invalid(
      `metadata.finalizers[${position}]`,
      finalizer,
      'name is neither a standard finalizer name nor is it fully qualified',
    ),
  ];
}

/** A version, with a group before it or without. */
const VERSIONED = /^([^/]*\/)?[^/]+$/;

function validateOwners(object: ApiObject): FieldError[] {
  const errors: FieldError[] = [];
  let controller = '';
  for (const owner of object.metadata?.ownerReferences ?? []) {
    const path = 'metadata.ownerReferences';
    if (!VERSIONED.test(owner.apiVersion ?? ''))
      errors.push(FieldError.invalid(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    if (!owner.kind) errors.push(FieldError.invalid(`${path}.kind`, '', 'must not be empty'));
    if (!owner.name) errors.push(FieldError.invalid(`${path}.name`, '', 'must not be empty'));
    if (!owner.uid) errors.push(FieldError.invalid(`${path}.uid`, '', 'must not be empty'));
    if (owner.kind === 'Event' && (owner.apiVersion === 'v1' || owner.apiVersion === 'events.k8s.io/v1')) {
      const gvk = owner.apiVersion === 'v1' ? '/v1' : owner.apiVersion;
      errors.push(FieldError.invalid(path, owner, `${gvk}, Kind=Event is disallowed from being an owner`));
    }
    if (owner.controller !== true) continue;
    if (controller !== '') {
      errors.push(
        FieldError.invalid(
          'metadata.ownerReferences',
          object.metadata?.ownerReferences,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.kind}/${owner.name}`,
        ),
      );
    }
    controller = `${owner.kind}/${owner.name}`;
  }
  return errors;
}

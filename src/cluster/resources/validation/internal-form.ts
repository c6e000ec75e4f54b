import type {
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
  PodSpec,
  PodTemplateSpec,
  SecurityContext,
} from '../../api/types.generated.ts';
import { internalTypes } from './internal-form.generated.ts';

// Some errors of kube-apiserver show an object in the form that the server itself works with: Go's field names, and every
// field, set or not. kubernetes: pkg/apis/core/types.go

type Plain = { readonly [key: string]: unknown };
type FieldOf = readonly [name: string, type: string, json: string];

let parsed: Map<string, readonly FieldOf[]> | undefined;

function fieldsOf(type: string): readonly FieldOf[] | undefined {
  if (!parsed) {
    parsed = new Map();
    for (const line of internalTypes.split('\n')) {
      const [name = '', ...fields] = line.split(' ');
      parsed.set(
        name,
        fields.map((field): FieldOf => {
          const [goName = '', goType = '', json = ''] = field.split(':');
          return [goName, goType, json];
        }),
      );
    }
  }
  return parsed.get(type);
}

function plain(value: unknown): Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
}

function structOf(type: string, value: Plain): { [key: string]: unknown } {
  const result: { [key: string]: unknown } = {};
  for (const [name, goType, json] of fieldsOf(type) ?? []) {
    if (name !== '') result[name] = formOf(goType, json === '' ? undefined : value[json]);
    // Embedded: its fields are the outer's.
    else
      Object.assign(
        result,
        goType === 'metav1.ObjectMeta' ? plain(value['metadata']) : structOf(goType.replace('*', ''), value),
      );
  }
  return result;
}

function formOf(type: string, value: unknown): unknown {
  if (type.startsWith('*')) return value === undefined || value === null ? null : formOf(type.slice(1), value);
  if (type.startsWith('[]')) return Array.isArray(value) ? value.map((item) => formOf(type.slice(2), item)) : null;
  if (type.startsWith('map[')) return sorted(value);
  if (fieldsOf(type)) return structOf(type, plain(value));
  if (value !== undefined) return value;
  if (type === 'bool') return false;
  return /^u?int|^float|^intstr\./.test(type)
    ? 0
    : type === 'resource.Quantity'
      ? '0'
      : type === 'metav1.Time'
        ? null
        : '';
}

function sorted(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  const given = plain(value);
  return Object.fromEntries(
    Object.keys(given)
      .sort()
      .map((key) => [key, given[key]]),
  );
}

/** Switches of the Pod that the server keeps in its security context. */
function withHostFields(form: { [key: string]: unknown }, spec: PodSpec): { [key: string]: unknown } {
  const context = form['SecurityContext'];
  if (typeof context !== 'object' || context === null) return form;
  const {
    hostNetwork = false,
    hostPID = false,
    hostIPC = false,
    shareProcessNamespace = null,
    hostUsers = null,
  } = spec;
  const host = {
    HostNetwork: hostNetwork,
    HostPID: hostPID,
    HostIPC: hostIPC,
    ShareProcessNamespace: shareProcessNamespace,
    HostUsers: hostUsers,
  };
  return { ...form, SecurityContext: { ...context, ...host } };
}

export function internalPodSpec(spec: PodSpec): unknown {
  return withHostFields(structOf('PodSpec', { ...spec }), spec);
}

export function internalPodTemplate(template: PodTemplateSpec): unknown {
  const form = structOf('PodTemplateSpec', { ...template });
  return template.spec ? { ...form, Spec: internalPodSpec(template.spec) } : form;
}

export function internalSecurityContext(context: SecurityContext): unknown {
  return structOf('SecurityContext', { ...context });
}

export function internalClaimSpec(spec: PersistentVolumeClaimSpec): unknown {
  return structOf('PersistentVolumeClaimSpec', { ...spec });
}

/** What kind of volume a PersistentVolume is, apart from all else in its spec. */
export function internalVolumeSource(spec: PersistentVolumeSpec): unknown {
  return structOf('PersistentVolumeSource', { ...spec });
}

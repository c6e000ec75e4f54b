import { at, isRecord, type Stored } from '../api/object.ts';
import type { Column, Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../api/types.generated.ts';
import { setBindingDefaults } from './defaults/rbac.ts';
import { validateBinding, validateBindingUpdate, validateClusterRole, validateRole } from './validation/rbac.ts';

const createdAt: Column = {
  name: 'Created At',
  format: 'date-time',
  value: (object) => object.metadata.creationTimestamp,
};

export const roleStrategy: Strategy<Role> = {
  nameRule: 'path-segment',
  validate: validateRole,
  validateUpdate: validateRole,
  columns: [nameColumn, createdAt],
};

export const clusterRoleStrategy: Strategy<ClusterRole> = {
  nameRule: 'path-segment',
  validate: validateClusterRole,
  validateUpdate: validateClusterRole,
  columns: [nameColumn, createdAt],
};

function subjectNames(binding: Stored, kind: string): string {
  const subjects = at(binding, 'subjects');
  const names = (Array.isArray(subjects) ? subjects : [])
    .filter(isRecord)
    .filter((subject) => subject['kind'] === kind)
    .map((subject) =>
      kind === 'ServiceAccount' ? `${subject['namespace']}/${subject['name']}` : String(subject['name']),
    );
  return names.join(', ');
}

const bindingColumns: readonly Column[] = [
  nameColumn,
  { name: 'Role', value: (binding) => `${at(binding, 'roleRef', 'kind')}/${at(binding, 'roleRef', 'name')}` },
  ageColumn,
  { name: 'Users', priority: 1, value: (binding) => subjectNames(binding, 'User') },
  { name: 'Groups', priority: 1, value: (binding) => subjectNames(binding, 'Group') },
  { name: 'ServiceAccounts', priority: 1, value: (binding) => subjectNames(binding, 'ServiceAccount') },
];

export const roleBindingStrategy: Strategy<RoleBinding> = {
  nameRule: 'path-segment',
  setDefaults: setBindingDefaults,
  validate: validateBinding,
  validateUpdate: validateBindingUpdate,
  columns: bindingColumns,
};

export const clusterRoleBindingStrategy: Strategy<ClusterRoleBinding> = {
  nameRule: 'path-segment',
  setDefaults: setBindingDefaults,
  validate: validateBinding,
  validateUpdate: validateBindingUpdate,
  columns: bindingColumns,
};

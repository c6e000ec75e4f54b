import type { ClusterRoleBinding, RoleBinding } from '../../api/types.generated.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** kubernetes: pkg/apis/rbac/v1/defaults.go */
export function setBindingDefaults(binding: RoleBinding | ClusterRoleBinding): void {
  if (binding.roleRef && !binding.roleRef.apiGroup) binding.roleRef.apiGroup = GROUP;
  for (const subject of binding.subjects ?? []) {
    if (subject.apiGroup) continue;
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup = GROUP;
  }
}

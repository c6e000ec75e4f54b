import { VALIDATING_ADMISSION_POLICIES } from '../../api/kinds.ts';
import type { Controller } from '../controller.ts';

/**
 * Says of policies that they were looked at. kubetutor does not model the type check of expressions against the schemas of
 * kinds, so there is never a warning. kubernetes: pkg/controller/validatingadmissionpolicystatus/controller.go
 */
export const admissionPolicyStatus: Controller = {
  name: 'validatingadmissionpolicy-status-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((name) => {
      const policy = client.get(VALIDATING_ADMISSION_POLICIES, '', name);
      const observedGeneration = policy?.metadata.generation;
      if (!policy || observedGeneration === undefined || policy.status?.observedGeneration === observedGeneration)
        return;
      client.modify(
        VALIDATING_ADMISSION_POLICIES,
        '',
        name,
        (old) => ({ ...old, status: { observedGeneration, typeChecking: {} } }),
        'status',
      );
    });
    context.enqueue(VALIDATING_ADMISSION_POLICIES, queue);
  },
};

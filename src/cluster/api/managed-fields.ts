import { StatusError } from '../apimachinery/errors.ts';
import type { ManagedFieldsRules } from './field-managers.ts';
import type { ServerSideApply } from './server.ts';

export const managedFieldsRules: ManagedFieldsRules = { afterUpdate: (entries) => entries };

export const serverSideApply: ServerSideApply = () => {
  throw StatusError.internal('kubetutor does not model server-side apply yet');
};

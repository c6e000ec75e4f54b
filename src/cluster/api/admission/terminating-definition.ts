import { StatusError } from '../../apimachinery/errors.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/** Nothing is made of a kind that is going. kubernetes: apiextensions-apiserver/pkg/apiserver/customresource_handler.go serveResource */
export const terminatingDefinition: AdmissionPlugin = {
  name: 'TerminatingDefinition',
  admit({ resource, operation, name, context }) {
    if (operation !== 'CREATE' || !('openAPIV3Schema' in resource)) return;
    if (!context.server.store.get(DEFINITIONS, qualifiedResource(resource))?.metadata.deletionTimestamp) return;
    const why = 'create not allowed while custom resource definition is terminating';
    throw StatusError.forbidden(resource, name, why);
  },
};

import { requestedSubject } from '../../../world/pki/signing-request.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { at } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin } from './admission.ts';

const SIGNER = 'kubernetes.io/kube-apiserver-client';

/** Nobody becomes system:masters by a certificate. kubernetes: plugin/pkg/admission/certificates/subjectrestriction */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  validate({ resource, operation, subresource, object, name }) {
    if (qualifiedResource(resource) !== 'certificatesigningrequests.certificates.k8s.io') return;
    if (operation !== 'CREATE' || subresource !== '' || at(object, 'spec', 'signerName') !== SIGNER) return;
    const subject = requestedSubject(String(at(object, 'spec', 'request') ?? ''));
    if (!subject?.organizations.includes('system:masters')) return;
    throw StatusError.forbidden(resource, name, `use of ${SIGNER} signer with system:masters group is not allowed`);
  },
};

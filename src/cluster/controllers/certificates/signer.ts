import type { Subject } from '../../../world/pki/certificate.ts';
import { partsOf } from '../../../world/pki/keys.ts';
import { requestedSubject } from '../../../world/pki/signing-request.ts';
import type { Client } from '../../api/client.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { CertificateSigningRequest } from '../../api/types.generated.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import { isTrue } from '../conditions.ts';
import type { Controller } from '../controller.ts';

const SIGNERS = new Set([
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/kubelet-serving',
  'kubernetes.io/legacy-unknown',
]);
const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
/** What a certificate is good for when the request does not say, and at most: a year, s. */
const YEAR = 365 * 86_400;
const DAY = 86_400;

/** Approves what kubelets ask for when they join. kubernetes: pkg/controller/certificates/approver */
export const csrApprover: Controller = {
  name: 'csrapproving-controller',
  account: 'certificate-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((name) => {
      const request = client.get(CERTIFICATE_SIGNING_REQUESTS, '', name);
      if (!request || request.spec?.signerName !== KUBELET_CLIENT || isDecided(request)) return;
      const groups = request.spec.groups ?? [];
      const bootstrap = groups.includes('system:bootstrappers');
      if (!bootstrap && !groups.includes('system:nodes')) return;
      const what = bootstrap ? 'kubelet client' : 'self kubelet client';
      // Of the status, approval is a right of its own.
      addCondition(client, name, {
        type: 'Approved',
        reason: 'AutoApproved',
        message: `Auto approving ${what} certificate after SubjectAccessReview.`,
      });
    });
    context.enqueue(CERTIFICATE_SIGNING_REQUESTS, queue);
  },
};

function addCondition(
  client: Client,
  name: string,
  why: { readonly type: string; readonly reason: string; readonly message: string },
): void {
  const time = toSeconds(client.now);
  const { type, reason, message } = why;
  const condition = { type, status: 'True', reason, message, lastUpdateTime: time, lastTransitionTime: time };
  client.modify(
    CERTIFICATE_SIGNING_REQUESTS,
    '',
    name,
    (old) => ({ ...old, status: { ...old.status, conditions: [...(old.status?.conditions ?? []), condition] } }),
    'status',
  );
}

/** The public key that a request (PEM in base64) is about. */
function publicKeyIn(request: string | undefined): Uint8Array | undefined {
  return partsOf(atob(request ?? ''))?.publicKey;
}

const COMMON_USAGES = ['digital signature', 'key encipherment'];

/** Usages that a signer issues no certificate for. kubernetes: pkg/controller/certificates/signer/signer.go isRequestForSignerFn */
function usagesRefusal({ spec }: CertificateSigningRequest): string | undefined {
  const usages: readonly string[] = spec?.usages ?? [];
  if (spec?.signerName !== 'kubernetes.io/kube-apiserver-client') return undefined;
  const wrong = usages.find((one) => one !== 'client auth' && !COMMON_USAGES.includes(one));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

/** Issues certificates for approved requests. kubernetes: pkg/controller/certificates/signer */
export const csrSigner: Controller = {
  name: 'csrsigning-controller',
  account: 'certificate-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((name) => {
      const request = client.get(CERTIFICATE_SIGNING_REQUESTS, '', name);
      if (!request || !SIGNERS.has(request.spec?.signerName ?? '') || request.status?.certificate) return;
      const { conditions } = request.status ?? {};
      if (!isTrue(conditions, 'Approved') || isTrue(conditions, 'Denied') || isTrue(conditions, 'Failed')) return;
      const subject = requestedSubject(request.spec?.request ?? '');
      if (!subject) return;
      const refusal =
        usagesRefusal(request) ??
        (KUBELET_SIGNERS.has(request.spec?.signerName ?? '') ? kubeletRefusal(subject) : undefined);
      if (refusal !== undefined) {
        addCondition(client, name, { type: 'Failed', reason: 'SignerValidationFailure', message: refusal });
        return;
      }
      const seconds = Math.min(request.spec?.expirationSeconds ?? YEAR, YEAR);
      const { certificate } = client.server.authority.issue(
        subject,
        seconds / DAY,
        [],
        false,
        publicKeyIn(request.spec?.request),
      );
      client.modify(
        CERTIFICATE_SIGNING_REQUESTS,
        '',
        name,
        (old) => ({ ...old, status: { ...old.status, certificate: btoa(certificate) } }),
        'status',
      );
    });
    context.enqueue(CERTIFICATE_SIGNING_REQUESTS, queue);
  },
};

const KUBELET_SIGNERS = new Set([KUBELET_CLIENT, 'kubernetes.io/kubelet-serving']);

/** kubernetes: pkg/apis/certificates/helpers.go ValidateKubeletClientCSR, ValidateKubeletServingCSR */
function kubeletRefusal({ commonName, organizations }: Subject): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes')
    return 'subject organization is not system:nodes';
  return commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node:';
}

function isDecided({ status }: Stored<CertificateSigningRequest>): boolean {
  return isTrue(status?.conditions, 'Approved') || isTrue(status?.conditions, 'Denied');
}

import type { HttpResponse } from '../../../world/network/http.ts';
import { StatusError } from '../../apimachinery/errors.ts';
import { labelSelectorMatches } from '../../apimachinery/labels.ts';
import { at, isRecord, type Stored } from '../object.ts';
import type { Resource } from '../resource.ts';
import { jsonResponse } from '../response.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { readObjectBody } from './answer.ts';
import { deleteOptions, writeOptions } from './options.ts';

/** pods/eviction: a delete that PodDisruptionBudgets may refuse. kubernetes: pkg/registry/core/pod/storage/eviction.go */
export function evictPod(server: ApiServer, request: ApiRequest, resource: Resource): HttpResponse {
  const { info, http } = request;
  const body = readObjectBody(request, 'Eviction');
  if (at(body, 'metadata', 'name') !== info.name)
    throw StatusError.badRequest('name in URL does not match name in Eviction object');
  const pod = server.registry.get(resource, info.namespace, info.name);
  const given = at(body, 'deleteOptions');
  const options = deleteOptions(http, isRecord(given) ? given : {});
  const write = { ...writeOptions(request), dryRun: options.dryRun ?? false };
  if (!mayGoFreely(pod)) checkBudgets(server, pod);
  server.registry.delete(resource, info.namespace, info.name, options, write);
  return jsonResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

function mayGoFreely(pod: Stored): boolean {
  const phase = at(pod, 'status', 'phase');
  return (
    phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined
  );
}

function checkBudgets(server: ApiServer, pod: Stored): void {
  const budgets = server.store
    .list('poddisruptionbudgets.policy', pod.metadata.namespace)
    .filter((budget) => labelSelectorMatches(at(budget, 'spec', 'selector'), pod.metadata.labels ?? {}));
  if (budgets.length > 1) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new StatusError({ code: 500, reason: '', message });
  }
  const [budget] = budgets;
  if (!budget) return;
  const { name } = budget.metadata;
  const allowed = Number(at(budget, 'status', 'disruptionsAllowed') ?? 0);
  const observed = Number(at(budget, 'status', 'observedGeneration') ?? 0);
  if (observed < (budget.metadata.generation ?? 0)) {
    throw tooMany(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  if (allowed <= 0) {
    const desired = Number(at(budget, 'status', 'desiredHealthy') ?? 0);
    const current = Number(at(budget, 'status', 'currentHealthy') ?? 0);
    throw tooMany(`The disruption budget ${name} needs ${desired} healthy pods and has ${current} currently`, 0);
  }
  const resource = server.resources.need('policy', 'v1', 'poddisruptionbudgets');
  server.registry.update(
    resource,
    budget.metadata.namespace ?? '',
    name,
    (old) => {
      const status = at(old, 'status');
      return { ...old, status: { ...(isRecord(status) ? status : {}), disruptionsAllowed: allowed - 1 } };
    },
    {
      user: { name: 'system:apiserver', groups: ['system:masters'] },
      fieldManager: 'kube-apiserver',
      dryRun: false,
      trusted: true,
    },
    'status',
  );
}

function tooMany(cause: string, retryAfterSeconds: number): StatusError {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  return StatusError.tooManyRequests(text, retryAfterSeconds, [{ reason: 'DisruptionBudget', message: cause }]);
}

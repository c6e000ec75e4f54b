import { type WebhookAnswer, type WebhookCall, WebhookNeeded } from '../cluster/api/admission/webhooks.ts';
import { at } from '../cluster/api/object.ts';
import type { ApiServer } from '../cluster/api/server.ts';
import { Errno } from '../world/errno.ts';
import { bodyText, type HttpRequest, type HttpResponse } from '../world/network/http.ts';
import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';

/** Handles a request, asking webhooks as often as there are some to ask. */
export function* handleWithWebhooks(process: Process, server: ApiServer, request: HttpRequest): Task<HttpResponse> {
  const answers = new Map<string, WebhookAnswer>();
  for (;;) {
    try {
      return server.handle(request, answers);
    } catch (error) {
      if (!(error instanceof WebhookNeeded)) throw error;
      answers.set(error.call.key, yield* ask(process, server, error.call));
    }
  }
}

/** Certificates of webhooks are not looked at: kubetutor does not model a wrong caBundle. kubernetes: apiserver/pkg/util/webhook */
function* ask(process: Process, server: ApiServer, call: WebhookCall): Task<WebhookAnswer> {
  const failed = (text: string): WebhookAnswer => ({ kind: 'failed', why: `Post "${call.url}": ${text}` });
  const place = call.service ? serviceAddress(server, call.service) : urlAddress(call.url);
  if (typeof place === 'string') return failed(place);
  const { address, port } = place;
  try {
    const response = yield* process.machine.world.network.request(process, address, port, {
      method: 'POST',
      path: call.path,
      query: [['timeout', `${call.timeout / 1000}s`]],
      headers: new Map([
        ['content-type', 'application/json'],
        ['user-agent', 'kube-apiserver-admission'],
      ]),
      body: { kind: 'json', value: call.review },
      tls: {},
      connectTimeout: call.timeout,
    });
    return answered(response, failed);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'ETIMEDOUT') return failed('context deadline exceeded');
    return failed(error.code === 'EIO' ? 'EOF' : `dial tcp ${address}:${port}: connect: ${error.text.toLowerCase()}`);
  }
}

function answered(response: HttpResponse, failed: (text: string) => WebhookAnswer): WebhookAnswer {
  if (response.status !== 200) return failed('the server rejected our request for an unknown reason');
  const review = response.body?.kind === 'json' ? response.body.value : parsed(bodyText(response.body));
  const verdict = at(review, 'response');
  return verdict === undefined
    ? failed('expected response of type AdmissionReview')
    : { kind: 'answered', response: verdict };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Address = { readonly address: string; readonly port: number };

/** The cluster IP, or why there is none. kubernetes: kube-aggregator/pkg/apiserver/resolvers.go */
function serviceAddress(
  server: ApiServer,
  { namespace, name, port }: { readonly namespace: string; readonly name: string; readonly port: number },
): Address | string {
  const service = server.store.get('services', `${namespace}/${name}`);
  if (!service) return `service ${JSON.stringify(name)} not found`;
  const ports = at(service, 'spec', 'ports');
  if (!Array.isArray(ports) || !ports.some((one) => at(one, 'port') === port))
    return `no service port ${port} found for service ${JSON.stringify(name)}`;
  return { address: String(at(service, 'spec', 'clusterIP')), port };
}

function urlAddress(url: string): Address | string {
  const match = /^https:\/\/([^/:]+)(?::(\d+))?/.exec(url);
  const host = match?.[1] ?? '';
  if (!/^[\d.]+$/.test(host)) return `dial tcp: lookup ${host}: no such host`;
  return { address: host, port: Number(match?.[2] ?? 443) };
}

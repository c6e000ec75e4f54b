import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../../world/errno.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { lookUp } from '../client/client.ts';

/** An API server that is spoken to with a token of IAM. */
export class KubeApi {
  constructor(
    private readonly process: Process,
    private readonly endpoint: string,
    private readonly token: () => string,
  ) {}

  /** The status and the object of the answer; status 0 when nobody answers. */
  *request(
    method: string,
    path: string,
    body?: JsonObject,
    contentType = 'application/json',
  ): Task<[number, JsonObject]> {
    const host = this.endpoint.replace(/^https:\/\//, '');
    const address = lookUp(this.process, host);
    if (address === undefined) return [0, {}];
    const [bare = '', search = ''] = path.split('?');
    const query =
      search === ''
        ? []
        : search
            .split('&')
            .map((part): [string, string] => [
              part.slice(0, part.indexOf('=')),
              decodeURIComponent(part.slice(part.indexOf('=') + 1)),
            ]);
    try {
      const response = yield* this.process.machine.world.network.request(this.process, address, 443, {
        method,
        path: bare,
        query,
        headers: new Map([
          ['authorization', `Bearer ${this.token()}`],
          ['content-type', contentType],
          ['user-agent', 'eksctl'],
        ]),
        tls: { serverName: host },
        ...(body ? { body: { kind: 'json', value: body } } : {}),
      });
      const value = response.body?.kind === 'json' ? response.body.value : undefined;
      return [response.status, isObject(value) ? value : {}];
    } catch (error) {
      if (error instanceof Errno) return [0, {}];
      throw error;
    }
  }

  *list(path: string): Task<JsonObject[]> {
    const [, answer] = yield* this.request('GET', path);
    const items: Json | undefined = answer['items'];
    return Array.isArray(items) ? items.filter(isObject) : [];
  }
}

import type { HttpBody, HttpResponse } from '../../world/network/http.ts';

export function jsonResponse(status: number, value: unknown): HttpResponse {
  return response(status, { kind: 'json', value });
}

export function response(status: number, body: HttpBody, contentType = 'application/json'): HttpResponse {
  return { status, headers: new Map([['content-type', contentType]]), body };
}

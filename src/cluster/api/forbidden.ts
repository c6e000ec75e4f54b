import { StatusError } from '../apimachinery/errors.ts';
import type { User } from './authentication.ts';
import { nameOf, type RequestInfo } from './request-info.ts';

/** kubernetes: apiserver/pkg/endpoints/handlers/responsewriters/errors.go ForbiddenStatusError */
export function forbidden(user: User, info: RequestInfo, reason: string): StatusError {
  const resource = info.isResourceRequest ? { group: info.group, plural: info.resource } : undefined;
  return StatusError.forbidden(resource, nameOf(info), forbiddenMessage(user, info, reason));
}

function forbiddenMessage(user: User, info: RequestInfo, reason: string): string {
  const what = info.isResourceRequest
    ? resourceMessage(user, info)
    : `User "${user.name}" cannot ${info.verb} path "${info.path}"`;
  return reason === '' ? what : `${what}: ${reason}`;
}

function resourceMessage(user: User, info: RequestInfo): string {
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  const scope = info.namespace === '' ? 'at the cluster scope' : `in the namespace "${info.namespace}"`;
  return `User "${user.name}" cannot ${info.verb} resource "${resource}" in API group "${info.group}" ${scope}`;
}

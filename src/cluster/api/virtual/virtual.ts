import { StatusError } from '../../apimachinery/errors.ts';
import { toSeconds } from '../../apimachinery/time.ts';
import type { AccessQuestion } from '../access-rules.ts';
import type { User } from '../authentication.ts';
import { authorize, rulesFor } from '../authorization.ts';
import { nodeOf } from '../node-authorizer.ts';
import { type ApiObject, at, isRecord } from '../object.ts';
import type { ApiRequest, ApiServer } from '../server.ts';
import { audiencesOf, issueToken, tokenClaims, tokenUser } from './tokens.ts';

/** Kinds that are answered and not stored: reviews and tokens. One line each. */
export function registerVirtualResources(server: ApiServer): void {
  server.tokenUser = (token) => tokenUser(server, token);
  server.virtual.set('selfsubjectaccessreviews.authorization.k8s.io', selfSubjectAccessReview);
  server.virtual.set('subjectaccessreviews.authorization.k8s.io', subjectAccessReview);
  server.virtual.set('localsubjectaccessreviews.authorization.k8s.io', subjectAccessReview);
  server.virtual.set('selfsubjectrulesreviews.authorization.k8s.io', selfSubjectRulesReview);
  server.virtual.set('selfsubjectreviews.authentication.k8s.io', selfSubjectReview);
  server.virtual.set('tokenreviews.authentication.k8s.io', tokenReview);
  server.virtual.set('serviceaccounts/token', (virtualServer, request) => issueToken(virtualServer, request));
  server.virtual.set('bindings.', () => {
    throw StatusError.badRequest('kubetutor does not model the top-level bindings resource; use pods/NAME/binding');
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function questionOf(spec: unknown): AccessQuestion {
  const attributes = at(spec, 'resourceAttributes');
  if (isRecord(attributes)) {
    return {
      verb: text(attributes['verb']),
      group: text(attributes['group']),
      resource: text(attributes['resource']),
      subresource: text(attributes['subresource']),
      namespace: text(attributes['namespace']),
      name: text(attributes['name']),
    };
  }
  const none = { group: '', resource: '', subresource: '', namespace: '', name: '' };
  return {
    ...none,
    verb: text(at(spec, 'nonResourceAttributes', 'verb')),
    path: text(at(spec, 'nonResourceAttributes', 'path')),
  };
}

function answer(server: ApiServer, user: User, spec: unknown): unknown {
  const { allowed, reason } = authorize(server.store, user, questionOf(spec));
  return { allowed, ...(reason === '' ? {} : { reason }) };
}

function selfSubjectAccessReview(server: ApiServer, request: ApiRequest, object: ApiObject | undefined): unknown {
  return { ...object, status: answer(server, request.user, at(object, 'spec')) };
}

function subjectAccessReview(server: ApiServer, _request: ApiRequest, object: ApiObject | undefined): unknown {
  const spec = at(object, 'spec');
  const groups = at(spec, 'groups');
  const user: User = {
    name: text(at(spec, 'user')),
    groups: Array.isArray(groups) ? groups.filter((group): group is string => typeof group === 'string') : [],
  };
  return { ...object, status: answer(server, user, spec) };
}

function selfSubjectRulesReview(server: ApiServer, request: ApiRequest, object: ApiObject | undefined): unknown {
  const namespace = text(at(object, 'spec', 'namespace'));
  const resourceRules: unknown[] = [];
  const nonResourceRules: unknown[] = [];
  for (const { rule } of rulesFor(server.store, request.user, namespace)) {
    if (!rule) continue;
    const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
    if (nonResourceURLs.length > 0) nonResourceRules.push({ verbs, nonResourceURLs });
    else resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames.length > 0 ? { resourceNames } : {}) });
  }
  const unknown =
    nodeOf(request.user) === undefined
      ? { incomplete: false }
      : { incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' };
  return { ...object, status: { resourceRules, nonResourceRules, ...unknown } };
}

function userInfo(user: User): unknown {
  return {
    username: user.name,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: user.groups,
    ...(user.extra ? { extra: user.extra } : {}),
  };
}

function selfSubjectReview(server: ApiServer, request: ApiRequest, object: ApiObject | undefined): unknown {
  return {
    ...object,
    metadata: { ...object?.metadata, creationTimestamp: toSeconds(server.world.now) },
    status: { userInfo: userInfo(request.user) },
  };
}

function tokenReview(server: ApiServer, _request: ApiRequest, object: ApiObject | undefined): unknown {
  const token = text(at(object, 'spec', 'token'));
  const given = at(object, 'spec', 'audiences');
  const wanted = Array.isArray(given) && given.length > 0 ? given.map(String) : [ISSUER];
  const claims = tokenClaims(server, token);
  const audiences = claims === undefined ? [] : audiencesOf(server, claims, wanted);
  const user = tokenUser(server, token, wanted);
  if (user) return { ...object, status: { authenticated: true, user: userInfo(user), audiences } };
  const invalid = 'invalid bearer token';
  const list = (names: unknown) =>
    `[${(Array.isArray(names) ? names : []).map((name) => JSON.stringify(name)).join(' ')}]`;
  const error =
    claims === undefined || audiences.length > 0
      ? invalid
      : `[${invalid}, token audiences ${list(at(claims, 'aud'))} is invalid for the target audiences ${list(wanted)}]`;
  return { ...object, status: { user: {}, error } };
}

const ISSUER = 'https://kubernetes.default.svc.cluster.local';

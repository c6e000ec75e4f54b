import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../../errors.ts';
import { type FlagSet, string, stringArray } from '../../flags/index.ts';
import { generatorCommand } from './generator.ts';

/** kubernetes: kubectl/pkg/cmd/create/create_ingress.go ruleRegex */
const RULE = /^[\w*\-.]*\/.*=[\w-]+:[\w-]+(?:,tls=?[\w-]*)?/;

export const createIngress = generatorCommand({
  name: 'ingress',
  aliases: ['ing'],
  use: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  short: 'Create an ingress with the specified name',
  examples: `# One path of a host
kubectl create ingress site --rule="example.com/=web:80"

# All below a path, with TLS
kubectl create ingress site --class=nginx --rule="example.com/api*=api:8080,tls=site-cert"

# Everything that no rule takes
kubectl create ingress all --default-backend=web:80`,
  flags: [
    stringArray('annotation', 'Annotation to insert in the ingress object, in the format annotation=value'),
    string('class', '', 'Ingress Class to be used'),
    string('default-backend', '', 'Default service for backend, in format of svcname:port'),
    stringArray(
      'rule',
      "Rule in format host/path=service:port[,tls=secretname]. Paths that end with '*' match everything below (pathType=Prefix).",
    ),
  ],
  plural: 'ingresses',
  namespaced: true,
  failure: 'failed to create ingress:',
  object({ flags }, name): JsonObject {
    const rules = flags.list('rule');
    const annotations = check(flags);
    const backend = flags.string('default-backend');
    const tls = tlsRules(rules);
    return {
      kind: 'Ingress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      spec: {
        ...(flags.string('class') === '' ? {} : { ingressClassName: flags.string('class') }),
        ...(backend === '' ? {} : { defaultBackend: backendOf(backend) }),
        ...(tls.length > 0 ? { tls } : {}),
        ...(rules.length > 0 ? { rules: hostRules(rules) } : {}),
      },
      status: { loadBalancer: {} },
    };
  },
});

/** Raises KubectlError; gives the annotations. */
function check(flags: FlagSet): JsonObject {
  const backend = flags.string('default-backend');
  if (backend === '' && flags.list('rule').length === 0)
    throw new KubectlError(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    );
  for (const rule of flags.list('rule'))
    if (!RULE.test(rule))
      throw new KubectlError(
        `rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
      );
  const annotations: JsonObject = {};
  for (const annotation of flags.list('annotation')) {
    const equals = annotation.indexOf('=');
    if (equals < 0) throw new KubectlError(`annotation ${annotation} is invalid and should be in format key=[value]`);
    annotations[annotation.slice(0, equals)] = annotation.slice(equals + 1);
  }
  if (backend !== '' && backend.split(':').length !== 2)
    throw new KubectlError('default-backend should be in format servicename:serviceport');
  return annotations;
}

function backendOf(text: string): JsonObject {
  const [name = '', port = ''] = text.split(':');
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

function hostRules(rules: readonly string[]): Json[] {
  const byHost = new Map<string, Json[]>();
  for (const rule of rules) {
    const plain = rule.split(',')[0] ?? '';
    const slash = plain.indexOf('/');
    const host = plain.slice(0, slash);
    const [path = '', service = ''] = plain.slice(slash + 1).split('=');
    const prefix = path.endsWith('*');
    byHost.set(host, [
      ...(byHost.get(host) ?? []),
      {
        path: `/${prefix ? path.slice(0, -1) : path}`,
        pathType: prefix ? 'Prefix' : 'Exact',
        backend: backendOf(service),
      },
    ]);
  }
  return [...byHost].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }));
}

function tlsRules(rules: readonly string[]): Json[] {
  const out: { hosts: string[]; secretName: string }[] = [];
  const seen = new Set<string>();
  for (const rule of rules) {
    const parts = rule.split(',');
    if (parts.length !== 2) continue;
    const host = rule.split('/')[0] ?? '';
    const secretName = (parts[1] ?? '').split('=')[1] ?? '';
    if (seen.has(host)) continue;
    seen.add(host);
    const same = out.find((one) => one.secretName === secretName);
    if (same) same.hosts.push(host);
    else if (secretName !== '' || host !== '') out.push({ hosts: host === '' ? [] : [host], secretName });
  }
  return out.map(({ hosts, secretName }) => ({
    ...(hosts.length > 0 ? { hosts } : {}),
    ...(secretName === '' ? {} : { secretName }),
  }));
}

import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { validateEnvVarName } from '../../../cluster/apimachinery/value-names.ts';
import type { Invocation } from '../../command/command.ts';
import { asError, KubectlError } from '../../errors.ts';
import { parseAtoi } from '../../flags/index.ts';
import { parseLabels, serviceObject } from '../service-object.ts';

/** The Pod of `kubectl run`. Raises KubectlError. kubernetes: kubectl/pkg/generate/versioned/run.go */
export function podObject({ flags, args }: Invocation, name: string, restartPolicy: string): JsonObject {
  const words = args.slice(1);
  const stdin = flags.bool('stdin');
  const env = environment(flags.list('env'));
  const annotations = annotationMap(flags.list('annotations'));
  const port = flags.string('port');
  const container: JsonObject = {
    name,
    image: flags.string('image'),
    ...(words.length > 0 ? { [flags.bool('command') ? 'command' : 'args']: [...words] } : {}),
    ...(port === '' ? {} : { ports: [{ containerPort: portNumber(port) }] }),
    ...(env.length > 0 ? { env } : {}),
    resources: {},
    ...(flags.string('image-pull-policy') === '' ? {} : { imagePullPolicy: flags.string('image-pull-policy') }),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(stdin ? { stdin } : {}),
    ...(stdin && !flags.bool('leave-stdin-open') ? { stdinOnce: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      labels: flags.string('labels') === '' ? { run: name } : parseLabels(flags.string('labels')),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: { containers: [container], restartPolicy, dnsPolicy: 'ClusterFirst' },
    status: {},
  };
}

function portNumber(text: string): number {
  try {
    return parseAtoi(text);
  } catch (error) {
    throw new KubectlError(asError(error).message);
  }
}

function environment(pairs: readonly string[]): Json[] {
  return pairs.map((pair) => {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, equals));
    if (equals <= 0 || validateEnvVarName(name).length > 0) throw new KubectlError(`invalid env: ${pair}`);
    const value = pair.slice(equals + 1);
    return value === '' ? { name } : { name, value };
  });
}

function annotationMap(pairs: readonly string[]): JsonObject {
  const out: JsonObject = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals <= 0) throw new KubectlError(`invalid annotations format: ${pair}`);
    out[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return out;
}

/** The Service of --expose. */
export function podService({ flags }: Invocation, name: string): JsonObject {
  const labels = flags.string('labels');
  return serviceObject({
    name,
    labels: labels === '' ? {} : parseLabels(labels),
    selector: labels === '' ? { run: name } : parseLabels(labels),
    ports: [flags.string('port')],
    protocol: '',
    protocols: new Map(),
    targetPort: '',
    type: '',
    externalIp: '',
    loadBalancerIp: '',
    sessionAffinity: '',
    clusterIp: '',
  });
}

import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { listAt, objectAt, textAt, textsAt } from '../../json.ts';

/** A pod template as `rollout history --revision` and `rollout undo --dry-run` show it. kubernetes: kubectl/pkg/describe DescribePodTemplate */
export function podTemplateText(template: JsonObject): string {
  const spec = objectAt(template, 'spec');
  const annotations = objectAt(template, 'metadata', 'annotations');
  return [
    'Pod Template:',
    ...pairs('Labels', objectAt(template, 'metadata', 'labels'), '='),
    ...(Object.keys(annotations).length > 0 ? pairs('Annotations', annotations, ': ') : []),
    ...(textAt(spec, 'serviceAccountName') === '' ? [] : [`  Service Account:\t${textAt(spec, 'serviceAccountName')}`]),
    ...containers('Init Containers', listAt(spec, 'initContainers')),
    ...containers('Containers', listAt(spec, 'containers'), true),
    ...volumes(listAt(spec, 'volumes')),
    ...(textAt(spec, 'priorityClassName') === ''
      ? []
      : [`  Priority Class Name:\t${textAt(spec, 'priorityClassName')}`]),
    ...pairs('Node-Selectors', objectAt(spec, 'nodeSelector'), '='),
    ...tolerations(listAt(spec, 'tolerations')),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function pairs(title: string, map: JsonObject, separator: string): string[] {
  const keys = Object.keys(map).sort();
  if (keys.length === 0) return [`  ${title}:\t<none>`];
  return keys.map((key, at) => `${at === 0 ? `  ${title}:` : ''}\t${key}${separator}${String(map[key])}`);
}

function containers(title: string, list: readonly JsonObject[], always = false): string[] {
  if (list.length === 0) return always ? [`  ${title}: <none>`] : [];
  return [`  ${title}:`, ...list.flatMap(container)];
}

function container(one: JsonObject): string[] {
  const ports = listAt(one, 'ports');
  return [
    `   ${textAt(one, 'name')}:`,
    `    Image:\t${textAt(one, 'image')}`,
    portLine('Port', ports, 'containerPort'),
    portLine('Host Port', ports, 'hostPort'),
    ...words('Command', textsAt(one, 'command')),
    ...words('Args', textsAt(one, 'args')),
    ...amounts('Limits', objectAt(one, 'resources', 'limits')),
    ...amounts('Requests', objectAt(one, 'resources', 'requests')),
    ...probe('Liveness', one['livenessProbe']),
    ...probe('Readiness', one['readinessProbe']),
    ...probe('Startup', one['startupProbe']),
    ...environment(listAt(one, 'env')),
    ...mounts(listAt(one, 'volumeMounts')),
  ];
}

function portLine(title: string, ports: readonly JsonObject[], field: string): string {
  const texts = ports.map((port) => {
    const name = textAt(port, 'name');
    const text = `${typeof port[field] === 'number' ? port[field] : 0}/${textAt(port, 'protocol') || 'TCP'}`;
    return name === '' ? text : `${text} (${name})`;
  });
  return `    ${title}${texts.length > 1 ? 's' : ''}:\t${texts.join(', ') || '<none>'}`;
}

function words(title: string, list: readonly string[]): string[] {
  if (list.length === 0) return [];
  return [`    ${title}:`, ...list.flatMap((word) => word.split('\n')).map((word) => `      ${word}`)];
}

function amounts(title: string, map: JsonObject): string[] {
  const keys = Object.keys(map).sort();
  return keys.length === 0 ? [] : [`    ${title}:`, ...keys.map((key) => `      ${key}:\t${String(map[key])}`)];
}

function probe(title: string, value: unknown): string[] {
  if (!isObject(value)) return [];
  const number = (field: string, fallback: number) => (typeof value[field] === 'number' ? value[field] : fallback);
  const timing = `delay=${number('initialDelaySeconds', 0)}s timeout=${number('timeoutSeconds', 1)}s period=${number('periodSeconds', 10)}s #success=${number('successThreshold', 1)} #failure=${number('failureThreshold', 3)}`;
  return [`    ${title}:\t${handler(value)} ${timing}`];
}

function handler(value: JsonObject): string {
  const [exec, http, tcp, grpc] = ['exec', 'httpGet', 'tcpSocket', 'grpc'].map((key) => objectAt(value, key));
  if (isObject(value['exec'])) return `exec [${textsAt(exec ?? {}, 'command').join(' ')}]`;
  if (isObject(value['httpGet']))
    return `http-get ${(textAt(http ?? {}, 'scheme') || 'HTTP').toLowerCase()}://${textAt(http ?? {}, 'host')}:${String(http?.['port'])}${textAt(http ?? {}, 'path')}`;
  if (isObject(value['tcpSocket'])) return `tcp-socket ${textAt(tcp ?? {}, 'host')}:${String(tcp?.['port'])}`;
  return `grpc <pod>:${String(grpc?.['port'])} ${textAt(grpc ?? {}, 'service')}`;
}

function environment(list: readonly JsonObject[]): string[] {
  if (list.length === 0) return ['    Environment:\t<none>'];
  return ['    Environment:', ...list.map((one) => `      ${textAt(one, 'name')}:\t${variable(one)}`)];
}

function variable(one: JsonObject): string {
  const source = one['valueFrom'];
  if (!isObject(source)) return textAt(one, 'value');
  for (const [field, what] of [
    ['configMapKeyRef', 'config map'],
    ['secretKeyRef', 'secret'],
  ] as const) {
    const reference = source[field];
    if (isObject(reference))
      return `<set to the key '${textAt(reference, 'key')}' ${what === 'secret' ? 'in' : 'of'} ${what} '${textAt(reference, 'name')}'>\tOptional: ${reference['optional'] === true}`;
  }
  const field = source['fieldRef'];
  if (isObject(field)) return ` (${textAt(field, 'apiVersion') || 'v1'}:${textAt(field, 'fieldPath')})`;
  const resource = objectAt(source, 'resourceFieldRef');
  return ` (${textAt(resource, 'resource')})`;
}

function mounts(list: readonly JsonObject[]): string[] {
  if (list.length === 0) return ['    Mounts:\t<none>'];
  const sorted = [...list].sort((a, b) => (textAt(a, 'mountPath') < textAt(b, 'mountPath') ? -1 : 1));
  return [
    '    Mounts:',
    ...sorted.map((one) => {
      const path = textAt(one, 'subPath');
      const flags = [one['readOnly'] === true ? 'ro' : 'rw', ...(path === '' ? [] : [`path=${JSON.stringify(path)}`])];
      return `      ${textAt(one, 'mountPath')} from ${textAt(one, 'name')} (${flags.join(',')})`;
    }),
  ];
}

function volumes(list: readonly JsonObject[]): string[] {
  if (list.length === 0) return ['  Volumes:\t<none>'];
  return ['  Volumes:', ...list.flatMap((one) => [`   ${textAt(one, 'name')}:`, ...volume(one)])];
}

function volume(one: JsonObject): string[] {
  const line = (title: string, text: string) => `    ${title}:\t${text}`;
  const emptyDir = one['emptyDir'];
  if (isObject(emptyDir))
    return [
      line('Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"),
      line('Medium', textAt(emptyDir, 'medium')),
      line('SizeLimit', textAt(emptyDir, 'sizeLimit') || '<unset>'),
    ];
  const configMap = one['configMap'];
  if (isObject(configMap))
    return [
      line('Type', 'ConfigMap (a volume populated by a ConfigMap)'),
      line('Name', textAt(configMap, 'name')),
      line('Optional', String(configMap['optional'] === true)),
    ];
  const secret = one['secret'];
  if (isObject(secret))
    return [
      line('Type', 'Secret (a volume populated by a Secret)'),
      line('SecretName', textAt(secret, 'secretName')),
      line('Optional', String(secret['optional'] === true)),
    ];
  const hostPath = one['hostPath'];
  if (isObject(hostPath))
    return [
      line('Type', 'HostPath (bare host directory volume)'),
      line('Path', textAt(hostPath, 'path')),
      line('HostPathType', textAt(hostPath, 'type')),
    ];
  const claim = one['persistentVolumeClaim'];
  if (isObject(claim))
    return [
      line('Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'),
      line('ClaimName', textAt(claim, 'claimName')),
      line('ReadOnly', String(claim['readOnly'] === true)),
    ];
  return [];
}

function tolerations(list: readonly JsonObject[]): string[] {
  if (list.length === 0) return ['  Tolerations:\t<none>'];
  const texts = list
    .map((one) => {
      const [key, value, effect] = ['key', 'value', 'effect'].map((field) => textAt(one, field));
      const head = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`;
      const exists = textAt(one, 'operator') === 'Exists' && !value ? ' op=Exists' : '';
      const seconds = one['tolerationSeconds'];
      return `${head}${exists}${typeof seconds === 'number' ? ` for ${seconds}s` : ''}`;
    })
    .sort();
  return texts.map((text, at) => `${at === 0 ? '  Tolerations:' : ''}\t${text}`);
}

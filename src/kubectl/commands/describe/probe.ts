import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { objectAt, textAt, textsAt } from '../../json.ts';
import { numberAt } from './metadata.ts';

/** A probe in one line. kubernetes: kubectl/pkg/describe DescribeProbe */
export function probeText(probe: JsonObject): string {
  const attributes = `delay=${numberAt(probe, 'initialDelaySeconds')}s timeout=${numberAt(probe, 'timeoutSeconds')}s period=${numberAt(probe, 'periodSeconds')}s #success=${numberAt(probe, 'successThreshold')} #failure=${numberAt(probe, 'failureThreshold')}`;
  if (probe['exec']) return `exec [${textsAt(probe, 'exec', 'command').join(' ')}] ${attributes}`;
  if (probe['httpGet']) {
    const get = objectAt(probe, 'httpGet');
    const scheme = (textAt(get, 'scheme') || 'http').toLowerCase();
    const path = textAt(get, 'path')
      .replace(/[?% "<>^`{|}]/g, encodeURIComponent)
      .replaceAll('#', '%23');
    return `http-get ${scheme}://${textAt(get, 'host')}:${String(get['port'] ?? '')}${path === '' || path.startsWith('/') ? path : `/${path}`} ${attributes}`;
  }
  if (probe['tcpSocket']) {
    const socket = objectAt(probe, 'tcpSocket');
    return `tcp-socket ${textAt(socket, 'host')}:${String(socket['port'] ?? '')} ${attributes}`;
  }
  if (probe['grpc'])
    return `grpc <pod>:${numberAt(probe, 'grpc', 'port')} ${textAt(probe, 'grpc', 'service')} ${attributes}`;
  return `unknown ${attributes}`;
}

import type { Options } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { concat, decode, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { CurlError } from './curl-texts.ts';
import { type HttpUrl, hostHeader } from './url.ts';

export const VERSION = '8.5.0';
/** What Ubuntu's curl can unpack: `--compressed`. */
const ENCODINGS = 'deflate, gzip, br, zstd';

/** Where a URL is asked for: `--connect-to HOST:PORT:HOST:PORT`, the first that fits; what is empty stays. */
export function placeOf(options: Options, { host, port }: HttpUrl): { readonly host: string; readonly port: number } {
  for (const entry of options.all('connect-to')) {
    const [fromHost = '', fromPort = '', toHost = '', toPort = ''] = entry.split(':');
    if ((fromHost !== '' && fromHost !== host) || (fromPort !== '' && fromPort !== String(port))) continue;
    return { host: toHost || host, port: Number(toPort) || port };
  }
  return { host, port };
}

/** The protocol that the options ask for. */
export function versionOf(options: Options): { readonly protocol?: string } {
  if (options.has('0')) return { protocol: 'HTTP/1.0' };
  return options.has('http1.1') ? { protocol: 'HTTP/1.1' } : {};
}

/** The headers of a request, in the order in which curl sends them. */
export function requestHeaders(options: Options, url: HttpUrl, body: Uint8Array | undefined): [string, string][] {
  const own = options.all('H').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    if (colon > 0) return [[line.slice(0, colon), line.slice(colon + 1).trim()]];
    return line.endsWith(';') ? [[line.slice(0, -1), '']] : [];
  });
  const has = (name: string) => own.some(([key]) => key.toLowerCase() === name.toLowerCase());
  const headers: [string, string][] = [];
  const host = own.find(([key]) => key.toLowerCase() === 'host')?.[1];
  headers.push(['Host', host ?? hostHeader(url)]);
  const user = options.get('u') ?? url.user;
  if (user !== undefined) headers.push(['Authorization', `Basic ${btoa(user)}`]);
  const token = options.get('oauth2-bearer');
  if (token !== undefined) headers.push(['Authorization', `Bearer ${token}`]);
  if (!has('User-Agent')) headers.push(['User-Agent', options.get('A') ?? `curl/${VERSION}`]);
  if (!has('Accept')) headers.push(['Accept', options.has('json') ? 'application/json' : '*/*']);
  const referer = options.get('e');
  if (referer !== undefined) headers.push(['Referer', referer]);
  if (options.has('compressed') && !has('Accept-Encoding')) headers.push(['Accept-Encoding', ENCODINGS]);
  const cookie = options.get('b');
  if (cookie?.includes('=')) headers.push(['Cookie', cookie]);
  headers.push(...own.filter(([key, value]) => key.toLowerCase() !== 'host' && value !== ''));
  if (body) {
    headers.push(['Content-Length', String(body.length)]);
    if (!has('Content-Type'))
      headers.push(['Content-Type', options.has('json') ? 'application/json' : 'application/x-www-form-urlencoded']);
  }
  return headers;
}

/** What `-d` and its like send. Raises CurlError. */
export function* requestBody(options: Options, tool: Tool): Task<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  const glue = encode('&');
  for (const { key, value = '' } of options.given) {
    if (!['d', 'data-raw', 'data-binary', 'data-urlencode', 'json'].includes(key)) continue;
    let part = encode(value);
    if (value.startsWith('@') && key !== 'data-raw' && key !== 'data-urlencode') {
      try {
        part = yield* tool.readFile(value.slice(1));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        throw new CurlError(26, `Failed to open ${value.slice(1)}`);
      }
      if (key === 'd') part = encode(decode(part).replace(/[\r\n\0]/g, ''));
    }
    if (key === 'data-urlencode') {
      const equals = value.indexOf('=');
      const escaped = encodeURIComponent(value.slice(equals + 1)).replace(
        /[!'()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
      );
      part = encode(equals > 0 ? `${value.slice(0, equals)}=${escaped}` : escaped);
    }
    if (parts.length > 0 && key !== 'json') parts.push(glue);
    parts.push(part);
  }
  return parts.length === 0 ? undefined : concat(parts);
}

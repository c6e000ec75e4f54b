import type { Options } from '../../shell/utilities/options.ts';
import { sourceAddress } from '../../world/network/network.ts';
import type { Process } from '../../world/process.ts';

export const CERTIFICATE_HELP = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`;

/** A transfer that failed: curl's exit status and text. */
export class CurlError extends Error {
  constructor(
    readonly code: number,
    message: string,
    /** What comes after the line on stderr. */
    readonly more = '',
  ) {
    super(message);
  }
}

/** What `-w` can tell about a transfer. */
export interface Facts {
  url: string;
  status: number;
  redirects: number;
  redirectUrl: string;
  contentType: string;
  received: number;
  sent: number;
  remoteIp: string;
  remotePort: number;
  started: number;
  resolved: number;
  connected: number;
  firstByte: number;
  http2: boolean;
  /** The connection of a transfer before it was used again. */
  reused: boolean;
}

/** A transfer as `-w` sees it. */
export interface WriteOutContext {
  readonly process: Process;
  readonly options: Options;
  readonly index: number;
  readonly facts: Facts;
  readonly error: CurlError | undefined;
}

/** The value of a `%{name}`; undefined for a name that curl does not know. */
export function writeOutValue(name: string, context: WriteOutContext): string | undefined {
  const { process, options, index, facts, error } = context;
  const seconds = (time: number) => (time === 0 ? '0.000000' : ((time - facts.started) / 1000).toFixed(6));
  switch (name) {
    case 'http_code':
    case 'response_code':
      return String(facts.status).padStart(3, '0');
    case 'url':
    case 'url_effective':
      return facts.url;
    case 'content_type':
      return facts.contentType;
    case 'size_download':
      return String(facts.received);
    case 'size_upload':
      return String(facts.sent);
    case 'num_redirects':
      return String(facts.redirects);
    case 'num_connects':
      return String(facts.connected > 0 ? facts.redirects + (facts.reused ? 0 : 1) : 0);
    case 'redirect_url':
      return options.has('L') ? '' : facts.redirectUrl;
    case 'remote_ip':
      return facts.connected > 0 ? facts.remoteIp : '';
    case 'remote_port':
      return String(facts.connected > 0 ? facts.remotePort : 0);
    case 'local_ip':
      return facts.connected > 0 ? sourceAddress(process, facts.remoteIp) : '';
    case 'scheme':
      return facts.url.startsWith('https') ? 'HTTPS' : 'HTTP';
    case 'method':
      return options.get('X') ?? (options.has('I') ? 'HEAD' : facts.sent > 0 ? 'POST' : 'GET');
    case 'http_version':
      return facts.status === 0 ? '0' : facts.http2 ? '2' : '1.1';
    case 'exitcode':
      return String(error?.code ?? 0);
    case 'errormsg':
      return error?.message ?? '';
    case 'ssl_verify_result':
      return '0';
    case 'speed_download':
      return String(Math.round(facts.received / Math.max(0.001, (process.now - facts.started) / 1000)));
    case 'time_namelookup':
      return seconds(facts.resolved);
    case 'time_connect':
    case 'time_appconnect':
      return name === 'time_appconnect' && !facts.url.startsWith('https') ? '0.000000' : seconds(facts.connected);
    case 'time_pretransfer':
      return seconds(facts.connected);
    case 'time_starttransfer':
      return seconds(facts.firstByte);
    case 'time_redirect':
      return '0.000000';
    case 'time_total':
      return seconds(process.now);
    case 'filename_effective':
      return options.all('o')[index] ?? '';
  }
  return undefined;
}

export const HELP = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -T, --upload-file <file>   Transfer local FILE to destination
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`;

/** A wrong command line in curl's words. */
export function usageText(message: string): string {
  const long = /^unrecognized option '(.*)'$/.exec(message);
  if (long) return `option ${long[1]}: is unknown`;
  const short = /^invalid option -- '(.*)'$/.exec(message);
  if (short) return `option -${short[1]}: is unknown`;
  const value = /^option requires an argument -- '(.*)'$/.exec(message);
  if (value) return `option -${value[1]}: requires parameter`;
  const longValue = /^option '(.*)' requires an argument$/.exec(message);
  return longValue ? `option ${longValue[1]}: requires parameter` : message;
}

import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/file-system.ts';
import { Directory } from '../../world/files/inode.ts';
import type { HttpRequest, HttpResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { mimeType } from '../nginx/pages.ts';
import { apacheTime, listenHttp, logTime, ownAddress, signals } from './support.ts';

const VERSION = 'Apache/2.4.65 (Unix)';
const CONFIG = '/usr/local/apache2/conf/httpd.conf';

/** Apache httpd: serves the files of its DocumentRoot and writes its logs to the standard streams. */
export const httpd: Program = {
  name: 'images/httpd',
  *main(process) {
    const args = process.argv.slice(1);
    if (args.includes('-v')) {
      yield* process.print(`Server version: ${VERSION}\nServer built:   Jul 23 2025 19:55:21\n`);
      return 0;
    }
    const { files, network } = process.machine;
    if (!files.exists(CONFIG)) {
      yield* process.printError(`httpd: Could not open configuration file ${CONFIG}: No such file or directory\n`);
      return 1;
    }
    const config = files.readText(CONFIG);
    const directive = (name: string) =>
      new RegExp(`^[ \\t]*${name}[ \\t]+"?([^"\\n]+)"?`, 'mi').exec(config)?.[1]?.trim();
    const port = Number((directive('Listen') ?? '80').replace(/^.*:/, ''));
    const root = directive('DocumentRoot') ?? '/usr/local/apache2/htdocs';
    if (directive('ServerName') === undefined) {
      const warning = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ownAddress(process)}. Set the 'ServerName' directive globally to suppress this message\n`;
      yield* process.printError(warning);
      if (args.includes('-t')) {
        yield* process.printError('Syntax OK\n');
        return 0;
      }
      yield* process.printError(warning);
    } else if (args.includes('-t')) {
      yield* process.printError('Syntax OK\n');
      return 0;
    }
    const listener = listenHttp(process, port, (request) => answer(process, root, request));
    if (!listener) {
      yield* process.printError(
        `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${port}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
      );
      return 1;
    }
    const stopping = signals(process, ['TERM', 'INT', 'WINCH']);
    const note = (module: string, text: string) =>
      process.printError(
        `[${apacheTime(process.now)}] [${module}:notice] [pid ${process.pid}:tid ${process.pid}] ${text}\n`,
      );
    yield* note('mpm_event', `AH00489: ${VERSION} configured -- resuming normal operations`);
    yield* note('core', "AH00094: Command line: 'httpd -D FOREGROUND'");
    const signal = yield* wait(stopping);
    network.close(listener);
    yield* note(
      'mpm_event',
      signal === 'WINCH'
        ? 'AH00492: caught SIGWINCH, shutting down gracefully'
        : `AH00491: caught SIG${signal}, shutting down`,
    );
    return 0;
  },
};

function* answer(process: Process, root: string, request: HttpRequest): Task<HttpResponse> {
  yield* wait(process.timer(0.3));
  const { status, headers, bytes } = content(process, root, request);
  const query = request.query.map((pair) => pair.join('=')).join('&');
  const target = request.path + (query === '' ? '' : `?${query}`);
  const size = request.method === 'HEAD' || bytes.length === 0 ? '-' : String(bytes.length);
  yield* process.print(
    `${request.remoteAddress} - - [${logTime(process.now)}] "${request.method} ${target} HTTP/1.1" ${status} ${size}\n`,
  );
  return {
    status,
    headers: new Map([
      ['date', new Date(process.now).toUTCString()],
      ['server', VERSION],
      ...headers,
      ['content-length', String(bytes.length)],
    ]),
    body: { kind: 'bytes', bytes: request.method === 'HEAD' ? new Uint8Array(0) : bytes },
  };
}

interface Content {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly bytes: Uint8Array;
}

function content(process: Process, root: string, request: HttpRequest): Content {
  const { files } = process.machine;
  if (!['GET', 'HEAD', 'POST', 'OPTIONS'].includes(request.method))
    return page(405, 'Method Not Allowed', `The requested method ${request.method} is not allowed for this URL.`);
  let path = joinPath('/', root + request.path);
  let inode = files.tryStat(path, process.credentials);
  if (inode instanceof Directory && !request.path.endsWith('/')) {
    const where = `http://${request.headers.get('host') ?? ''}${request.path}/`;
    const moved = page(301, 'Moved Permanently', `The document has moved <a href="${where}">here</a>.`);
    return { ...moved, headers: [['location', where], ...moved.headers] };
  }
  if (inode instanceof Directory && files.tryStat(`${path}/index.html`)) {
    path = `${path}/index.html`;
    inode = files.tryStat(path, process.credentials);
  } else if (inode instanceof Directory) return listing(process, path, request.path);
  if (!inode) return page(404, 'Not Found', 'The requested URL was not found on this server.');
  try {
    const bytes = files.readFile(path, process.credentials);
    const etag = `"${bytes.length.toString(16)}-${Math.floor(inode.mtime * 1000).toString(16)}"`;
    return {
      status: 200,
      headers: [
        ['last-modified', new Date(inode.mtime).toUTCString()],
        ['etag', etag],
        ['accept-ranges', 'bytes'],
        ['content-type', mimeType(path) ?? 'text/plain'],
      ],
      bytes,
    };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return page(403, 'Forbidden', "You don't have permission to access this resource.");
  }
}

function page(status: number, reason: string, text: string): Content {
  const html = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${reason}</title>\n</head><body>\n<h1>${reason}</h1>\n<p>${text}</p>\n</body></html>\n`;
  return { status, headers: [['content-type', 'text/html; charset=iso-8859-1']], bytes: encode(html) };
}

function listing(process: Process, path: string, shown: string): Content {
  const items = process.machine.files.readDirectory(path).map((name) => `<li><a href="${name}"> ${name}</a></li>\n`);
  const html = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>Index of ${shown}</title>\n </head>\n <body>\n<h1>Index of ${shown}</h1>\n<ul>${items.join('')}</ul>\n</body></html>\n`;
  return { status: 200, headers: [['content-type', 'text/html;charset=ISO-8859-1']], bytes: encode(html) };
}

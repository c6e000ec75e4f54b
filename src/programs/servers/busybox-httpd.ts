import { encode } from '../../world/bytes.ts';
import { Directory } from '../../world/files/inode.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { HttpRequest, HttpResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { mimeType } from '../nginx/pages.ts';
import { listenHttp, untilSignal } from './support.ts';

/** The applet of busybox: `httpd -f -p PORT -h HOME`. busybox: networking/httpd.c */
export const busyboxHttpd: Program = {
  name: 'busybox/httpd',
  *main(process) {
    const options = parse(process.argv.slice(1));
    if (typeof options === 'string') {
      yield* process.printError(`httpd: ${options}\n`);
      return 1;
    }
    const home = joinPath(process.cwd, options.home);
    if (!(process.machine.files.tryStat(home) instanceof Directory)) {
      yield* process.printError(`httpd: can't change directory to '${options.home}': No such file or directory\n`);
      return 1;
    }
    const serve = (owner: Process) =>
      listenHttp(owner, options.port, (request) => answer(owner, home, request), options.address);
    if (options.foreground) {
      if (!serve(process)) return yield* taken(process);
      yield* untilSignal(process, ['TERM', 'INT', 'QUIT']);
      return 0;
    }
    // In the background: the one that was called ends at once.
    if (process.machine.network.listenerAt('tcp', options.address, options.port)) return yield* taken(process);
    process.spawn({
      argv: process.argv,
      session: { tty: undefined },
      *main(child) {
        serve(child);
        yield* untilSignal(child, ['TERM', 'INT', 'QUIT']);
        return 0;
      },
    });
    return 0;
  },
};

function* taken(process: Process): Task<number> {
  yield* process.printError('httpd: bind: Address already in use\n');
  return 1;
}

interface Options {
  readonly address: string;
  readonly port: number;
  readonly home: string;
  readonly foreground: boolean;
}

function parse(words: readonly string[]): Options | string {
  let port = '80';
  let address = '0.0.0.0';
  let home = '.';
  let foreground = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) continue;
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      if (letter === 'f') foreground = true;
      else if ('phcreduv'.includes(letter) && letter !== 'v') {
        const value = word.slice(at + 1) || (words[++i] ?? '');
        if (letter === 'p') {
          port = value.replace(/^.*:/, '');
          if (value.includes(':')) address = value.replace(/:[^:]*$/, '').replace(/^\[(.*)\]$/, '$1');
        }
        if (letter === 'h') home = value;
        break;
      } else if (letter !== 'v' && letter !== 'i') return `invalid option -- '${letter}'`;
    }
  }
  return /^\d+$/.test(port) ? { address, port: Number(port), home, foreground } : `bad port '${port}'`;
}

function* answer(process: Process, home: string, request: HttpRequest): Task<HttpResponse> {
  yield* wait(process.timer(0.3));
  const { files } = process.machine;
  if (!['GET', 'HEAD'].includes(request.method))
    return page(501, 'Not Implemented', 'The requested method is not recognized');
  let path = joinPath('/', home + request.path);
  if (!`${path}/`.startsWith(home === '/' ? '/' : `${home}/`)) return page(400, 'Bad Request', 'Unsupported method');
  if (files.tryStat(path) instanceof Directory) path = joinPath(path, 'index.html');
  const inode = files.tryStat(path);
  if (!inode || inode instanceof Directory) return page(404, 'Not Found', 'The requested URL was not found');
  const bytes = files.readFile(path);
  return {
    status: 200,
    headers: new Map([
      ['date', new Date(process.now).toUTCString()],
      ['connection', 'close'],
      ['content-type', mimeType(path) ?? 'application/octet-stream'],
      ['content-length', String(bytes.length)],
    ]),
    body: { kind: 'bytes', bytes: request.method === 'HEAD' ? new Uint8Array(0) : bytes },
  };
}

function page(status: number, title: string, text: string): HttpResponse {
  const body = `<HTML><HEAD><TITLE>${status} ${title}</TITLE></HEAD>\n<BODY><H1>${status} ${title}</H1>\n${text}\n</BODY></HTML>\n`;
  return {
    status,
    headers: new Map([
      ['connection', 'close'],
      ['content-type', 'text/html'],
    ]),
    body: { kind: 'bytes', bytes: encode(body) },
  };
}

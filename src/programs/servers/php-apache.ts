import { encode } from '../../world/bytes.ts';
import type { Program } from '../../world/program.ts';
import { listenHttp, logTime, ownAddress, untilSignal } from './support.ts';

/** What a million square roots take PHP, ms of one core. */
const PAGE_TIME = 40;

/** Apache's error log: `Tue Sep 01 09:00:00.000000 2026`. */
function errorTime(now: number): string {
  const [day = '', date = '', month = '', year = ''] = new Date(now).toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${date} ${new Date(now).toISOString().slice(11, 23)}000 ${year}`;
}

/** registry.k8s.io/hpa-example: Apache with one page of PHP that computes for a while. kubernetes: test/images/hpa-example */
export const phpApache: Program = {
  name: 'images/php-apache',
  *main(process) {
    const warning = `AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using ${ownAddress(process)}. Set the 'ServerName' directive globally to suppress this message\n`;
    const listener = listenHttp(process, 80, function* (request) {
      const found = request.path === '/' || request.path === '/index.php';
      if (found) yield* process.compute(PAGE_TIME);
      const bytes = encode(found ? 'OK!' : NOT_FOUND);
      const agent = request.headers.get('user-agent') ?? '-';
      yield* process.print(
        `${request.remoteAddress} - - [${logTime(process.now)}] "${request.method} ${request.path} HTTP/1.1" ${found ? 200 : 404} ${bytes.length + 182} "-" "${agent}"\n`,
      );
      return {
        status: found ? 200 : 404,
        headers: new Map([
          ['date', new Date(process.now).toUTCString()],
          ['server', 'Apache/2.4.10 (Debian)'],
          ...(found ? [['x-powered-by', 'PHP/5.6.14'] as const] : []),
          ['content-length', String(bytes.length)],
          ['content-type', 'text/html; charset=UTF-8'],
        ]),
        body: { kind: 'bytes', bytes },
      };
    });
    yield* process.printError(warning + warning);
    if (!listener) {
      yield* process.printError(
        '(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n',
      );
      return 1;
    }
    const notice = (module: string, text: string) =>
      `[${errorTime(process.now)}] [${module}:notice] [pid ${process.pid}] ${text}\n`;
    yield* process.printError(
      notice('mpm_prefork', 'AH00163: Apache/2.4.10 (Debian) PHP/5.6.14 configured -- resuming normal operations') +
        notice('core', "AH00094: Command line: 'apache2 -D FOREGROUND'"),
    );
    yield* untilSignal(process, ['TERM', 'INT', 'WINCH']);
    yield* process.printError(notice('mpm_prefork', 'AH00169: caught SIGTERM, shutting down'));
    return 0;
  },
};

const NOT_FOUND = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head>
<title>404 Not Found</title>
</head><body>
<h1>Not Found</h1>
<p>The requested URL was not found on this server.</p>
</body></html>
`;

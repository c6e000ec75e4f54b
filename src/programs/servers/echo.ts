import type { HttpRequest, HttpResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { headerName } from '../net/http-bytes.ts';
import { targetOf } from '../proxy/forward.ts';
import { pause } from './pause.ts';
import { flag, goResponse, goTime, listenHttp, logTime, ownAddress, signals } from './support.ts';

/** Serves pages of text on `port` until a signal. */
function* serve(
  process: Process,
  port: number,
  page: (request: HttpRequest) => HttpResponse | string,
  log: {
    readonly start?: string;
    readonly request?: (request: HttpRequest, status: number, size: number) => string;
  } = {},
  after?: (request: HttpRequest) => void,
): Task<number> {
  const listener = listenHttp(process, port, function* (request) {
    yield* wait(process.timer(0.2));
    const made = page(request);
    const response = typeof made === 'string' ? goResponse(process, 200, made) : made;
    const size = response.body?.kind === 'bytes' ? response.body.bytes.length : 0;
    const line = log.request?.(request, response.status, size);
    if (line !== undefined) yield* process.printError(line);
    after?.(request);
    return response;
  });
  if (!listener) {
    yield* process.printError(`${goTime(process.now)} listen tcp :${port}: bind: address already in use\n`);
    return 1;
  }
  const stopping = signals(process, ['TERM', 'INT']);
  if (log.start !== undefined) yield* process.printError(log.start);
  yield* wait(stopping);
  return 0;
}

function value(request: HttpRequest, name: string): string | undefined {
  return request.query.find(([key]) => key === name)?.[1];
}

/** hashicorp/http-echo */
export const httpEcho: Program = {
  name: 'images/http-echo',
  *main(process) {
    const args = process.argv.slice(1);
    const text = flag(args, 'text') ?? process.env.get('ECHO_TEXT');
    if (text === undefined || text === '') {
      yield* process.printError('Missing -text option!\n');
      return 127;
    }
    const address = flag(args, 'listen') ?? ':5678';
    return yield* serve(process, Number(address.replace(/^.*:/, '')), () => `${text}\n`, {
      start: `${goTime(process.now)} [INFO] server is listening on ${address}\n`,
      request: (request, status, size) =>
        `${goTime(process.now)} ${request.headers.get('host') ?? ''} ${request.remoteAddress}:40000 "${request.method} ${request.path} HTTP/1.1" ${status} ${size} "${request.headers.get('user-agent') ?? ''}" 20.4µs\n`,
    });
  },
};

/** traefik/whoami */
export const whoami: Program = {
  name: 'images/whoami-server',
  *main(process) {
    const port = flag(process.argv.slice(1), 'port') ?? process.env.get('WHOAMI_PORT_NUMBER') ?? '80';
    const name = flag(process.argv.slice(1), 'name') ?? process.env.get('WHOAMI_NAME');
    return yield* serve(
      process,
      Number(port),
      (request) => {
        if (request.path === '/health') return goResponse(process, 200, '');
        const own = [...process.machine.network.addresses].map((address) => `IP: ${address}\n`).join('');
        const headers = [...request.headers]
          .filter(([header]) => header !== 'host' && header !== 'user-agent')
          .sort(([a], [b]) => (a < b ? -1 : 1));
        // Go's Request.Write: Host and User-Agent come first.
        const lines = [
          `${request.method} ${targetOf(request)} HTTP/1.1`,
          `Host: ${request.headers.get('host') ?? ''}`,
          `User-Agent: ${request.headers.get('user-agent') ?? 'Go-http-client/1.1'}`,
          ...headers.map(([header, text]) => `${headerName(header)}: ${text}`),
          '',
          '',
        ].join('\r\n');
        return `${name === undefined ? '' : `Name: ${name}\n`}Hostname: ${process.machine.hostname}\n${own}RemoteAddr: ${request.remoteAddress}:40000\n${lines}`;
      },
      { start: `${goTime(process.now)} Starting up on port ${port}\n` },
    );
  },
};

/** google-samples/hello-app; the version comes from the image. */
export const helloApp: Program = {
  name: 'images/hello-app',
  *main(process) {
    const port = process.env.get('PORT') ?? '8080';
    const version = process.env.get('HELLO_VERSION') ?? '1.0.0';
    return yield* serve(
      process,
      Number(port),
      () => `Hello, world!\nVersion: ${version}\nHostname: ${process.machine.hostname}\n`,
      {
        start: `${goTime(process.now)} Server listening on port ${port}\n`,
        request: (request) => `${goTime(process.now)} Serving request: ${request.path}\n`,
      },
    );
  },
};

/** google-samples/kubernetes-bootcamp */
export const bootcamp: Program = {
  name: 'images/kubernetes-bootcamp',
  *main(process) {
    const { hostname } = process.machine;
    yield* process.print(
      `Kubernetes Bootcamp App Started At: ${new Date(process.now).toISOString()} | Running On:  ${hostname} \n\n`,
    );
    const version = process.env.get('BOOTCAMP_VERSION') ?? '1';
    return yield* serve(process, 8080, () => `Hello Kubernetes bootcamp! | Running on: ${hostname} | v=${version}\n`);
  },
};

/** nginxdemos/hello:plain-text */
export const nginxHello: Program = {
  name: 'images/nginx-hello',
  *main(process) {
    return yield* serve(process, 80, (request) => {
      const id = Array.from({ length: 32 }, () => process.machine.world.random.integer(16).toString(16)).join('');
      return goResponse(
        process,
        200,
        `Server address: ${ownAddress(process)}:80\nServer name: ${process.machine.hostname}\nDate: ${logTime(process.now)}\nURI: ${request.path}\nRequest ID: ${id}\n`,
        'text/plain',
      );
    });
  },
};

/** kubernetes: test/images/agnhost; the subcommands pause, netexec and serve-hostname. */
export const agnhost: Program = {
  name: 'images/agnhost',
  *main(process) {
    const [command = 'help', ...args] = process.argv.slice(1);
    const { hostname } = process.machine;
    switch (command) {
      case 'pause':
        yield* process.print('Paused\n');
        return yield* pause.main(process);
      case 'serve-hostname': {
        const port = Number(flag(args, 'port') ?? '9376');
        return yield* serve(process, port, () => hostname, {
          start: `${goTime(process.now)} Serving on port ${port}.\n`,
        });
      }
      case 'netexec': {
        const port = Number(flag(args, 'http-port') ?? '8080');
        const udp = Number(flag(args, 'udp-port') ?? '8081');
        return yield* serve(
          process,
          port,
          (request) => netexec(process, request),
          {
            start: `${goTime(process.now)} Started HTTP server on port ${port}\n${goTime(process.now)} Started UDP server on port  ${udp}\n`,
            request: (request) => `${goTime(process.now)} GET ${request.path}\n`,
          },
          (request) => {
            if (request.path === '/exit') process.destroy();
          },
        );
      }
      case 'grpc-health-checking':
        return yield* grpcHealthChecking(process, args);
      case 'help':
        yield* process.print(
          'Usage:\n  app [command]\n\nAvailable Commands:\n  grpc-health-checking Starts a simple grpc health checking endpoint\n  netexec        Creates HTTP(S), UDP, and (optionally) SCTP servers with various endpoints\n  pause          Pauses the execution\n  serve-hostname Serves the hostname\n',
        );
        return 0;
      default:
        yield* process.printError(`agnhost: kubetutor does not model the command ${command}\n`);
        return 1;
    }
  },
};

/** kubernetes: test/images/agnhost/grpc-health-checking: serves until somebody asks /make-not-serving. */
function* grpcHealthChecking(process: Process, args: readonly string[]): Task<number> {
  const { network } = process.machine;
  const port = Number(flag(args, 'port') ?? '5000');
  const httpPort = Number(flag(args, 'http-port') ?? '8080');
  const delay = Number(flag(args, 'delay-unhealthy-sec') ?? '-1');
  const known = flag(args, 'service') ?? '';
  const begun = process.now;
  let serving = delay !== 0;
  network.listen({
    protocol: 'tcp',
    address: '0.0.0.0',
    port,
    owner: process,
    grpcHealth: (service) => {
      if (service !== known) return undefined;
      return serving && (delay < 0 || process.now - begun < delay * 1000) ? 'SERVING' : 'NOT_SERVING';
    },
  });
  const start = `${goTime(process.now)} Http server starting to listen on :${httpPort}\n${goTime(process.now)} gRPC server starting to listen on :${port}\n`;
  return yield* serve(process, httpPort, (request) => setHealth(process, request, (value) => (serving = value)), {
    start,
  });
}

function setHealth(process: Process, request: HttpRequest, set: (serving: boolean) => void): HttpResponse | string {
  if (request.path === '/make-serving' || request.path === '/make-not-serving') {
    set(request.path === '/make-serving');
    return request.path === '/make-serving' ? 'Mark as serving' : 'Mark as not serving';
  }
  return goResponse(process, 404, '404 page not found\n');
}

function netexec(process: Process, request: HttpRequest): HttpResponse | string {
  switch (request.path) {
    case '/':
      return `NOW: ${new Date(process.now).toISOString().replace('T', ' ').replace('Z', '')} +0000 UTC`;
    case '/hostname':
    case '/hostName':
      return process.machine.hostname;
    case '/clientip':
      return `${request.remoteAddress}:40000`;
    case '/echo':
      return goResponse(process, Number(value(request, 'code') ?? '200'), value(request, 'msg') ?? '');
    case '/healthz':
      return goResponse(process, 200, '');
    case '/header':
      return request.headers.get((value(request, 'key') ?? '').toLowerCase()) ?? '';
    case '/exit':
      return '';
    default:
      return goResponse(process, 404, '404 page not found\n');
  }
}

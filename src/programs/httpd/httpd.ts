import { encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { openFile } from '../../world/files/disk-file.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Listener } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { apacheTime, listenHttp, ownAddress, signals } from '../servers/support.ts';
import { ConfigError, type Directive, parseConfig, syntaxError } from './config.ts';
import { readModel, type ServerConfig } from './model.ts';
import { checkDirectives, loadedModules, resolveConditions } from './modules.ts';
import { HttpdServer, VERSION } from './server.ts';

const ROOT = '/usr/local/apache2';
const CONFIG = `${ROOT}/conf/httpd.conf`;

/** Apache httpd: reads httpd.conf, listens, serves files, answers for virtual hosts and proxies. */
export const httpd: Program = {
  name: 'images/httpd',
  *main(process) {
    const args = process.argv.slice(1);
    if (args.includes('-v')) {
      yield* process.print(`Server version: ${VERSION}\nServer built:   Jul 23 2025 19:55:21\n`);
      return 0;
    }
    const given = args.indexOf('-f');
    const file = given >= 0 ? joinPath(ROOT, args[given + 1] ?? '') : CONFIG;
    let config: ServerConfig;
    try {
      config = load(process, file);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      yield* process.printError(error.message);
      return 1;
    }
    const warnings = [...missingRoots(process, config), ...nameWarning(process, config)];
    yield* process.printError(warnings.join(''));
    if (args.includes('-t')) {
      yield* process.printError('Syntax OK\n');
      return 0;
    }
    // The configuration is read twice: once to see whether it is right.
    yield* process.printError(warnings.join(''));
    return yield* serve(process, config);
  },
};

function load(process: Process, file: string): ServerConfig {
  const { files } = process.machine;
  if (!files.exists(file))
    throw new ConfigError(`httpd: Could not open configuration file ${file}: No such file or directory\n`);
  const include = (pattern: string, optional: boolean, from: Directive): readonly Directive[] => {
    const path = joinPath(ROOT, pattern);
    const folder = path.slice(0, path.lastIndexOf('/'));
    const source = path
      .slice(folder.length + 1)
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    const names =
      files.tryStat(folder)?.kind === 'directory'
        ? files.readDirectory(folder).filter((name) => new RegExp(`^${source}$`).test(name))
        : [];
    if (names.length === 0 && !optional && !/[*?]/.test(pattern))
      throw syntaxError(from, `Could not open configuration file ${path}: No such file or directory`);
    return names
      .sort()
      .flatMap((name) => parseConfig(`${folder}/${name}`, files.readText(`${folder}/${name}`), include));
  };
  const directives = parseConfig(file, files.readText(file), include);
  const modules = loadedModules(directives);
  const resolved = resolveConditions(directives, modules);
  checkDirectives(resolved, modules);
  return readModel(resolved, modules);
}

function missingRoots(process: Process, { main, hosts }: ServerConfig): string[] {
  const roots = new Set([main, ...hosts].map(({ documentRoot }) => documentRoot));
  return [...roots]
    .filter((root) => process.machine.files.tryStat(root)?.kind !== 'directory')
    .map((root) => `AH00112: Warning: DocumentRoot [${root}] does not exist\n`);
}

function nameWarning(process: Process, { serverName }: ServerConfig): string[] {
  if (serverName !== undefined) return [];
  return [
    `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ownAddress(process)}. Set the 'ServerName' directive globally to suppress this message\n`,
  ];
}

function* serve(process: Process, config: ServerConfig): Task<number> {
  const { network } = process.machine;
  const server = new HttpdServer(process, config, (file, text) => write(process, file, text));
  const listeners: Listener[] = [];
  for (const port of config.ports) {
    const listener = listenHttp(process, port, (request) => server.handle(port, request));
    if (listener) listeners.push(listener);
    else
      yield* process.printError(
        `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${port}\n`,
      );
  }
  if (listeners.length < config.ports.length || listeners.length === 0) {
    yield* process.printError('no listening sockets available, shutting down\nAH00015: Unable to open logs\n');
    return 1;
  }
  const stopping = signals(process, ['TERM', 'INT', 'WINCH']);
  const note = (module: string, text: string) =>
    write(
      process,
      config.main.errorLog,
      `[${apacheTime(process.now)}] [${module}:notice] [pid ${process.pid}:tid ${process.pid}] ${text}\n`,
    );
  yield* note('mpm_event', `AH00489: ${VERSION} configured -- resuming normal operations`);
  yield* note('core', "AH00094: Command line: 'httpd -D FOREGROUND'");
  const signal = yield* wait(stopping);
  for (const listener of listeners) network.close(listener);
  yield* note(
    'mpm_event',
    signal === 'WINCH'
      ? 'AH00492: caught SIGWINCH, shutting down gracefully'
      : `AH00491: caught SIG${signal}, shutting down`,
  );
  return 0;
}

/** A line of a log; the image's logs are the standard streams. */
function* write(process: Process, path: string, text: string): Task {
  if (path === '/proc/self/fd/1' || path === '/dev/stdout') return yield* process.print(text);
  if (path === '/proc/self/fd/2' || path === '/dev/stderr') return yield* process.printError(text);
  if (path.startsWith('|')) return;
  try {
    const file = openFile(process, joinPath(ROOT, path), { write: true, append: true, create: true }).retain();
    yield* file.write(process, encode(text));
    file.release();
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

import { concat, decode, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { Connection } from '../../world/network/connection.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { resolveHost } from '../net/resolve.ts';
import { RedisStore, type Reply } from './redis-store.ts';
import { flag, redisTime, signals } from './support.ts';

const VERSION = '7.4.5';

function encodeReply(reply: Reply): string {
  switch (reply.kind) {
    case 'status':
      return `+${reply.text}\r\n`;
    case 'error':
      return `-${reply.text}\r\n`;
    case 'integer':
      return `:${reply.value}\r\n`;
    case 'bulk':
      return reply.text === undefined ? '$-1\r\n' : `$${encode(reply.text).length}\r\n${reply.text}\r\n`;
    case 'array':
      return `*${reply.items.length}\r\n${reply.items.map(encodeReply).join('')}`;
  }
}

/** One command of the protocol, or of a line somebody typed, and how many characters it took. */
function parseCommand(text: string): { words: string[]; length: number } | undefined {
  const end = text.indexOf('\n');
  if (end < 0) return undefined;
  const line = text.slice(0, end).replace(/\r$/, '');
  if (!line.startsWith('*')) return { words: splitWords(line), length: end + 1 };
  const words: string[] = [];
  let at = end + 1;
  for (let left = Number(line.slice(1)); left > 0; left--) {
    const head = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!head) return undefined;
    const start = at + head[0].length;
    const bytes = encode(text.slice(start)).subarray(0, Number(head[1]));
    if (bytes.length < Number(head[1])) return undefined;
    const word = decode(bytes);
    at = start + word.length + 2;
    if (at > text.length) return undefined;
    words.push(word);
  }
  return { words, length: at };
}

function splitWords(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map((match) =>
    match[1] !== undefined ? match[1].replace(/\\(.)/g, '$1') : (match[2] ?? match[3] ?? ''),
  );
}

/** redis-server: keeps strings, lists, hashes and sets in memory. */
export const redisServer: Program = {
  name: 'images/redis-server',
  *main(process) {
    const args = process.argv.slice(1);
    if (args.includes('--version') || args.includes('-v')) {
      yield* process.print(
        `Redis server v=${VERSION} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=6d1a7b5a4d3d5a8c\n`,
      );
      return 0;
    }
    const [file] = args;
    let config = '';
    if (file !== undefined && !file.startsWith('-')) {
      try {
        config = process.machine.files.readText(file.startsWith('/') ? file : `${process.cwd}/${file}`);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* process.printError(
          `\n${process.pid}:C ${redisTime(process.now)} # Fatal error, can't open config file '${file}': ${error.text}\n`,
        );
        return 1;
      }
    }
    const setting = (name: string) =>
      flag(args, name) ?? new RegExp(`^${name}\\s+"?([^"\\n]*)"?`, 'm').exec(config)?.[1]?.trim();
    const port = Number(setting('port') ?? '6379');
    const log = (text: string, role = 'M', level = '*') =>
      process.print(`${process.pid}:${role} ${redisTime(process.now)} ${level} ${text}\n`);
    yield* log('oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo', 'C');
    yield* log(`Redis version=${VERSION}, bits=64, commit=00000000, modified=0, pid=${process.pid}, just started`, 'C');
    if (args.length === 0)
      yield* log(
        'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
        'C',
        '#',
      );
    else yield* log('Configuration loaded', 'C');
    yield* log('monotonic clock: POSIX clock_gettime');
    const store = new RedisStore(() => process.now);
    const password = setting('requirepass');
    const opened = process.machine.network.listen({
      protocol: 'tcp',
      address: '0.0.0.0',
      port,
      owner: process,
      accept: (connection) => accept(process, store, password, connection),
    });
    if (!opened) {
      yield* log(
        `Warning: Could not create server TCP listening socket *:${port}: bind: Address already in use`,
        'M',
        '#',
      );
      yield* log(`Failed listening on port ${port} (tcp), aborting.`, 'M', '#');
      return 1;
    }
    const stopping = signals(process, ['TERM', 'INT']);
    yield* log(`Running mode=standalone, port=${port}.`);
    yield* log('Server initialized');
    yield* log('Ready to accept connections tcp');
    const signal = yield* wait(stopping);
    yield* process.print(
      `${process.pid}:signal-handler (${Math.floor(process.now / 1000)}) Received SIG${signal} scheduling shutdown...\n`,
    );
    yield* log('User requested shutdown...');
    yield* log('Redis is now ready to exit, bye bye...', 'M', '#');
    return 0;
  },
};

function accept(server: Process, store: RedisStore, password: string | undefined, connection: Connection): void {
  server.spawn({
    argv: server.argv,
    files: new Map([[3, connection]]),
    *main(process) {
      process.onSignal('TERM', 'default');
      let pending = new Uint8Array(0);
      let trusted = password === undefined || password === '';
      for (;;) {
        const text = decode(pending);
        const command = parseCommand(text);
        if (!command) {
          const more = yield* process.read(3);
          if (more.length === 0) return 0;
          pending = concat([pending, more]).slice();
          continue;
        }
        pending = encode(text.slice(command.length)).slice();
        if (command.words.length === 0) continue;
        const name = (command.words[0] ?? '').toLowerCase();
        let reply: Reply;
        if (name === 'auth') {
          trusted = command.words.at(-1) === password;
          reply = password
            ? trusted
              ? { kind: 'status', text: 'OK' }
              : { kind: 'error', text: 'WRONGPASS invalid username-password pair or user is disabled.' }
            : {
                kind: 'error',
                text: 'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
              };
        } else if (!trusted && name !== 'quit') reply = { kind: 'error', text: 'NOAUTH Authentication required.' };
        else reply = store.run(command.words) ?? serverCommand(server, store, command.words);
        yield* process.write(3, encodeReply(reply));
        if (name === 'quit') return 0;
        if (name === 'shutdown') server.signal('TERM');
      }
    },
  });
  connection.release();
}

function serverCommand(server: Process, store: RedisStore, words: readonly string[]): Reply {
  const name = (words[0] ?? '').toLowerCase();
  switch (name) {
    case 'ping':
      return words[1] === undefined ? { kind: 'status', text: 'PONG' } : { kind: 'bulk', text: words[1] };
    case 'select':
    case 'save':
    case 'quit':
    case 'shutdown':
    case 'client':
      return { kind: 'status', text: 'OK' };
    case 'bgsave':
      return { kind: 'status', text: 'Background saving started' };
    case 'time':
      return {
        kind: 'array',
        items: [
          { kind: 'bulk', text: String(Math.floor(server.now / 1000)) },
          { kind: 'bulk', text: '0' },
        ],
      };
    case 'command':
    case 'config':
      return { kind: 'array', items: [] };
    case 'info':
      return {
        kind: 'bulk',
        text: `# Server\r\nredis_version:${VERSION}\r\nredis_mode:standalone\r\nprocess_id:${server.pid}\r\ntcp_port:6379\r\nuptime_in_seconds:${Math.floor((server.now - server.startTime) / 1000)}\r\n\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n\r\n# Keyspace\r\n${store.size > 0 ? `db0:keys=${store.size},expires=0,avg_ttl=0\r\n` : ''}`,
      };
    default: {
      const args = words
        .slice(1)
        .map((word) => `'${word}' `)
        .join('');
      return { kind: 'error', text: `ERR unknown command '${words[0]}', with args beginning with: ${args}` };
    }
  }
}

function parseReply(text: string): { reply: Reply; length: number } | undefined {
  const end = text.indexOf('\r\n');
  if (end < 0) return undefined;
  const line = text.slice(1, end);
  switch (text[0]) {
    case '+':
      return { reply: { kind: 'status', text: line }, length: end + 2 };
    case '-':
      return { reply: { kind: 'error', text: line }, length: end + 2 };
    case ':':
      return { reply: { kind: 'integer', value: Number(line) }, length: end + 2 };
    case '$': {
      if (line === '-1') return { reply: { kind: 'bulk', text: undefined }, length: end + 2 };
      const bytes = encode(text.slice(end + 2));
      if (bytes.length < Number(line) + 2) return undefined;
      const value = decode(bytes.subarray(0, Number(line)));
      return { reply: { kind: 'bulk', text: value }, length: end + 2 + value.length + 2 };
    }
    default: {
      const items: Reply[] = [];
      let at = end + 2;
      for (let left = Number(line); left > 0; left--) {
        const item = parseReply(text.slice(at));
        if (!item) return undefined;
        items.push(item.reply);
        at += item.length;
      }
      return { reply: { kind: 'array', items }, length: at };
    }
  }
}

/** As redis-cli shows a reply: with types on a terminal, bare otherwise. */
function shown(reply: Reply, bare: boolean, prefix = ''): string {
  if (reply.kind === 'array') {
    if (reply.items.length === 0) return bare ? '\n' : '(empty array)\n';
    return reply.items
      .map((item, i) =>
        bare ? shown(item, true) : `${i > 0 ? prefix : ''}${i + 1}) ${shown(item, false, `${prefix}   `)}`,
      )
      .join('');
  }
  if (reply.kind === 'integer') return bare ? `${reply.value}\n` : `(integer) ${reply.value}\n`;
  if (reply.kind === 'error') return bare ? `${reply.text}\n` : `(error) ${reply.text}\n`;
  if (reply.kind === 'status') return `${reply.text}\n`;
  if (reply.text === undefined) return bare ? '\n' : '(nil)\n';
  return bare || /\r\n/.test(reply.text)
    ? `${reply.text}\n`
    : `"${reply.text.replace(/(["\\])/g, '\\$1').replace(/\n/g, '\\n')}"\n`;
}

/** redis-cli: one command, or commands from standard input. */
export const redisCli: Program = {
  name: 'images/redis-cli',
  *main(process) {
    let host = '127.0.0.1';
    let port = 6379;
    let password = process.env.get('REDISCLI_AUTH');
    const args = process.argv.slice(1);
    let at = 0;
    let raw = process.file(1).tty === undefined;
    for (; at < args.length && args[at]?.startsWith('-'); at++) {
      const word = args[at];
      if (word === '-h') host = args[++at] ?? host;
      else if (word === '-p') port = Number(args[++at]);
      else if (word === '-a' || word === '--pass') password = args[++at];
      else if (word === '-n') at++;
      else if (word === '--raw') raw = true;
      else if (word === '--no-raw') raw = false;
      else if (word === '-v' || word === '--version') {
        yield* process.print(`redis-cli ${VERSION}\n`);
        return 0;
      } else if (word !== '--no-auth-warning') {
        yield* process.printError(`Unrecognized option or bad number of args for: '${word}'\n`);
        return 1;
      }
    }
    const address = yield* resolveHost(process, host);
    let connection: Connection;
    try {
      if (address === undefined) throw new Errno('ENOENT');
      connection = (yield* process.machine.world.network.connect(process, address, port)).retain();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const why = address === undefined ? 'Name or service not known' : error.text;
      yield* process.printError(`Could not connect to Redis at ${host}:${port}: ${why}\n`);
      return 1;
    }
    if (password !== undefined) {
      if (!args.includes('--no-auth-warning') && args.some((word) => word === '-a' || word === '--pass'))
        yield* process.printError(
          "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n",
        );
      const reply = yield* ask(process, connection, ['AUTH', password]);
      if (reply?.kind === 'error') yield* process.printError(`AUTH failed: ${reply.text}\n`);
    }
    const command = args.slice(at);
    if (command.length > 0) {
      const reply = yield* ask(process, connection, command);
      if (reply) yield* process.print(shown(reply, raw));
      connection.release();
      return reply?.kind === 'error' ? 1 : 0;
    }
    yield* converse(process, connection, `${host}:${port}`, raw);
    connection.release();
    return 0;
  },
};

function* converse(process: Process, connection: Connection, place: string, raw: boolean): Task {
  const prompt = process.file(0).tty ? `${place}> ` : '';
  let text = '';
  for (;;) {
    yield* process.print(prompt);
    while (!text.includes('\n')) {
      const bytes = yield* process.read(0);
      if (bytes.length === 0) return;
      text += decode(bytes);
    }
    const end = text.indexOf('\n');
    const words = splitWords(text.slice(0, end));
    text = text.slice(end + 1);
    if (words.length === 0) continue;
    if (/^(exit|quit)$/i.test(words[0] ?? '')) return;
    const reply = yield* ask(process, connection, words);
    if (!reply) return;
    yield* process.print(shown(reply, raw));
  }
}

function* ask(process: Process, connection: Connection, words: readonly string[]): Task<Reply | undefined> {
  yield* connection.write(
    process,
    encode(encodeReply({ kind: 'array', items: words.map((text) => ({ kind: 'bulk', text })) })),
  );
  let received = '';
  for (;;) {
    const bytes = yield* connection.read(process, 65536);
    if (bytes.length === 0) return undefined;
    received += decode(bytes);
    const parsed = parseReply(received);
    if (parsed) return parsed.reply;
  }
}

import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { signals } from './support.ts';

function stamp(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replace('T', ' ');
}

/** Listens and lets go of every client at once: the protocol is not modelled. False when the port is taken. */
function listen(process: Process, port: number): boolean {
  return process.machine.network.listen({
    protocol: 'tcp',
    address: '0.0.0.0',
    port,
    owner: process,
    accept: (connection) => connection.release(),
  });
}

function given(process: Process, names: readonly string[]): boolean {
  return names.some((name) => (process.env.get(name) ?? '') !== '' || (process.env.get(`${name}_FILE`) ?? '') !== '');
}

/** docker-library/postgres: docker-entrypoint.sh, and a server that listens; SQL is not modelled. */
export const postgres: Program = {
  name: 'images/postgres',
  *main(process) {
    const data = process.env.get('PGDATA') ?? '/var/lib/postgresql/data';
    const { files } = process.machine;
    const fresh = !files.exists(`${data}/PG_VERSION`);
    if (fresh && !given(process, ['POSTGRES_PASSWORD']) && process.env.get('POSTGRES_HOST_AUTH_METHOD') !== 'trust') {
      yield* process.printError(`Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
`);
      return 1;
    }
    if (fresh) {
      yield* process.print(`The files belonging to this database system will be owned by user "postgres".
This user must also own the server process.

`);
      yield* process.sleep(900);
      files.makeDirectories(data);
      files.writeFile(`${data}/PG_VERSION`, `${process.env.get('PG_MAJOR') ?? '17'}\n`);
      yield* process.print('PostgreSQL init process complete; ready for start up.\n\n');
    } else {
      yield* process.print(
        '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n',
      );
    }
    const log = (text: string) =>
      process.printError(
        `${new Date(process.now).toISOString().slice(0, 23).replace('T', ' ')} UTC [${process.pid}] LOG:  ${text}\n`,
      );
    const stopping = signals(process, ['TERM', 'INT']);
    yield* log(
      `starting PostgreSQL ${process.env.get('PG_VERSION')?.replace(/-.*/, '') ?? '17'} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit`,
    );
    if (!listen(process, 5432)) {
      yield* log('could not bind IPv4 address "0.0.0.0": Address already in use');
      return 1;
    }
    yield* log('listening on IPv4 address "0.0.0.0", port 5432');
    yield* log('listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"');
    yield* log('database system is ready to accept connections');
    const signal = yield* wait(stopping);
    yield* log(`received ${signal === 'INT' ? 'fast' : 'smart'} shutdown request`);
    yield* log('database system is shut down');
    return 0;
  },
};

/** pg_isready: whether the server of this container listens. */
export const pgIsReady: Program = {
  name: 'images/pg_isready',
  *main(process) {
    const up = process.machine.network.listenerAt('tcp', '0.0.0.0', 5432) !== undefined;
    yield* process.print(`/var/run/postgresql:5432 - ${up ? 'accepting connections' : 'no response'}\n`);
    return up ? 0 : 2;
  },
};

function* mysqlEntrypoint(
  process: Process,
  server: {
    readonly title: string;
    readonly missing: string;
    readonly names: readonly string[];
    readonly ready: string;
  },
): Task<number> {
  const note = (text: string, level = 'Note') =>
    process.print(`${stamp(process.now)}+00:00 [${level}] [Entrypoint]: ${text}\n`);
  const { files } = process.machine;
  yield* note(`Entrypoint script for ${server.title} started.`);
  yield* note("Switching to dedicated user 'mysql'");
  yield* note(`Entrypoint script for ${server.title} started.`);
  const fresh = !files.exists('/var/lib/mysql/mysql');
  if (fresh && !given(process, server.names)) {
    yield* process.printError(
      `${stamp(process.now)}+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n${server.missing}`,
    );
    return 1;
  }
  if (fresh) {
    yield* note('Initializing database files');
    yield* process.sleep(3000);
    files.makeDirectories('/var/lib/mysql/mysql');
    yield* note('Database files initialized');
    yield* note('MySQL init process done. Ready for start up.');
  }
  const stopping = signals(process, ['TERM', 'INT']);
  if (!listen(process, 3306)) return 1;
  yield* process.printError(`${new Date(process.now).toISOString().slice(0, 23)}000Z 0 ${server.ready}\n`);
  const signal = yield* wait(stopping);
  yield* process.printError(
    `${new Date(process.now).toISOString().slice(0, 23)}000Z 0 [System] [MY-013172] [Server] Received SHUTDOWN from user <via user signal>. Shutting down mysqld (signal ${signal}).\n`,
  );
  return 0;
}

/** docker-library/mysql: docker-entrypoint.sh; SQL is not modelled. */
export const mysqld: Program = {
  name: 'images/mysqld',
  main: (process) =>
    mysqlEntrypoint(process, {
      title: 'MySQL Server 8.4.6-1.el9',
      names: ['MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'],
      missing:
        '    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD\n',
      ready:
        "[System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.4.6'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL.",
    }),
};

/** MariaDB/mariadb-docker: docker-entrypoint.sh; SQL is not modelled. */
export const mariadbd: Program = {
  name: 'images/mariadbd',
  main: (process) =>
    mysqlEntrypoint(process, {
      title: 'MariaDB Server 1:11.8.3+maria~ubu2404',
      names: ['MARIADB', 'MYSQL'].flatMap((brand) =>
        [
          'ROOT_PASSWORD',
          'ROOT_PASSWORD_HASH',
          'ALLOW_EMPTY_ROOT_PASSWORD',
          'ALLOW_EMPTY_PASSWORD',
          'RANDOM_ROOT_PASSWORD',
        ].map((name) => `${brand}_${name}`),
      ),
      missing:
        '\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD\n',
      ready: '[Note] mariadbd: ready for connections.',
    }),
};

/** A client of a database that has no model: says so instead of pretending. */
export function unmodelledClient(name: string): Program {
  return {
    name: `images/${name}`,
    *main(process) {
      yield* process.printError(`${name}: kubetutor does not model SQL; the server only listens on its port\n`);
      return 1;
    },
  };
}

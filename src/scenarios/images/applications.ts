import type { ImageConfig, ImageDefinition } from '../../cluster/node/images/catalog.ts';
import type { FileSystem } from '../../world/files/file-system.ts';
import { addBusybox, addSkeleton, install } from './base.ts';
import { addDebian } from './debian.ts';
import { HTTPD_CONF } from './httpd-conf.ts';

const LIBRARY = 'docker.io/library';

/** Debian for most tags, busybox for those of Alpine. */
function addRoot(files: FileSystem, programs: readonly string[], tag: string): void {
  if (!tag.includes('alpine')) return addDebian(files, programs);
  addSkeleton(files);
  addBusybox(files, programs);
  files.writeFile('/etc/alpine-release', '3.22.1\n');
}

/** An image with nothing but one executable. */
function single(
  name: string,
  tags: readonly string[],
  size: number,
  program: string,
  config: ImageConfig,
): ImageDefinition {
  const path = config.entrypoint?.[0] ?? config.command?.[0] ?? `/${program}`;
  return {
    name,
    tags,
    size,
    config,
    build(files) {
      addSkeleton(files);
      install(files, path, `images/${program}`, size);
    },
  };
}

/** Images of applications: each a small program of the world with real ports and logs. */
export function applicationImages(programs: readonly string[]): ImageDefinition[] {
  return [
    {
      name: `${LIBRARY}/httpd`,
      tags: ['latest', '2', '2.4', '2.4.62', '2.4.63', '2.4.65', '2-alpine', '2.4-alpine', 'alpine'],
      size: 45_200_000,
      config: {
        command: ['httpd-foreground'],
        workingDirectory: '/usr/local/apache2',
        env: {
          PATH: '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          HTTPD_PREFIX: '/usr/local/apache2',
          HTTPD_VERSION: '2.4.65',
        },
      },
      build(files, tag) {
        addRoot(files, programs, tag);
        for (const path of ['/usr/local/bin/httpd-foreground', '/usr/local/apache2/bin/httpd'])
          install(files, path, 'images/httpd');
        for (const path of ['/usr/local/apache2/conf', '/usr/local/apache2/htdocs', '/usr/local/apache2/logs'])
          files.makeDirectories(path);
        files.writeFile('/usr/local/apache2/conf/httpd.conf', HTTPD_CONF);
        files.writeFile('/usr/local/apache2/htdocs/index.html', '<html><body><h1>It works!</h1></body></html>\n');
      },
    },
    {
      name: `${LIBRARY}/redis`,
      tags: [
        'latest',
        '6',
        '6.2',
        '7',
        '7.0',
        '7.2',
        '7.4',
        '7-alpine',
        '7.2-alpine',
        '7.4-alpine',
        '8',
        '8.0',
        'alpine',
      ],
      size: 45_100_000,
      config: { command: ['redis-server'], workingDirectory: '/data', env: { REDIS_VERSION: '7.4.5' } },
      build(files, tag) {
        addRoot(files, programs, tag);
        files.makeDirectories('/data');
        install(files, '/usr/local/bin/redis-server', 'images/redis-server');
        install(files, '/usr/local/bin/redis-cli', 'images/redis-cli');
      },
    },
    {
      name: `${LIBRARY}/postgres`,
      tags: ['latest', '13', '14', '15', '16', '16.4', '17', '17.5', '16-alpine', '17-alpine', 'alpine'],
      size: 158_000_000,
      config: {
        command: ['docker-entrypoint.sh'],
        env: { PGDATA: '/var/lib/postgresql/data', PG_MAJOR: '17', PG_VERSION: '17.5-1.pgdg120+1' },
      },
      build(files, tag) {
        addRoot(files, programs, tag);
        for (const path of ['/usr/local/bin/docker-entrypoint.sh', '/usr/local/bin/postgres'])
          install(files, path, 'images/postgres');
        for (const name of ['psql', 'pg_isready']) install(files, `/usr/local/bin/${name}`, `images/${name}`);
      },
    },
    {
      name: `${LIBRARY}/mysql`,
      tags: ['latest', '5.7', '8', '8.0', '8.4', '9'],
      size: 232_000_000,
      config: { command: ['docker-entrypoint.sh'], env: { MYSQL_VERSION: '8.4.6-1.el9', MYSQL_MAJOR: '8.4' } },
      build(files) {
        addDebian(files, programs);
        for (const path of ['/usr/local/bin/docker-entrypoint.sh', '/usr/sbin/mysqld'])
          install(files, path, 'images/mysqld');
        install(files, '/usr/bin/mysql', 'images/mysql');
      },
    },
    {
      name: `${LIBRARY}/mariadb`,
      tags: ['latest', '10.6', '10.11', '11', '11.4', '11.8', 'lts'],
      size: 119_000_000,
      config: { command: ['docker-entrypoint.sh'], env: { MARIADB_VERSION: '1:11.8.3+maria~ubu2404' } },
      build(files) {
        addDebian(files, programs);
        for (const path of ['/usr/local/bin/docker-entrypoint.sh', '/usr/sbin/mariadbd'])
          install(files, path, 'images/mariadbd');
        install(files, '/usr/bin/mariadb', 'images/mariadb');
      },
    },
    {
      name: 'registry.k8s.io/e2e-test-images/jessie-dnsutils',
      tags: ['1.3', '1.4', '1.5', '1.7'],
      size: 112_000_000,
      config: { command: ['sleep', 'infinity'] },
      build(files) {
        addDebian(files, programs, ['dig', 'host', 'nslookup', 'curl', 'ping', 'ps', 'wget']);
      },
    },
    {
      name: 'registry.k8s.io/e2e-test-images/agnhost',
      tags: ['2.36', '2.39', '2.40', '2.43', '2.45', '2.47', '2.52', '2.53'],
      size: 51_000_000,
      config: { entrypoint: ['/agnhost'], command: ['pause'] },
      build(files) {
        addSkeleton(files);
        addBusybox(files, programs);
        install(files, '/agnhost', 'images/agnhost');
        for (const name of ['curl', 'dig', 'bash']) install(files, `/usr/bin/${name}`, name);
      },
    },
    {
      name: 'registry.k8s.io/hpa-example',
      tags: ['latest'],
      size: 189_000_000,
      config: { command: ['apache2-foreground'], workingDirectory: '/var/www/html' },
      build(files) {
        addDebian(files, programs, ['curl', 'ps']);
        install(files, '/usr/local/bin/apache2-foreground', 'images/php-apache');
        files.makeDirectories('/var/www/html');
        files.writeFile(
          '/var/www/html/index.php',
          '<?php\n  $x = 0.0001;\n  for ($i = 0; $i <= 1000000; $i++) {\n    $x += sqrt($x);\n  }\n  echo "OK!";\n?>\n',
        );
      },
    },
    {
      name: 'docker.io/curlimages/curl',
      tags: ['latest', '8.8.0', '8.10.1', '8.14.1', '8.15.0'],
      size: 9_500_000,
      config: { entrypoint: ['/entrypoint.sh'], command: ['curl'] },
      build(files) {
        addSkeleton(files);
        addBusybox(files, programs);
        install(files, '/usr/bin/curl', 'curl');
        files.writeFile(
          '/entrypoint.sh',
          '#!/bin/sh\nset -e\nif [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ]; then\n  set -- curl "$@"\nfi\nexec "$@"\n',
        );
        files.chmod('/entrypoint.sh', 0o755);
      },
    },
    single(
      'registry.k8s.io/pause',
      ['3.1', '3.2', '3.5', '3.6', '3.8', '3.9', '3.10', '3.10.1', '3.10.2', 'latest'],
      358_722,
      'pause',
      {
        entrypoint: ['/pause'],
      },
    ),
    single('docker.io/hashicorp/http-echo', ['latest', '0.2.3', '1.0', '1.0.0'], 2_700_000, 'http-echo', {
      entrypoint: ['/http-echo'],
    }),
    single('docker.io/traefik/whoami', ['latest', 'v1.10', 'v1.11', 'v1.11.0'], 2_800_000, 'whoami-server', {
      entrypoint: ['/whoami'],
    }),
    single('docker.io/nginxdemos/hello', ['plain-text', '0.4-plain-text'], 17_200_000, 'nginx-hello', {
      command: ['/usr/sbin/nginx-hello'],
    }),
    single('gcr.io/google-samples/hello-app', ['1.0'], 14_000_000, 'hello-app', { entrypoint: ['/hello-app'] }),
    single('us-docker.pkg.dev/google-samples/containers/gke/hello-app', ['1.0'], 14_000_000, 'hello-app', {
      entrypoint: ['/hello-app'],
    }),
    single('gcr.io/google-samples/kubernetes-bootcamp', ['v1'], 83_600_000, 'kubernetes-bootcamp', {
      command: ['/server.js'],
    }),
  ];
}

import type { Program } from '../../world/program.ts';
import { httpd } from '../httpd/httpd.ts';
import { busyboxHttpd } from './busybox-httpd.ts';
import { mariadbd, mysqld, pgIsReady, postgres, unmodelledClient } from './databases.ts';
import { dumbInit } from './dumb-init.ts';
import { agnhost, bootcamp, helloApp, httpEcho, nginxHello, whoami } from './echo.ts';
import { pause } from './pause.ts';
import { phpApache } from './php-apache.ts';
import { redisCli, redisServer } from './redis.ts';

/** What runs in images only: named `images/NAME`, so that machines do not have it. One line each. */
export const serverPrograms: readonly Program[] = [
  agnhost,
  busyboxHttpd,
  bootcamp,
  dumbInit,
  helloApp,
  httpEcho,
  httpd,
  mariadbd,
  mysqld,
  nginxHello,
  pause,
  pgIsReady,
  phpApache,
  postgres,
  redisCli,
  redisServer,
  unmodelledClient('mysql'),
  unmodelledClient('mariadb'),
  unmodelledClient('psql'),
  whoami,
];

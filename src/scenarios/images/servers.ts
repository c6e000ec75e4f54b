import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import type { FileSystem } from '../../world/files/file-system.ts';
import { addBusybox, addSkeleton, install } from './base.ts';
import { addDebian } from './debian.ts';

const NGINX_CONF = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    #tcp_nopush     on;

    keepalive_timeout  65;

    #gzip  on;

    include /etc/nginx/conf.d/*.conf;
}
`;

const DEFAULT_CONF = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

const INDEX = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

function writeNginxFiles(files: FileSystem): void {
  for (const path of ['/etc/nginx/conf.d', '/usr/share/nginx/html', '/var/log/nginx', '/var/cache/nginx'])
    files.makeDirectories(path);
  files.writeFile('/etc/nginx/nginx.conf', NGINX_CONF);
  files.writeFile(
    '/etc/nginx/mime.types',
    'types {\n    text/html html htm shtml;\n    text/css css;\n    application/json json;\n    text/plain txt;\n}\n',
  );
  files.writeFile('/etc/nginx/conf.d/default.conf', DEFAULT_CONF);
  files.writeFile('/usr/share/nginx/html/index.html', INDEX);
  files.writeFile(
    '/usr/share/nginx/html/50x.html',
    '<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n',
  );
  files.symlink('/dev/stdout', '/var/log/nginx/access.log');
  files.symlink('/dev/stderr', '/var/log/nginx/error.log');
}

/** Images of servers: each a small program of the world with real ports, logs and files. */
export function serverImages(programs: readonly string[]): ImageDefinition[] {
  return [
    {
      name: 'docker.io/library/nginx',
      tags: [
        'latest',
        '1.25',
        '1.26',
        '1.27',
        '1.27-alpine',
        'stable-alpine',
        'stable-alpine3.17-slim',
        '1.28',
        '1.29',
        '1.29-alpine',
        'alpine',
        'stable',
      ],
      size: 72_950_530,
      config: { command: ['nginx', '-g', 'daemon off;'] },
      build(files, tag) {
        if (tag.includes('alpine')) {
          addSkeleton(files);
          addBusybox(files, programs);
        } else addDebian(files, programs);
        install(files, '/usr/sbin/nginx', 'nginx');
        install(files, '/usr/bin/curl', 'curl');
        writeNginxFiles(files);
      },
    },
  ];
}

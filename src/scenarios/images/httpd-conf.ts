/** Modules that the image's configuration loads; those behind a `#` it leaves for the user. */
const LOADED =
  'mpm_event authn_file authn_core authz_host authz_groupfile authz_user authz_core access_compat auth_basic reqtimeout filter mime log_config env headers setenvif version unixd status autoindex dir alias';
const LEFT =
  'socache_shmcb proxy proxy_connect proxy_http proxy_balancer proxy_wstunnel ssl http2 rewrite deflate expires';

const line = (mark: string) => (name: string) => `${mark}LoadModule ${name}_module modules/mod_${name}.so`;

/** httpd.conf of the image, a short text of our own with the same directives in force. */
export const HTTPD_CONF = `ServerRoot "/usr/local/apache2"

Listen 80

${LOADED.split(' ').map(line('')).join('\n')}
${LEFT.split(' ').map(line('#')).join('\n')}

<IfModule unixd_module>
User www-data
Group www-data
</IfModule>

ServerAdmin you@example.com
#ServerName www.example.com:80

<Directory />
    AllowOverride none
    Require all denied
</Directory>

DocumentRoot "/usr/local/apache2/htdocs"
<Directory "/usr/local/apache2/htdocs">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>

<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>

ErrorLog /proc/self/fd/2
LogLevel warn

<IfModule log_config_module>
    LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
    LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
    CustomLog /proc/self/fd/1 common
</IfModule>

<IfModule headers_module>
    RequestHeader unset Proxy early
</IfModule>
`;

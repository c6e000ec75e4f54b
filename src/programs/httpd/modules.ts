import { type Directive, syntaxError } from './config.ts';

/** Directives by the module that brings them; those of the core are always there. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  core: 'serverroot listen serveradmin servername serveralias documentroot errorlog loglevel errorlogformat include includeoptional loadmodule options allowoverride errordocument timeout keepalive keepalivetimeout maxkeepaliverequests servertokens serversignature traceenable define undefine usecanonicalname hostnamelookups enablesendfile enablemmap accessfilename limitrequestbody limitrequestline limitrequestfieldsize adddefaultcharset mutex protocols sethandler setoutputfilter setinputfilter filesmatch directory directorymatch location locationmatch files virtualhost ifmodule ifdefine ifversion if elseif else limit limitexcept fileetag contentdigest',
  mpm: 'pidfile startservers minsparethreads maxsparethreads threadsperchild maxrequestworkers maxconnectionsperchild minspareservers maxspareservers serverlimit threadlimit listenbacklog scoreboardfile coredumpdirectory',
  unixd: 'user group chrootdir',
  log_config: 'logformat customlog transferlog',
  dir: 'directoryindex directoryslash fallbackresource',
  alias: 'alias aliasmatch redirect redirectmatch redirectpermanent redirecttemp scriptalias',
  authz_core: 'require requireall requireany requirenone authmerging authzsendforbiddenonfailure',
  access_compat: 'order allow deny satisfy',
  authn_core: 'authtype authname',
  authn_file: 'authuserfile',
  auth_basic: 'authbasicprovider',
  mime: 'typesconfig addtype addhandler addencoding addlanguage addcharset',
  headers: 'header requestheader',
  env: 'setenv passenv unsetenv',
  setenvif: 'setenvif setenvifnocase browsermatch',
  reqtimeout: 'requestreadtimeout',
  autoindex: 'indexoptions indexignore addicon adddescription readmename headername defaulticon',
  status: 'extendedstatus',
  proxy:
    'proxypass proxypassmatch proxypassreverse proxypreservehost proxyrequests proxytimeout proxyvia proxyaddheaders proxyerroroverride proxyset proxy proxymatch balancermember',
  rewrite: 'rewriteengine rewriterule rewritecond rewritebase rewriteoptions rewritemap',
  ssl: 'sslengine sslcertificatefile sslcertificatekeyfile sslprotocol sslciphersuite sslhonorcipherorder sslsessioncache sslsessioncachetimeout sslpassphrasedialog sslproxyengine sslproxyverify',
  remoteip: 'remoteipheader remoteipinternalproxy',
  deflate: 'deflatecompressionlevel',
  expires: 'expiresactive expiresdefault expiresbytype',
};

const OWNER = new Map(
  Object.entries(DIRECTIVES).flatMap(([module, names]) => names.split(' ').map((name) => [name, module] as const)),
);

/** Modules that the image has as files. */
const FILES = new Set([
  ...Object.keys(DIRECTIVES), 'mpm_event', 'mpm_worker', 'mpm_prefork', 'authz_host', 'authz_groupfile', 'authz_user', 'filter',
  'version', 'proxy_http', 'proxy_balancer', 'proxy_fcgi', 'proxy_wstunnel', 'proxy_connect', 'slotmem_shm', 'lbmethod_byrequests',
  'socache_shmcb', 'cgi', 'cgid', 'http2', 'info', 'include', 'vhost_alias', 'substitute', 'negotiation', 'actions', 'dav', 'dav_fs',
]); // biome-ignore format: a table

/** Modules without which directives work but what they ask for does not. */
export type Modules = ReadonlySet<string>;

/** The modules that a configuration loads. Raises ConfigError. */
export function loadedModules(directives: readonly Directive[]): Modules {
  const loaded = new Set<string>(['core']);
  for (const directive of directives) {
    if (directive.name.toLowerCase() !== 'loadmodule') continue;
    const [name = '', path = ''] = directive.args;
    const file = /mod_(\w+)\.so$/.exec(path)?.[1] ?? '';
    if (!FILES.has(file))
      throw syntaxError(
        directive,
        `Cannot load ${path} into server: /usr/local/apache2/${path}: cannot open shared object file: No such file or directory`,
      );
    loaded.add(name.replace(/_module$/, ''));
    if (file.startsWith('mpm_')) loaded.add('mpm');
  }
  return loaded;
}

/** Drops `<IfModule>` sections that do not apply, puts in their place what does. */
export function resolveConditions(directives: readonly Directive[], modules: Modules): Directive[] {
  return directives.flatMap((directive) => {
    const inner = directive.block && resolveConditions(directive.block, modules);
    const name = directive.name.toLowerCase();
    if (name === 'ifmodule') {
      const wanted = directive.args[0] ?? '';
      const module = wanted
        .replace(/^!/, '')
        .replace(/^mod_(\w+)\.c$/, '$1')
        .replace(/_module$/, '');
      return modules.has(module) !== wanted.startsWith('!') ? (inner ?? []) : [];
    }
    if (name === 'ifdefine' || name === 'ifversion') return [];
    return [{ ...directive, block: inner }];
  });
}

/** Refuses directives whose module is not there. Raises ConfigError. */
export function checkDirectives(directives: readonly Directive[], modules: Modules): void {
  for (const directive of directives) {
    const owner = OWNER.get(directive.name.toLowerCase());
    if (owner === undefined || !modules.has(owner)) {
      const shown = directive.block ? `<${directive.name}` : directive.name;
      throw syntaxError(
        directive,
        `Invalid command '${shown}', perhaps misspelled or defined by a module not included in the server configuration`,
      );
    }
    if (directive.block) checkDirectives(directive.block, modules);
  }
}

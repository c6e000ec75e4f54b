/** An URL of a client's command line. */
export interface HttpUrl {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Whether the port was said. */
  readonly explicitPort: boolean;
  /** Path with query. */
  readonly target: string;
}

/** Undefined when it is none. Without a scheme it is http. */
export function parseUrl(text: string): HttpUrl | undefined {
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::([^/?#]*))?([^#]*)/.exec(
    text,
  );
  if (!match) return undefined;
  const [, scheme = 'http', user, host = '', port, rest = ''] = match;
  if (host === '' || (port !== undefined && port !== '' && !/^\d{1,5}$/.test(port))) return undefined;
  const lower = scheme.toLowerCase();
  return {
    scheme: lower,
    user,
    host: host.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : (PORTS[lower] ?? 80),
    explicitPort: port !== undefined && port !== '',
    target: rest.startsWith('/') ? rest : `/${rest}`,
  };
}

const PORTS: Readonly<Record<string, number>> = { https: 443, telnet: 23 };

/** What the header Host says. */
export function hostHeader(url: HttpUrl): string {
  const usual = url.scheme === 'https' ? 443 : 80;
  return url.port === usual ? url.host : `${url.host}:${url.port}`;
}

/** Where `location` leads, seen from `base`. */
export function resolveUrl(base: HttpUrl, location: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location)) return location;
  const origin = `${base.scheme}://${hostHeader(base)}`;
  if (location.startsWith('//')) return `${base.scheme}:${location}`;
  if (location.startsWith('/')) return origin + location;
  const path = base.target.split('?')[0] ?? '/';
  return `${origin}${path.slice(0, path.lastIndexOf('/') + 1)}${location}`;
}

/** The last part of the path. */
export function remoteName(url: HttpUrl): string {
  const path = url.target.split('?')[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}

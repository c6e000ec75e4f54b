const PREFIX = 'traefik.ingress.kubernetes.io/';

/** What annotations of an Ingress say of its routers. traefik: pkg/provider/kubernetes/ingress/annotations.go RouterIng */
export interface RouterSettings {
  readonly entryPoints: readonly string[];
  readonly tls: boolean;
  /** 0: by the length of the rule. */
  readonly priority: number;
  readonly pathMatcher: string;
  readonly middlewares: readonly string[];
}

/** What annotations of a Service say of its servers. traefik: annotations.go ServiceIng */
export interface ServiceSettings {
  readonly scheme?: 'http' | 'https' | 'h2c';
  readonly passHostHeader: boolean;
  /** The name of the sticky cookie; empty: one by the name of the service. */
  readonly cookie?: string;
}

type Annotations = Readonly<Record<string, string>> | undefined;

/** Annotations below a name, without regard to case. */
function below(annotations: Annotations, root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(annotations ?? {}))
    if (key.startsWith(`${PREFIX}${root}.`)) found.set(key.slice(PREFIX.length + root.length + 1).toLowerCase(), value);
  return found;
}

/** Settings, or why they cannot be read. */
export function routerSettings(annotations: Annotations): RouterSettings | string {
  const values = below(annotations, 'router');
  const priority = values.get('priority') ?? '0';
  if (!/^[-+]?\d+$/.test(priority)) return `strconv.ParseInt: parsing ${JSON.stringify(priority)}: invalid syntax`;
  const words = (name: string) =>
    (values.get(name) ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean);
  return {
    entryPoints: words('entrypoints'),
    tls: [...values].some(([name, value]) => (name === 'tls' && value === 'true') || name.startsWith('tls.')),
    priority: Number(priority),
    pathMatcher: values.get('pathmatcher') || 'PathPrefix',
    middlewares: words('middlewares'),
  };
}

/** Settings, or why they cannot be read. */
export function serviceSettings(annotations: Annotations): ServiceSettings | string {
  const values = below(annotations, 'service');
  const scheme = values.get('serversscheme');
  const sticky = [...values].some(([name, value]) =>
    name === 'sticky.cookie' ? value === 'true' : name.startsWith('sticky.cookie.'),
  );
  return {
    ...(scheme === 'http' || scheme === 'https' || scheme === 'h2c' ? { scheme } : {}),
    passHostHeader: values.get('passhostheader') !== 'false',
    ...(sticky ? { cookie: values.get('sticky.cookie.name') ?? '' } : {}),
  };
}

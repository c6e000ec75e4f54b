import { flag } from '../../servers/support.ts';

/** The command line of nginx-ingress-controller, as far as it matters here. */
export interface Flags {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly healthzPort: number;
  /** `namespace/name`; empty: none. */
  readonly configMap: string;
  readonly publishService: string;
  readonly publishAddress: string;
  readonly defaultService: string;
  readonly defaultCertificate: string;
  readonly electionId: string;
  readonly controllerClass: string;
  readonly ingressClass: string;
  readonly withoutClass: boolean;
  /** Empty: all. */
  readonly watchNamespace: string;
  /** 0: no webhook. */
  readonly webhookPort: number;
  readonly webhookCertificate: string;
  readonly webhookKey: string;
}

export function readFlags(args: readonly string[]): Flags {
  const text = (name: string, fallback = '') => flag(args, name) ?? fallback;
  const port = (name: string, fallback: number) => Number(text(name, String(fallback))) || fallback;
  return {
    httpPort: port('http-port', 80),
    httpsPort: port('https-port', 443),
    healthzPort: port('healthz-port', 10254),
    configMap: text('configmap'),
    publishService: text('publish-service'),
    publishAddress: text('publish-status-address'),
    defaultService: text('default-backend-service'),
    defaultCertificate: text('default-ssl-certificate'),
    electionId: text('election-id', 'ingress-controller-leader'),
    controllerClass: text('controller-class', 'k8s.io/ingress-nginx'),
    ingressClass: text('ingress-class', 'nginx'),
    withoutClass: text('watch-ingress-without-class', 'false') === 'true',
    watchNamespace: text('watch-namespace'),
    webhookPort: Number(/:(\d+)$/.exec(text('validating-webhook'))?.[1] ?? 0),
    webhookCertificate: text('validating-webhook-certificate'),
    webhookKey: text('validating-webhook-key'),
  };
}

import { encodeYaml } from '../../cluster/apimachinery/yaml.ts';
import { digestBytes } from '../../world/describe.ts';
import { executableBytes } from '../../world/execute.ts';
import { localPathStorage, metricsServer } from '../addons/manifests.ts';
import { calico } from './files/calico.ts';
import { kubeFlannel } from './files/flannel.ts';
import { gatewayApi } from './files/gateway-api.ts';
import { ingressNginx } from './files/ingress-nginx.ts';
import { metallbNative } from './files/metallb.ts';
import { traefik, traefikGatewayRbac } from './files/traefik.ts';

/** A file, or a family of files, that a site of the simulated internet holds. */
export interface WebFile {
  readonly host: string;
  /** The whole path without its first slash; groups are given to `text`. */
  readonly path: RegExp;
  /** The file, made when somebody asks. Undefined when there is no such file after all. */
  readonly text: (groups: readonly string[]) => string | Uint8Array | undefined;
  readonly type?: string;
}

/** Releases of Kubernetes: the one that the world has, for the learner's machine. */
const KUBERNETES = 'cdn.dl.k8s.io';
const KUBECTL = 'v1.36.4';
const KUBECTL_PATH = /^release\/v1\.36\.4\/bin\/linux\/amd64\/kubectl$/;
const RAW = 'raw.githubusercontent.com';
/** Where files of GitHub's releases really lie. */
const RELEASES = 'release-assets.githubusercontent.com';
/** Manifests of kubetutor's own, for what is installed with Helm elsewhere. */
const OWN = 'manifests.kubetutor.example';

/** One entry a file: manifests that learners apply by their URL. */
const FILES: readonly WebFile[] = [
  {
    host: RAW,
    path: /^kubernetes\/ingress-nginx\/(main|controller-v[\d.]+)\/deploy\/static\/provider\/(cloud|baremetal)\/deploy\.yaml$/,
    text: ([ref = '', provider = '']) => ingressNginx(ref, provider),
  },
  {
    host: RAW,
    path: /^metallb\/metallb\/(main|v[\d.]+)\/config\/manifests\/metallb-native\.yaml$/,
    text: ([ref = '']) => metallbNative(ref),
  },
  {
    host: RAW,
    path: /^projectcalico\/calico\/(master|v[\d.]+)\/manifests\/calico\.yaml$/,
    text: ([ref = '']) => calico(ref),
  },
  {
    host: RAW,
    path: /^(?:flannel-io|coreos)\/flannel\/(master|v[\d.]+)\/Documentation\/kube-flannel\.yml$/,
    text: ([ref = '']) => kubeFlannel(ref),
  },
  {
    host: RELEASES,
    path: /^flannel-io\/flannel\/releases\/(?:latest\/download|download\/(v[\d.]+))\/kube-flannel\.yml$/,
    text: ([ref = '']) => kubeFlannel(ref),
  },
  {
    host: RELEASES,
    path: /^kubernetes-sigs\/metrics-server\/releases\/(latest\/download|download\/v[\d.]+)\/components\.yaml$/,
    text: () => manifestText(metricsServer(false)),
  },
  {
    host: RAW,
    path: /^rancher\/local-path-provisioner\/(master|v[\d.]+)\/deploy\/local-path-storage\.yaml$/,
    text: () => manifestText(localPathStorage(false)),
  },
  {
    host: RELEASES,
    path: /^kubernetes-sigs\/gateway-api\/releases\/download\/v([\d.]+)\/standard-install\.yaml$/,
    text: ([version = '']) => gatewayApi(version),
  },
  {
    host: RELEASES,
    path: /^kubernetes-sigs\/gateway-api\/releases\/latest\/download\/standard-install\.yaml$/,
    text: () => gatewayApi('latest'),
  },
  {
    host: RAW,
    path: /^traefik\/traefik\/[^/]+\/docs\/content\/reference\/dynamic-configuration\/kubernetes-gateway-rbac\.yml$/,
    text: traefikGatewayRbac,
  },
  { host: OWN, path: /^traefik\.yaml$/, text: () => traefik(false) },
  { host: OWN, path: /^traefik-gateway\.yaml$/, text: () => traefik(true) },
  { host: KUBERNETES, path: /^release\/stable(?:-1(?:\.36)?)?\.txt$/, text: () => KUBECTL },
  {
    host: KUBERNETES,
    path: /^release\/v1\.36\.4\/bin\/linux\/amd64\/kubectl\.sha256$/,
    text: () => digestBytes(executableBytes('kubectl')),
  },
  { host: KUBERNETES, path: KUBECTL_PATH, text: () => executableBytes('kubectl'), type: 'application/octet-stream' },
  {
    host: 'example.com',
    path: /^(index\.html)?$/,
    text: exampleDomain,
    type: 'text/html',
  },
];

/** The file at a path, of those that every world has and of `more`; undefined when the site has none. */
export function webFile(
  host: string,
  path: string,
  more: readonly WebFile[] = [],
): { readonly text: string | Uint8Array; readonly type: string } | undefined {
  for (const file of [...FILES, ...more]) {
    if (file.host !== host && `www.${file.host}` !== host) continue;
    const match = file.path.exec(path.replace(/^\//, ''));
    const text = match ? file.text(match.slice(1)) : undefined;
    if (text !== undefined) return { text, type: file.type ?? 'text/plain; charset=utf-8' };
  }
  return undefined;
}

function exampleDomain(): string {
  return '<!doctype html><html lang="en"><head><title>Example Domain</title></head><body><div><h1>Example Domain</h1><p>This domain is for use in examples.</p></div></body></html>\n';
}

function manifestText(objects: readonly unknown[]): string {
  return objects.map((object) => encodeYaml(object)).join('---\n');
}

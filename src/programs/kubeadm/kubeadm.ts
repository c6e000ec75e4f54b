import { ApiUnreachable } from '../../cluster/api/client.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { editDistance } from '../../world/edit-distance.ts';
import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type AuthorityFinder, checkExpiration, renew } from './certs.ts';
import { printedDefaults } from './defaults.ts';
import { Failure, type Line, parseLine } from './line.ts';
import { checkNode, PreflightFailure } from './preflight.ts';
import { tokenCommand } from './token.ts';
import { findCommand, usageOf } from './tree.ts';

const VERSION =
  'kubeadm version: &version.Info{Major:"1", Minor:"36", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"v1.36.4", GitCommit:"$Format:%H$", GitTreeState:"clean", BuildDate:"2026-10-14T00:00:00Z", GoVersion:"go1.26.8", Compiler:"gc", Platform:"linux/amd64"}\n';

const RELEASE = 'v1.36.4';
const VERSION_INFO = {
  major: '1',
  minor: '36',
  gitVersion: RELEASE,
  gitCommit: '$Format:%H$',
  gitTreeState: 'clean',
  buildDate: '2026-10-14T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** kubernetes: cmd/kubeadm/app/images GetControlPlaneImages */
const IMAGES = [
  'kube-apiserver:v1.36.4',
  'kube-controller-manager:v1.36.4',
  'kube-scheduler:v1.36.4',
  'kube-proxy:v1.36.4',
  'coredns/coredns:v1.14.2',
  'pause:3.10.2',
  'etcd:3.6.8-0',
];

/** kubeadm on a node of `cluster`: tokens, certificates, images, defaults. kubernetes: cmd/kubeadm */
export function kubeadmProgram(cluster: Cluster, authority: AuthorityFinder): Program {
  return {
    name: 'kubeadm',
    *main(process) {
      yield* process.cpu(30);
      try {
        yield* process.print(run({ process, cluster, authority, line: parseLine(process.argv.slice(1)) }));
        return 0;
      } catch (error) {
        if (error instanceof Incomplete) yield* process.print(error.usage);
        if (error instanceof PreflightFailure) {
          yield* process.print(error.intro);
          yield* process.printError(error.found);
        }
        const text = failureText(error);
        if (text === undefined) throw error;
        yield* process.printError(
          `error: ${text}\nTo see the stack trace of this error execute with --v=5 or higher\n`,
        );
        return 1;
      }
    },
  };
}

/** A command of which one below is wanted: its usage is printed before the error. */
class Incomplete extends Error {
  constructor(readonly usage: string) {
    super('\nerror: subcommand is required');
  }
}

function failureText(error: unknown): string | undefined {
  if (error instanceof Failure || error instanceof Incomplete || error instanceof ApiUnreachable) return error.message;
  return error instanceof Errno ? error.text.toLowerCase() : undefined;
}

interface Call {
  readonly process: Process;
  readonly cluster: Cluster;
  readonly authority: AuthorityFinder;
  readonly line: Line;
}

function run(call: Call): string {
  const { line } = call;
  const found = findCommand(line.words);
  const { node, path, rest } = found;
  if (node.children && rest[0] !== undefined)
    throw new Failure(
      `unknown command "${rest[0]}" for "${path}"${path === 'kubeadm' ? suggestions(rest[0], node.children) : ''}`,
    );
  if (line.flags.has('help') || line.flags.has('h') || path === 'kubeadm' || (node.children && node.runs))
    return usageOf(found);
  if (node.children) throw new Incomplete(usageOf(found));
  const text = runLeaf(path.replace('kubeadm ', ''), rest, call);
  if (text === undefined) throw new Failure(`kubetutor does not model ${path}`);
  return text;
}

/** The names that are close to a word. cobra: SuggestionsFor */
function suggestions(word: string, children: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(children).filter((name) => name.startsWith(word) || editDistance(word, name) <= 2);
  return names.length === 0 ? '' : `\n\nDid you mean this?\n${names.map((name) => `\t${name}\n`).join('')}`;
}

/** What a command prints; undefined for what is not modelled. */
function runLeaf(path: string, rest: readonly string[], call: Call): string | undefined {
  const { process, cluster, authority, line } = call;
  const client = () => cluster.client('kubernetes-admin', ['kubeadm:cluster-admins'], 'kubeadm');
  const [command = '', verb = '', what = ''] = path.split(' ');
  switch (`${command} ${verb}`.trim()) {
    case 'init':
    case 'join':
      checkNode(process.machine, command, line);
      return undefined;
    case 'version':
      return versionText(line.flags.get('output') ?? line.flags.get('o'));
    case 'config images':
      return what === 'list' ? imageList(line) : undefined;
    case 'config print':
      return line.flags.has('component-configs') ? undefined : printedDefaults(what, process.machine.hostname);
    case 'config migrate':
      if (!line.flags.has('old-config')) throw new Failure('the --old-config flag is mandatory');
      return undefined;
    case 'config validate':
      if (!line.flags.has('config')) throw new Failure('the --config flag is mandatory');
      return undefined;
    case 'certs check-expiration':
      return checkExpiration(process, client());
    case 'certs certificate-key':
      return `${process.machine.world.random.hex(64)}\n`;
    case 'certs renew':
      return renew(process, client(), authority, what);
    case 'upgrade apply':
      if (rest.length === 0) throw new Failure('missing one or more required arguments. Required arguments: [version]');
      return undefined;
    case 'token list':
    case 'token create':
    case 'token delete':
    case 'token generate':
      return tokenCommand(process, cluster, verb, { ...line, words: rest });
  }
  return undefined;
}

function versionText(output: string | undefined): string {
  switch (output) {
    case undefined:
      return VERSION;
    case 'short':
      return 'v1.36.4\n';
    case 'json':
      return `${JSON.stringify({ clientVersion: VERSION_INFO }, null, 2)}\n`;
    case 'yaml':
      return `clientVersion:\n${Object.entries(VERSION_INFO)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `  ${name}: ${/^\d/.test(value) ? JSON.stringify(value) : value}\n`)
        .join('')}\n`;
    default:
      throw new Failure(`invalid output format: ${output}`);
  }
}

function imageList({ flags }: Line): string {
  const version = flags.get('kubernetes-version') ?? RELEASE;
  const repository = flags.get('image-repository') ?? 'registry.k8s.io';
  return IMAGES.map(
    (image) => `${repository}/${image.replace(RELEASE, version.startsWith('v') ? version : `v${version}`)}\n`,
  ).join('');
}

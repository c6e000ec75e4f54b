import { AWS_CLI_VERSION } from '../../cloud/aws/cli/aws.ts';
import { gzip } from '../../shell/utilities/gzip-format.ts';
import { finishArchive, padded, tarHeader } from '../../shell/utilities/tar-format.ts';
import { zipArchive } from '../../shell/utilities/zip-format.ts';
import { encode } from '../../world/bytes.ts';
import { executableBytes } from '../../world/execute.ts';
import type { WebFile } from '../internet/files.ts';

/** When the archives were made, ms. */
const BUILT = Date.UTC(2026, 7, 27, 18, 2, 0);
const RELEASES = 'release-assets.githubusercontent.com';

/**
 * The installer of the AWS CLI, a script of our own with the same options, order and messages.
 * aws-cli: exe/assets/install
 */
const INSTALL = `#!/bin/sh
usage() {
  cat >&2 <<EOF
Installs the AWS CLI v2

OPTIONS:
    -i, --install-dir PATH   where the files go (default: /usr/local/aws-cli)
    -b, --bin-dir PATH       where the commands are linked (default: /usr/local/bin)
    -u, --update             update an installation that is there
    -h, --help
EOF
}
die() {
  echo "$1" >&2
  exit 1
}
root=/usr/local/aws-cli
bin=/usr/local/bin
update=no
while [ $# -gt 0 ]; do
  case "$1" in
    -i|--install-dir) root=$2; shift ;;
    -b|--bin-dir) bin=$2; shift ;;
    -u|--update) update=yes ;;
    -h|--help) usage; exit 0 ;;
    *) die "Got an unexpected argument: $1" ;;
  esac
  shift
done
from=$(cd "$(dirname "$0")" && pwd -P)
version=$("$from/dist/aws" --version | cut -d ' ' -f 1 | cut -d / -f 2)
dir=$root/v2/$version
current=$root/v2/current
if [ -L "$current" ] && [ "$update" = no ]; then
  die "Found preexisting AWS CLI installation: $current. Please rerun install script with --update flag."
fi
if [ -d "$dir" ]; then
  echo "Found same AWS CLI version: $dir. Skipping install."
  exit 0
fi
mkdir -p "$dir" || exit 1
{
  cp -r "$from/dist" "$dir/dist" &&
  mkdir -p "$dir/bin" &&
  ln -s ../dist/aws "$dir/bin/aws" &&
  ln -s ../dist/aws_completer "$dir/bin/aws_completer" &&
  ln -snf "$dir" "$current"
} || {
  rm -rf "$dir"
  exit 1
}
mkdir -p "$bin"
ln -sf "$current/bin/aws" "$bin/aws"
ln -sf "$current/bin/aws_completer" "$bin/aws_completer"
echo "You can now run: $bin/aws --version"
`;

const README = 'The AWS CLI v2 of the simulated internet: run ./aws/install. Its command is a program of kubetutor.\n';

function awsCli(): Uint8Array {
  const member = (name: string, content: Uint8Array, mode: number) => ({ name, content, mode, mtime: BUILT });
  const none = new Uint8Array(0);
  return zipArchive([
    member('aws/', none, 0o755),
    member('aws/dist/', none, 0o755),
    member('aws/README.md', encode(README), 0o644),
    member('aws/install', encode(INSTALL), 0o755),
    member('aws/dist/aws', executableBytes('aws'), 0o755),
    member('aws/dist/aws_completer', executableBytes('aws_completer'), 0o755),
  ]);
}

function eksctlArchive(): Uint8Array {
  const content = executableBytes('eksctl');
  const header = tarHeader({
    name: 'eksctl',
    mode: 0o755,
    uid: 1001,
    gid: 1001,
    mtime: BUILT,
    type: '0',
    target: '',
    owner: 'runner/runner',
    size: content.length,
  });
  return gzip(finishArchive([header, padded(content)]), {});
}

/** What one downloads to install the clients of AWS: small archives whose members are programs of the world. */
export const INSTALLERS: readonly WebFile[] = [
  {
    host: 'awscli.amazonaws.com',
    path: /^awscli-exe-linux-x86_64(?:-([\d.]+))?\.zip$/,
    text: ([version = '']) => (version === '' || version === AWS_CLI_VERSION ? awsCli() : undefined),
    type: 'application/zip',
  },
  {
    host: RELEASES,
    path: /^(?:eksctl-io|weaveworks)\/eksctl\/releases\/(?:latest\/download|download\/v?[\d.]+)\/eksctl_Linux_amd64\.tar\.gz$/,
    text: eksctlArchive,
    type: 'application/octet-stream',
  },
];

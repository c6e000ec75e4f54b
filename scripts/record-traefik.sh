#!/usr/bin/env bash
# Records test/conformance/golden/own-ingress anew: a real Traefik, built from its Go module, on the whole cluster of
# ../shared/oracle (which must be up: cluster.sh up). Root, Go, a few minutes to build and a minute for each scenario.
#   scripts/record-traefik.sh [NAME...]     (without .yaml; all of them when none is named)
set -euo pipefail
version=3.6.12 gateway=1.4.0
root=$(cd "$(dirname "$0")/.." && pwd); oracle=$(realpath "$root/../shared/oracle"); golden=$root/test/conformance/golden
work=${TMPDIR:-/tmp}/record-traefik; mkdir -p "$work"; cd "$work"
on() { "$oracle/cluster.sh" on workstation "$@"; }

# The web UI is not part of the module: a page stands in for it. The DNS providers of ACME would triple the build.
if [ ! -x traefik ]; then
  echo 'module build' > go.mod; module=$(go mod download -json "github.com/traefik/traefik/v3@v$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  rm -rf src; cp -r "$module" src; chmod -R u+w src; echo '<!DOCTYPE html><title>Traefik Proxy</title>' > src/webui/static/index.html
  sed -i '/lego\/v4\/providers\/dns"/d; s/provider, err = dns.NewDNSChallengeProviderByName(.*/err = fmt.Errorf("no DNS provider in this build")/' src/pkg/provider/acme/provider.go
  about=github.com/traefik/traefik/v3/pkg/version
  (cd src && CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags "-s -w -X $about.Version=$version -X $about.Codename=ramequin -X $about.BuildDate=2026-03-26T14:04:06Z" -o "$work/traefik" ./cmd/traefik)
fi
# Its image: busybox and the program, pushed with the functions of images.sh.
sed '/^fresh; printf/,$d' "$oracle/images.sh" > images.sh; cat >> images.sh <<'S'
fresh; shell; install -D traefik "$root/usr/local/bin/traefik"; mkdir -p "$root/etc/traefik"
printf '#!/bin/sh\nif [ "${1#-}" != "$1" ] || traefik "$1" --help > /dev/null 2>&1; then [ "$1" = traefik ] || set -- traefik "$@"; fi\nexec "$@"\n' > "$root/entrypoint.sh"; chmod +x "$root/entrypoint.sh"
push library/traefik "latest v3 v3.6" '["/entrypoint.sh"]' '["traefik"]'
S
ip netns exec ko-net bash images.sh 192.168.64.1:5000 "${KUBEORACLE_BIN:-$HOME/.cache/kubeoracle-v1.36.4}"

# https://github.com for the workstation: it has the CRDs of the Gateway API and nothing else.
page=www/kubernetes-sigs/gateway-api/releases/download/v$gateway; mkdir -p "$page"
crds=$(go mod download -json "sigs.k8s.io/gateway-api@v$gateway" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')/config/crd/standard
for file in "$crds"/gateway*.yaml; do echo ---; cat "$file"; done > "$page/standard-install.yaml"
[ -e cert.pem ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=github.com -addext subjectAltName=DNS:github.com 2> /dev/null
cat /etc/ssl/certs/ca-certificates.crt cert.pem > bundle.crt; { cat /etc/hosts; echo 127.0.0.1 github.com; } > hosts
ip netns exec ko-net node -e 'const fs=require("fs");require("https").createServer({key:fs.readFileSync("key.pem"),cert:fs.readFileSync("cert.pem")},(q,s)=>{try{s.end(fs.readFileSync("www"+q.url))}catch{s.writeHead(404);s.end()}}).listen(443,"127.0.0.1")' & server=$!
trap 'kill $server' EXIT; sleep 1

# record-live leaves what belongs to no namespace, and takes the Service kubernetes away, which comes back after a while.
tidy() { on bash -c 'kubectl delete ns traefik other --ignore-not-found; kubectl delete clusterrole,clusterrolebinding traefik --ignore-not-found
  kubectl delete ingressclass --all; kubectl get crd -o name | grep gateway | xargs -r kubectl delete; until kubectl get svc kubernetes; do sleep 1; done; sleep 2' > /dev/null 2>&1; }
[ $# -gt 0 ] || set -- $(cd "$golden/own-ingress" && ls | sed 's/\.yaml$//')
mkdir -p steps/own-ingress
for name; do
  (cd "$root" && node -e 'const Y=require("yaml"),fs=require("fs"),s=Y.parse(fs.readFileSync(process.argv[1],"utf8"));fs.writeFileSync(process.argv[2],Y.stringify({...s,steps:s.steps.map(x=>x.run)},{lineWidth:0}))' "$golden/own-ingress/$name.yaml" "$work/steps/own-ingress/$name.yaml")
  tidy; rm -f "$golden/own-ingress/$name.yaml"
  (cd "$root" && on unshare -m bash -c 'mount --bind "$0/hosts" /etc/hosts; mount --bind "$0/bundle.crt" /etc/ssl/certs/ca-certificates.crt; exec "$@"' "$work" node "$oracle/oracle.mjs" record-live --root "$work/steps" --out "$golden" "$work/steps/own-ingress/$name.yaml")
done
tidy

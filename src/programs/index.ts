import { programOf } from '../shell/utilities/utility.ts';
import type { Program } from '../world/program.ts';
import { etcdctl } from './etcd/etcdctl.ts';
import { etcdutl } from './etcd/etcdutl.ts';
import { fullscreenPrograms } from './fullscreen/index.ts';
import { curl } from './http/curl.ts';
import { busyboxWget } from './http/wget-busybox.ts';
import { gnuWget } from './http/wget-gnu.ts';
import { iptables, iptablesSave } from './iptables/iptables.ts';
import { nft } from './iptables/nft.ts';
import { dig } from './net/dig.ts';
import { getent } from './net/getent.ts';
import { host } from './net/host.ts';
import { bridge, ip } from './net/iproute/ip.ts';
import { ss } from './net/iproute/ss.ts';
import { busyboxNc, openbsdNc } from './net/nc.ts';
import { arp, ifconfig, netstat, route } from './net/net-tools.ts';
import { nsenter } from './net/nsenter.ts';
import { busyboxNslookup } from './net/nslookup.ts';
import { bindNslookup } from './net/nslookup-bind.ts';
import { busyboxPing, ping } from './net/ping.ts';
import { sysctl } from './net/sysctl.ts';
import { tcpdump } from './net/tcpdump/tcpdump.ts';
import { busyboxTelnet, telnet } from './net/telnet.ts';
import { traceroute } from './net/traceroute.ts';
import { nginx } from './nginx/nginx.ts';
import { openssl } from './openssl/openssl.ts';
import { serverPrograms } from './servers/index.ts';
import { ssh } from './ssh/ssh.ts';
import { su, sudo } from './sudo/sudo.ts';
import { journalctl } from './systemd/journalctl.ts';
import { systemctl } from './systemd/systemctl.ts';

/** What runs on machines and is neither Kubernetes nor part of the shell: one line a program. */
export const programs: readonly Program[] = [
  curl,
  etcdctl,
  etcdutl,
  ...fullscreenPrograms,
  ...serverPrograms,
  nginx,
  programOf(journalctl, 'gnu'),
  programOf(systemctl, 'gnu'),
  ssh,
  su,
  sudo,
  programOf(busyboxWget, 'busybox'),
  programOf(gnuWget, 'gnu'),
  programOf(iptables, 'gnu'),
  programOf(iptablesSave, 'gnu'),
  programOf(nft, 'gnu'),
  programOf(dig, 'gnu'),
  programOf(host, 'gnu'),
  programOf(getent, 'gnu'),
  programOf(busyboxNc, 'busybox'),
  programOf(openbsdNc, 'gnu'),
  programOf(bindNslookup, 'gnu'),
  programOf(busyboxNslookup, 'busybox'),
  ...[ip, netstat, nsenter, route, arp, ifconfig, traceroute].flatMap((one) => [
    programOf(one, 'gnu'),
    programOf(one, 'busybox'),
  ]),
  programOf(bridge, 'gnu'),
  programOf(openssl, 'gnu'),
  programOf(ss, 'gnu'),
  programOf(sysctl, 'gnu'),
  programOf(tcpdump, 'gnu'),
  programOf(busyboxPing, 'busybox'),
  programOf(ping, 'gnu'),
  programOf(busyboxTelnet, 'busybox'),
  programOf(telnet, 'gnu'),
];

import { describe, expect, test } from 'vitest';
import { buildWorld } from '../../src/scenarios/build.ts';
import { runIn } from '../shell/support.ts';

const built = buildWorld('crio', 'test');
const line = (text: string, limit = 60_000) => runIn(built.workstation, ['bash', '-c', text], { limit });
/** On the Docker host. */
const on = (text: string) => line(`ssh docker01 '${text.replaceAll("'", "'\\''")}'`);
const trimmed = (text: string) => text.replace(/ +$/gm, '');

describe('a plain Docker host', () => {
  test('has a bridge that waits, and rules for it', () => {
    expect(on('ip -o -4 a show docker0').stdout).toContain('172.17.0.1/16 brd 172.17.255.255');
    expect(on('ip link show docker0').stdout).toContain('NO-CARRIER');
    expect(on('iptables -t nat -S').stdout).toContain('-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\n');
    expect(line('ssh node01 docker ps').stderr).toContain('docker: command not found');
  });

  test('pulls what it does not have, and says so on standard error', () => {
    const { stdout, stderr } = on('docker run -d --name web nginx:1.27');
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(stderr).toMatch(
      /^Unable to find image 'nginx:1.27' locally\n1.27: Pulling from library\/nginx\n(\w{12}): Pulling fs layer\n[\s\S]*\1: Pull complete\nDigest: sha256:\w{64}\nStatus: Downloaded newer image for nginx:1.27\n$/,
    );
  });

  test('publishes ports to the other machines, and nothing else', () => {
    on('docker run -d --name app -p 8080:80 nginx:1.27');
    expect(on('iptables-save -t nat').stdout).toContain(
      '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.3:80\n',
    );
    expect(
      line('curl -s docker01:8080 | grep -c nginx; ssh node01 curl -sI 192.168.64.20:8080 | head -1').stdout,
    ).toMatch(/^\d+\nHTTP\/1.1 200 OK\r?\n$/);
    expect(line('sudo ip route add 172.17.0.0/16 via 192.168.64.20; curl -s -m 2 172.17.0.2; echo $?').stdout).toBe(
      '28\n',
    );
    expect(on('curl -sI 127.0.0.1:8080 | head -1; curl -sI 172.17.0.2 | head -1').stdout.match(/200 OK/g)).toHaveLength(
      2,
    );
    expect(on('docker logs app | grep -c "^192.168.64.1 "').stdout).toBe('1\n');
    expect(on('docker port app; docker port app 80').stdout).toBe('80/tcp -> 0.0.0.0:8080\n0.0.0.0:8080\n');
  });

  test('containers reach each other and the outside, with the address of the host', () => {
    expect(on('docker exec web curl -s http://172.17.0.3 | grep -c title').stdout).toBe('1\n');
    expect(on('docker run --rm --network container:app busybox:1.36 ip route').stdout).toContain(
      'default via 172.17.0.1 dev eth0',
    );
    expect(on('bridge link').stdout.match(/master docker0 state forwarding/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test('--network container: shares interfaces and 127.0.0.1', () => {
    expect(
      on(
        'docker run --rm --network container:web busybox:1.36 sh -c "hostname -i; wget -q -O - 127.0.0.1 | grep -c title"',
      ).stdout,
    ).toBe('172.17.0.2\n1\n');
    expect(on('docker run --rm --network none busybox:1.36 ip -o link | wc -l').stdout).toBe('1\n');
    expect(on('docker run --rm --network host busybox:1.36 hostname').stdout).toBe('docker01\n');
  });

  test('networks that people make resolve names, and are apart', () => {
    on('docker network create shop; docker run -d --name db --network shop nginx:1.27');
    const client = 'docker run --rm --network shop busybox:1.36';
    expect(on(`${client} wget -q -O - http://db | grep -c title`).stdout).toBe('1\n');
    expect(on(`${client} ping -c 1 -W 1 172.17.0.2`).stdout).toContain('100% packet loss');
    on('docker network connect shop web');
    expect(on('docker run --rm --network container:web busybox:1.36 ip -o a').stdout).toMatch(
      /eth0 .*172\.17\.0\.2\/16[\s\S]*eth1 .*172\.18\.0\.3\/16/,
    );
    expect(on('docker network rm shop')).toMatchObject({ exit: 1 });
    expect(on('docker network ls --format "{{.Name}} {{.Driver}}"').stdout).toBe(
      'bridge bridge\nhost host\nnone null\nshop bridge\n',
    );
  });
});

describe('docker', () => {
  test('shows containers', () => {
    expect(trimmed(on('docker ps --filter name=app').stdout)).toMatch(
      /^CONTAINER ID {3}IMAGE {8}COMMAND {18}CREATED +STATUS +PORTS {18}NAMES\n\w{12} {3}nginx:1.27 {3}"nginx -g daemon off;" {3}.* ago +Up .* {3}0.0.0.0:8080->80\/tcp {3}app\n$/,
    );
    expect(
      on("docker inspect -f '{{.State.Status}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' app").stdout,
    ).toBe('running 172.17.0.3\n');
    expect(on("docker inspect -f '{{json .NetworkSettings.Ports}}' app").stdout).toBe(
      '{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}]}\n',
    );
  });

  test('keeps what a container wrote over a restart, and its log', () => {
    on("docker exec web sh -c 'echo mine > /usr/share/nginx/html/index.html'; docker stop web");
    expect(on('docker ps -a --filter name=web --format "{{.Status}}"').stdout).toMatch(/^Exited \(0\) /);
    on('docker start web');
    expect(on('curl -s $(docker inspect -f "{{.NetworkSettings.IPAddress}}" web)').stdout).toBe('mine\n');
    expect(on('docker logs web 2>&1 | grep -c "start worker processes$"').stdout).toBe('2\n');
  });

  test('refuses in its own words', () => {
    const conflict = on('docker run --name app nginx:1.27');
    expect(conflict).toMatchObject({ exit: 125 });
    expect(conflict.stderr).toMatch(
      /^docker: Error response from daemon: Conflict\. The container name "\/app" is already in use by container "\w{64}"\. You have to remove \(or rename\) that container to be able to reuse that name\.\n\nRun 'docker run --help' for more information\n$/,
    );
    expect(on('docker run -d --name more -p 8080:80 nginx:1.27').stderr).toContain(
      'Bind for 0.0.0.0:8080 failed: port is already allocated',
    );
    expect(on('docker rm app').stderr).toBe(
      'Error response from daemon: cannot remove container "/app": container is running: stop the container before removing or force remove\n',
    );
    expect(on('docker stop nope')).toMatchObject({
      exit: 1,
      stderr: 'Error response from daemon: No such container: nope\n',
    });
    expect(on('docker run --rm busybox:1.36 nope')).toMatchObject({ exit: 127 });
    expect(on('docker run')).toMatchObject({
      exit: 1,
      stderr:
        "docker: 'docker run' requires at least 1 argument\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nSee 'docker run --help' for more information\n",
    });
    expect(on('docker foo').stderr).toBe(
      "docker: unknown command: docker foo\n\nRun 'docker --help' for more information\n",
    );
    expect(on('docker run -it busybox:1.36').stderr).toBe('the input device is not a TTY\n');
    expect(on('systemctl stop docker; docker ps').stderr).toBe(
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
    );
    expect(on('systemctl start docker; docker ps -q | wc -l').stdout).toBe('0\n');
  });
});

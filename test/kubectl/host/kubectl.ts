// Our kubectl as a program of this machine, against a real API server: for differential tests with the oracle.
// It copies the working directory into a world, runs there, sends requests with curl and writes changed files back.
// Bundle: see play.mjs.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { kubectl } from '../../../src/kubectl/kubectl.ts';
import { encode } from '../../../src/world/bytes.ts';
import { Collector, TextInput } from '../../../src/world/files/devices.ts';
import { bodyBytes, type HttpRequest, type HttpResponse } from '../../../src/world/network/http.ts';
import type { OpenFile } from '../../../src/world/open-file.ts';
import { Channel, type Task } from '../../../src/world/task.ts';
import { World } from '../../../src/world/world.ts';

const kubeconfigs = (process.env['KUBECONFIG'] ?? `${os.homedir()}/.kube/config`).split(':');
const world = new World({ seed: 'host', startTime: Date.now() });
const machine = world.addMachine({ hostname: 'host' });
const cwd = process.cwd();
const before = new Map<string, string>();

function load(file: string): void {
  const stat = fs.statSync(file);
  if (stat.isDirectory()) {
    machine.files.makeDirectories(file);
    for (const name of fs.readdirSync(file)) load(path.join(file, name));
  } else if (stat.size < 1 << 20) {
    machine.files.makeDirectories(path.dirname(file));
    const bytes = fs.readFileSync(file);
    before.set(file, bytes.toString('latin1'));
    machine.files.writeFile(file, new Uint8Array(bytes));
  }
}

const words = process.argv.slice(2);
machine.files.makeDirectories(cwd);
load(cwd);
for (const file of kubeconfigs) if (fs.existsSync(path.resolve(file))) load(path.resolve(file));
for (const word of words) {
  const file = path.resolve(word.replace(/^-[-a-z]*=?/, ''));
  if (!file.startsWith(cwd) && file.length > 1 && fs.existsSync(file) && fs.statSync(file).isFile()) load(file);
}

/** Credentials of the real cluster's administrator. */
const admin = fs.readFileSync(process.env['ADMIN_CONF'] ?? kubeconfigs[0] ?? '', 'utf8');
const server = /server: (\S+)/.exec(admin)?.[1] ?? '';
const port = Number(/:(\d+)$/.exec(server)?.[1] ?? '6443');
const folder = `/tmp/ours/pki-${port}`;
fs.mkdirSync(folder, { recursive: true });
for (const [field, file] of [
  ['client-certificate-data', 'crt'],
  ['client-key-data', 'key'],
] as const) {
  const data = new RegExp(`${field}: (\\S+)`).exec(admin)?.[1];
  if (data) fs.writeFileSync(`${folder}/admin.${file}`, Buffer.from(data, 'base64'));
}

function* answer(request: HttpRequest): Task<HttpResponse> {
  const query = request.query.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&');
  const watches = request.query.some(([k]) => k === 'watch');
  const url = `${server}${encodeURI(request.path)}${query ? `?${query}` : ''}`;
  const args = ['-sk', '-i', '-N', '-X', request.method, '--max-time', watches ? '2' : '20'];
  const headers = [...request.headers].flatMap(([name, value]) =>
    value.split('\n').flatMap((line) => ['-H', `${name}: ${line}`]),
  );
  if (!request.headers.has('authorization')) args.push('--cert', `${folder}/admin.crt`, '--key', `${folder}/admin.key`);
  const input = Buffer.from(bodyBytes(request.body));
  if (input.length > 0) args.push('--data-binary', '@-');
  const result = spawnSync('curl', [...args, ...headers, url], { input, maxBuffer: 1 << 28 });
  const text = result.stdout.toString();
  const end = text.indexOf('\r\n\r\n');
  const lines = text.slice(0, end).split('\r\n');
  const status = Number(lines[0]?.split(' ')[1] ?? '0');
  const found = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    const value = line.slice(line.indexOf(':') + 1).trim();
    found.set(name, found.has(name) ? `${found.get(name)}\n${value}` : value);
  }
  const body = text.slice(end + 4);
  if (watches && status === 200) {
    const items = new Channel<unknown>();
    for (const line of body.split('\n')) if (line.trim() !== '') items.push(JSON.parse(line));
    world.loop.after(2000, () => items.end());
    return { status, headers: found, body: { kind: 'stream', items } };
  }
  return { status, headers: found, body: { kind: 'bytes', bytes: encode(body) } };
}

machine.network.listen({ protocol: 'tcp', address: '0.0.0.0', port, owner: undefined, http: answer });

const out = new Collector();
const err = new Collector();
let input = '';
if (!process.stdin.isTTY && (words.includes('-') || words.includes('-i')))
  input = spawnSync('cat', { stdio: ['inherit', 'pipe', 'inherit'] }).stdout.toString();
const child = machine.spawn({
  argv: ['kubectl', ...words],
  main: kubectl.main,
  env: new Map(Object.entries(process.env).map(([key, value]) => [key, value ?? ''])),
  cwd,
  files: new Map<number, OpenFile>([
    [0, new TextInput(input)],
    [1, out],
    [2, err],
  ]),
});
const limit = world.now + 60_000;
while (!child.ended && world.now < limit) world.loop.runUntil(world.now + 1000);
for (const bytes of out.bytes) process.stdout.write(bytes);
for (const bytes of err.bytes) process.stderr.write(bytes);
for (const fault of world.faults) console.error(fault.error);

function save(directory: string): void {
  for (const name of machine.files.readDirectory(directory)) {
    const file = path.join(directory, name);
    if (fs.existsSync(file) && fs.statSync(file).isDirectory()) save(file);
    else if (!name.startsWith('.git')) {
      const bytes = Buffer.from(machine.files.readFile(file));
      if (before.get(file) !== bytes.toString('latin1')) fs.writeFileSync(file, bytes);
    }
  }
}
save(cwd);
for (const file of kubeconfigs.map((one) => path.resolve(one)))
  if (machine.files.exists(file) && before.get(file) !== Buffer.from(machine.files.readFile(file)).toString('latin1'))
    fs.writeFileSync(file, Buffer.from(machine.files.readFile(file)));
process.exitCode = child.ended?.kind === 'exited' ? child.ended.code : 124;

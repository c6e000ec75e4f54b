import { expect, test } from 'vitest';
import { Cluster } from '../../src/cluster/cluster.ts';
import { buildWorld } from '../../src/scenarios/build.ts';
import type { HttpBody, HttpRequest, HttpResponse } from '../../src/world/network/http.ts';
import { World } from '../../src/world/world.ts';
import { TestCluster } from '../cluster/controllers/support.ts';
import { prepare, runStep } from '../conformance/player.ts';
import { brokenText, type Data, Dice, isData, manifestObjects, manifestTexts, mutated } from './mutate.ts';

const REQUESTS = 10_000;
const FILES = 120;
const RECONCILED = 400;
const PATCHES = [
  'application/strategic-merge-patch+json',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
];

const texts = manifestTexts();
const objects = manifestObjects(texts);

/** An administrator's requests to a cluster. */
class Requests {
  private readonly tls: { clientCertificate: string };

  constructor(
    private readonly cluster: Cluster,
    private readonly dice: Dice,
  ) {
    const subject = { commonName: 'admin', organizations: ['system:masters'] };
    this.tls = { clientCertificate: cluster.authority.issue(subject, 365).certificate };
  }

  send(method: string, path: string, value?: unknown, type = 'application/json'): HttpResponse {
    const query: [string, string][] = [];
    if (this.dice.chance(0.1)) query.push(['fieldValidation', this.dice.of(['Strict', 'Ignore', 'Bad'])]);
    if (this.dice.chance(0.1)) query.push(['dryRun', this.dice.of(['All', 'Some'])]);
    if (type === 'application/apply-patch+yaml') query.push(['fieldManager', 'fuzz'], ['force', 'true']);
    const request: HttpRequest = {
      method,
      path,
      query,
      headers: new Map([['content-type', type]]),
      remoteAddress: '192.168.64.1',
      tls: this.tls,
      ...(value === undefined ? {} : { body: this.body(value) }),
    };
    return this.cluster.server.handle(request);
  }

  private body(value: unknown): HttpBody {
    if (!this.dice.chance(0.15)) return { kind: 'json', value };
    const text = JSON.stringify(value);
    const cut = this.dice.chance(0.5) ? text.slice(0, this.dice.below(text.length)) : text;
    return { kind: 'bytes', bytes: new TextEncoder().encode(cut) };
  }

  /** Where objects of a kind are, by what a manifest says of itself. */
  pathOf(object: Data): string {
    const { apiVersion, kind } = object;
    const resource = this.cluster.server.resources.ofKind(String(apiVersion), String(kind));
    if (!resource) return '/api/v1/namespaces/default/pods';
    const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
    return resource.namespaced ? `${root}/namespaces/default/${resource.plural}` : `${root}/${resource.plural}`;
  }
}

function renamed(object: Data, name: string): Data {
  const { metadata } = object;
  return { ...object, metadata: { ...(isData(metadata) ? metadata : {}), name, namespace: undefined } };
}

function nameOf(object: Data): string {
  const { metadata } = object;
  return isData(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : 'x';
}

/** What is wrong with an answer; undefined when it is one that a client can read. */
function complaint({ status, body }: HttpResponse): string | undefined {
  if (status < 400) return undefined;
  const value: unknown = body?.kind === 'json' ? body.value : undefined;
  if (!isData(value) || value['kind'] !== 'Status') return `${status} without a Status`;
  const message = value['message'];
  if (typeof message !== 'string' || message === '') return `${status} without a message`;
  if (/\[object |is not a function|Cannot read|undefined \(|NaN/.test(message)) return message.slice(0, 300);
  return status === 500 && /Internal error/.test(message) ? message.slice(0, 300) : undefined;
}

test('ten thousand mutated manifests are taken or refused with a Status', () => {
  const world = new World({ seed: 'fuzz', startTime: Date.parse('2026-11-21T02:00:00Z') });
  const address = '192.168.64.10:6443';
  const cluster = new Cluster(world, { name: 'kubernetes', address, serviceCidr: '10.96.0.0/12' });
  cluster.apiServerRunning = true;
  cluster.etcdUp = true;
  const dice = new Dice(1);
  const requests = new Requests(cluster, dice);
  requests.send('POST', '/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  const bad: string[] = [];
  let accepted = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const base = dice.chance(0.5) ? dice.of(objects) : renamed(dice.of(objects), `n${dice.below(1000)}`);
    const object = mutated(dice, base);
    const collection = requests.pathOf(base);
    const one = `${collection}/${nameOf(base)}`;
    const verb = dice.below(10);
    try {
      const response =
        verb < 6
          ? requests.send('POST', collection, object)
          : verb < 8
            ? requests.send('PUT', dice.chance(0.2) ? `${one}/${dice.of(['status', 'scale', 'none'])}` : one, object)
            : verb < 9
              ? requests.send('PATCH', one, patchOf(dice, object), dice.of(PATCHES))
              : requests.send(dice.of(['GET', 'DELETE']), one);
      if (response.status < 400) accepted++;
      const wrong = complaint(response);
      if (wrong) bad.push(`${i} ${collection}: ${wrong}`);
    } catch (error) {
      bad.push(`${i} ${collection}: ${error instanceof Error ? error.stack?.slice(0, 500) : String(error)}`);
    }
    if (bad.length > 20) break;
  }
  expect(bad).toEqual([]);
  expect(accepted).toBeGreaterThan(REQUESTS / 50);
});

function patchOf(dice: Dice, object: Data): unknown {
  if (!dice.chance(0.3)) return object;
  const pathOf = () =>
    dice.of(['/spec', '/metadata/labels', '/spec/template/spec/containers/0', '', 'x', '/metadata/name', '/a~2b']);
  return Array.from({ length: dice.below(4) }, () => ({
    op: dice.of(['add', 'remove', 'replace', 'move', 'copy', 'test', 'jump']),
    path: pathOf(),
    from: pathOf(),
    value: object['spec'],
  }));
}

test('controllers live with what was taken', () => {
  const t = new TestCluster();
  const dice = new Dice(32);
  const requests = new Requests(t.cluster, dice);
  for (let i = 0; i < RECONCILED; i++) {
    const base = dice.of(objects);
    const object = mutated(dice, base);
    // Armies of Pods prove nothing but patience.
    const { spec } = object;
    for (const field of ['replicas', 'parallelism', 'completions']) {
      if (isData(spec) && Number(spec[field]) > 3) spec[field] = 3;
    }
    requests.send('POST', requests.pathOf(base), object);
    if (i % 20 === 19) t.run(2);
  }
  t.run(20);
  const programming = t.log.filter((line) =>
    /TypeError|RangeError|ReferenceError|is not a function|Cannot read/.test(line),
  );
  expect([...new Set(programming)].slice(0, 10)).toEqual([]);
});

test('kubectl says what is wrong with a broken file', () => {
  const built = buildWorld('bare', 'fuzz');
  const { folder, home } = prepare(built);
  const dice = new Dice(33);
  const bad: string[] = [];
  for (let i = 0; i < FILES; i++) {
    const text = brokenText(dice, dice.of(texts));
    built.workstation.files.writeFile(`${folder}/m.yaml`, text);
    const command = `kubectl ${dice.of(['create', 'apply', 'apply --server-side', 'replace'])} -f m.yaml --dry-run=${dice.of(['server', 'client', 'none'])}`;
    const { exit, stderr = '', stdout = '' } = runStep(built, command, folder, home);
    if (typeof exit !== 'number' || exit > 1) bad.push(`${i} ${command}: ended with ${exit}`);
    if (exit === 1 && stderr.trim() === '') bad.push(`${i} ${command}: refused without a word`);
    if (/\[object |is not a function|Cannot read|TypeError/.test(stderr + stdout))
      bad.push(`${i} ${command}: ${stderr}`);
  }
  for (const fault of built.world.faults) {
    bad.push(`fault in ${fault.program}: ${fault.error instanceof Error ? fault.error.stack : String(fault.error)}`);
  }
  expect(bad).toEqual([]);
});

/** A course of two lessons over an echoing terminal: what the TUI needs, without a world. */
import type { ClusterMap } from '../../src/course/cluster-map.ts';
import type { TraceView } from '../../src/course/trace-view.ts';
import type {
  ActionResult,
  BusyView,
  CoursePort,
  FileEdit,
  Language,
  LessonSummary,
  LessonView,
  ObjectiveView,
  SessionAction,
  SessionEvent,
  SessionPort,
} from '../../src/tui/port.ts';

const TEXT: Record<Language, readonly string[]> = {
  en: [
    `A **ReplicaSet** keeps a *number* of Pods running: when one is deleted, its controller makes another.

Create one with \`kubectl create -f rs.yaml\`:

\`\`\`yaml
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web
\`\`\`

1. look at the Pods
2. delete one
   - and watch

| Kind | Short name | What for |
|---|:-:|---|
| ReplicaSet | rs | keeps Pods |
| Deployment | deploy | keeps ReplicaSets, and updates them |

> The template's labels must match the selector.`,
    'Scale it to **5**.',
  ],
  ko: [
    `**레플리카셋(ReplicaSet)**은 지정한 *개수*의 파드를 유지합니다. 파드를 지우면 컨트롤러가 새로 만듭니다.

\`kubectl create -f rs.yaml\`로 만들어 보세요:

\`\`\`yaml
kind: ReplicaSet # 레플리카셋
\`\`\`

- 파드 목록을 봅니다 🚀
- 하나를 지웁니다`,
    '**5**개로 늘리세요.',
  ],
};
const TITLES: Record<Language, readonly string[]> = { en: ['Create it', 'Scale it'], ko: ['만들기', '스케일'] };
const OBJECTIVES: Record<Language, readonly (readonly string[])[]> = {
  en: [['ReplicaSet web exists', 'Three Pods are Ready'], ['Five Pods are Ready']],
  ko: [['레플리카셋 web이 있다', '파드 세 개가 Ready이다'], ['파드 다섯 개가 Ready이다']],
};
const HINTS: Record<Language, readonly string[]> = {
  en: ['Look at `kubectl create --help`.', 'The file is `rs.yaml`.'],
  ko: ['`kubectl create --help`를 보세요.', '파일은 `rs.yaml`입니다.'],
};
const PROMPT = '\x1b[32mlearner@workstation\x1b[0m:~$ ';
const encode = (text: string) => new TextEncoder().encode(text);

export const MAP: ClusterMap = {
  name: 'kubernetes',
  nodes: [
    {
      name: 'controlplane',
      ready: true,
      unschedulable: false,
      pods: [{ namespace: 'kube-system', name: 'etcd-controlplane', state: 'ready', note: '' }],
    },
    {
      name: 'node01',
      ready: true,
      unschedulable: true,
      pods: [
        { namespace: 'default', name: 'web-766486c5b6-xnvms', state: 'ready', note: '' },
        { namespace: 'shop', name: 'broken-6c8cf466cd-mpfz4', state: 'failing', note: 'CrashLoopBackOff' },
      ],
    },
    {
      name: 'node02',
      ready: false,
      unschedulable: false,
      pods: [{ namespace: 'default', name: 'web-766486c5b6-ww4mh', state: 'ending', note: 'Terminating' }],
    },
  ],
  unplaced: [{ namespace: 'default', name: 'lost', state: 'starting', note: 'Pending' }],
  services: [
    { namespace: 'default', name: 'kubernetes', type: 'ClusterIP', address: '10.96.0.1', ports: '443', endpoints: [] },
    {
      namespace: 'default',
      name: 'web',
      type: 'NodePort',
      address: '10.103.35.29',
      ports: '80:30123',
      endpoints: [
        { name: 'web-766486c5b6-xnvms', node: 'node01', ready: true },
        { name: 'web-766486c5b6-ww4mh', node: 'node02', ready: false },
      ],
    },
    { namespace: 'shop', name: 'empty', type: 'ClusterIP', address: '10.96.1.2', ports: '80', endpoints: [] },
  ],
};

const POD = 'Pod default/box';
const NODE = 'node node01';
export const TRACE: TraceView = {
  title: 'Pod default/box → Service default/web:80',
  hops: [
    { sign: 'named', place: POD, text: 'web is 10.103.35.29' },
    { sign: 'sent', place: POD, text: 'sends it from 10.244.1.2' },
    { sign: 'moved', place: POD, text: 'eth0 → vethdbcf2f34 → bridge cni0 of node01' },
    { sign: 'changed', place: NODE, text: 'Service default/web: 10.103.35.29:80 → 10.244.2.2:80 (Pod default/web)' },
    { sign: 'routed', place: NODE, text: 'route: 10.244.2.0/24 via 192.168.64.12 dev eth0' },
    { sign: 'denied', place: NODE, text: 'NetworkPolicy default/deny-out denies it (egress)' },
  ],
  end: { accepted: false, text: 'timeout: NetworkPolicy default/deny-out on node node01 does not let it pass' },
};

export class FakeSession implements SessionPort {
  readonly listeners = new Set<(event: SessionEvent) => void>();
  readonly outputs = new Set<(bytes: Uint8Array) => void>();
  readonly performed: SessionAction[] = [];
  readonly sizes: string[] = [];
  readonly traced: string[] = [];
  readonly files = new Map([['rs.yaml', 'kind: ReplicaSet\n']]);
  typed = '';
  notice: string | undefined;
  met = new Set<string>();
  current = 0;
  hintsShown = 0;
  solved = true;
  busyWith: (BusyView & { resolve: (result: ActionResult) => void }) | undefined;
  shellEnded = false;
  /** Whether the world answers to a size at once, as a shell does that draws its prompt. */
  saysSize = false;
  now = Date.UTC(2026, 0, 5, 9, 0, 0);
  closed = false;
  #line = '';
  #screen = '';

  constructor(readonly course: FakeCourse) {
    this.#screen = PROMPT;
  }

  get lesson(): LessonView {
    const { language } = this.course;
    const titles = TITLES[language];
    const objectives = (OBJECTIVES[language][this.current] ?? []).map((title, index): ObjectiveView => {
      const id = `${this.current}-${index}`;
      return { id, title, state: this.met.has(id) ? 'met' : 'open' };
    });
    return {
      id: 'replicaset',
      title: language === 'ko' ? '레플리카셋' : 'ReplicaSet',
      steps: titles.map((title, index) => ({ id: `${index}`, title, done: this.#done(index) })),
      current: this.current,
      text: TEXT[language][this.current] ?? '',
      objectives,
      hasSolution: this.solved,
      hints: { shown: HINTS[language].slice(0, this.hintsShown), total: HINTS[language].length },
    };
  }

  maps() {
    return [MAP];
  }

  trace(words: string, luck: string): TraceView {
    this.traced.push(`${luck}: ${words}`);
    return TRACE;
  }

  #done(step: number): boolean {
    return (OBJECTIVES.en[step] ?? []).every((_, index) => this.met.has(`${step}-${index}`));
  }

  readonly terminal = {
    ended: false,
    onOutput: (listener: (bytes: Uint8Array) => void) => {
      this.outputs.add(listener);
      return () => void this.outputs.delete(listener);
    },
    write: (bytes: Uint8Array) => this.#type(new TextDecoder().decode(bytes)),
    resize: (columns: number, rows: number) => {
      this.sizes.push(`${columns}x${rows}`);
      if (this.saysSize) this.print(`size ${columns}x${rows} `);
    },
    replayScreen: () => [{ columns: 80, rows: 24, bytes: encode(this.#screen) }],
  };

  get clock() {
    return { now: this.now, speed: 1 };
  }
  readonly health = { text: '3/3 nodes', ok: true };
  readonly journal = { saved: true };

  get busy(): BusyView | undefined {
    if (!this.busyWith) return undefined;
    const { resolve: _, ...view } = this.busyWith;
    return view;
  }

  print(text: string): void {
    this.#screen += text;
    for (const listener of this.outputs) listener(encode(text));
  }

  /** An objective comes true. */
  meet(id: string): void {
    this.met.add(id);
    this.emit({ type: 'changed' });
  }

  emit(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  #type(text: string): void {
    this.typed += text;
    for (const char of text) {
      if (char === '\r') {
        this.print(`\r\nyou said: ${this.#line}\r\n${PROMPT}`);
        if (this.#line.includes('create')) this.meet('0-0');
        this.#line = '';
      } else if (char === '\x7f') {
        const last = this.#line.at(-1);
        if (last) this.print(last > '\u1100' ? '\b\b  \b\b' : '\b \b');
        this.#line = this.#line.slice(0, -1);
      } else if (char >= ' ') {
        this.#line += char;
        this.print(char);
      } else this.print(`^${String.fromCharCode(char.charCodeAt(0) + 64)}`);
    }
  }

  perform(action: SessionAction): Promise<ActionResult> {
    this.performed.push(action);
    switch (action.name) {
      case 'check':
        return Promise.resolve({ ok: false, checks: this.#checks() });
      case 'hint':
        this.hintsShown = Math.min(HINTS.en.length, this.hintsShown + 1);
        return Promise.resolve({ ok: true });
      case 'solution':
        return Promise.resolve({ ok: true, solution: '```bash\nkubectl create -f rs.yaml\n```' });
      case 'next':
        if (!this.#done(this.current))
          return Promise.resolve({ ok: false, message: 'not done', checks: this.#checks() });
        this.current = Math.min(1, this.current + 1);
        return Promise.resolve({ ok: true });
      case 'skip':
        this.current = Math.min(1, this.current + 1);
        return Promise.resolve({ ok: true });
      case 'previous':
        this.current = Math.max(0, this.current - 1);
        return Promise.resolve({ ok: true });
      case 'fast-forward':
        return new Promise((resolve) => {
          this.busyWith = { kind: 'fast-forward', fraction: 0.25, resolve };
        });
      case 'undo':
        this.#screen = PROMPT;
        this.emit({ type: 'terminal-reset' });
        return Promise.resolve({ ok: true });
      case 'restart-terminal':
        this.terminal.ended = false;
        this.print(`\r\n${PROMPT}`);
        return Promise.resolve({ ok: true });
      default:
        return Promise.resolve({ ok: true });
    }
  }

  #checks() {
    const { language } = this.course;
    return (OBJECTIVES[language][this.current] ?? []).map((title, index) => ({
      id: `${this.current}-${index}`,
      title,
      ...(this.met.has(`${this.current}-${index}`)
        ? { result: 'passed' as const }
        : {
            result: 'failed' as const,
            points: 0,
            max: 2,
            expected: '3',
            actual: '0',
            why: 'There is no ReplicaSet web in namespace default, so nothing makes Pods.',
          }),
    }));
  }

  /** Ends what `fast-forward` began. */
  finish(): void {
    const busy = this.busyWith;
    this.busyWith = undefined;
    busy?.resolve({ ok: true });
  }

  cancel(): void {
    this.finish();
  }

  editFile(path: string): FileEdit {
    const text = this.files.get(path);
    if (text === undefined) throw new Error(`${path}: No such file or directory`);
    return {
      path,
      text,
      save: (changed) => {
        this.files.set(path, changed);
        return { ok: true };
      },
    };
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  pump(): number {
    this.now += 16;
    return 50;
  }

  close(): void {
    this.closed = true;
  }
}

export class FakeCourse implements CoursePort {
  language: Language;
  lastLesson: string | undefined;
  session: FakeSession | undefined;
  saysSize = false;
  notice: string | undefined;
  readonly #settings = new Map<string, string>();
  readonly settings = {
    get: (name: string) => this.#settings.get(name),
    set: (name: string, value: string) => void this.#settings.set(name, value),
  };

  constructor(language: Language = 'en') {
    this.language = language;
  }

  lessons(): readonly LessonSummary[] {
    const ko = this.language === 'ko';
    return [
      {
        id: 'replicaset',
        title: ko ? '레플리카셋' : 'ReplicaSet',
        summary: ko ? '파드의 개수를 유지하는 컨트롤러' : 'The controller that keeps a number of Pods.',
        searchText: 'rs replicas 복제본',
        minutes: [30, 45],
        steps: 2,
        stepsDone: 1,
        state: 'started',
      },
      {
        id: 'rollback',
        title: ko ? '디플로이먼트 롤백' : 'Deployment rollback',
        summary: ko ? '업데이트와 되돌리기' : 'Update, fail, undo.',
        searchText: 'rollout history undo',
        minutes: [45, 60],
        steps: 8,
        stepsDone: 0,
        state: 'new',
      },
    ];
  }

  async open(): Promise<FakeSession> {
    this.session = new FakeSession(this);
    this.session.saysSize = this.saysSize;
    this.session.notice = this.notice;
    return this.session;
  }
}

import type { HttpResponse } from '../world/network/http.ts';
import { reasonOf } from '../world/network/reasons.ts';
import type { Process } from '../world/process.ts';
import type { Task } from '../world/task.ts';
import { klogLine } from './klog.ts';

/** From here on kubectl logs what it asks. */
const REQUESTS = 6;
const HEADERS = 7;
const BODIES = 8;

/**
 * What kubectl tells of its requests with `-v=6`, and with `-v=7` of their headers. Of the other lines of its log, and of bodies from
 * `-v=8` on, nothing is modelled. client-go: transport/round_trippers.go
 */
export class RequestLog {
  private begun = false;

  constructor(
    private readonly process: Process,
    private readonly verbosity: number,
    /** The files that the configuration came from. */
    private readonly files: readonly string[],
  ) {}

  /** Before a request. The value is the time at which it began, ms. */
  *request(method: string, url: string, headers: ReadonlyMap<string, string>): Task<number> {
    yield* this.begin();
    if (this.verbosity >= HEADERS) {
      const lines = [...headers].map(([name, value]) => `\t${canonical(name)}: ${masked(name, value)}\n`).sort();
      yield* this.tell(
        'round_trippers.go:527',
        `"Request" verb="${method}" url="${url}" headers=<\n${lines.join('')} >`,
      );
    }
    return this.process.now;
  }

  /** After it; without a response there was no connection. */
  *response(method: string, url: string, began: number, response?: HttpResponse): Task {
    if (this.verbosity < REQUESTS) return;
    const status = response ? `${response.status} ${reasonOf(response)}`.trim() : '';
    const what = this.verbosity >= HEADERS ? '' : ` verb="${method}" url="${url}"`;
    const time = Math.round(this.process.now - began);
    yield* this.tell('round_trippers.go:632', `"Response"${what} status="${status}" milliseconds=${time}`);
  }

  private *begin(): Task {
    if (this.begun || this.verbosity < REQUESTS) return;
    this.begun = true;
    if (this.verbosity >= BODIES)
      yield* this.process.printError(
        "kubetutor does not model bodies in kubectl's log: -v=8 and above show what -v=7 does.\n",
      );
    for (const file of this.files) yield* this.tell('loader.go:407', `Config loaded from file:  ${file}`);
  }

  private *tell(where: string, text: string): Task {
    yield* this.process.printError(klogLine(this.process, 'I', where, text));
  }
}

const canonical = (name: string) =>
  name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());

const masked = (name: string, value: string) =>
  name === 'authorization' ? value.replace(/^(\S+) .*$/, '$1 <masked>') : value;

import { Errno } from '../../world/errno.ts';
import { shellStatus } from '../../world/process.ts';
import { parseSignal, SIGNALS, type Signal, signalOf } from '../../world/signals.ts';
import { type Task, wait } from '../../world/task.ts';
import { setScalar } from '../expand/variables-access.ts';
import { waitForJob } from '../jobs/foreground.ts';
import type { Job } from '../jobs/job-table.ts';
import { forget, jobLine } from '../jobs/report.ts';
import type { Shell } from '../state/shell.ts';
import { type Builtin, badOption, fail, parseOptions, print } from './builtin.ts';
import { signalList } from './trap.ts';

/** The job that a `%spec` or a pid names; tells of an unknown one. */
function* jobOf(shell: Shell, name: string, spec: string | undefined): Task<Job | undefined> {
  shell.jobs.poll();
  if (spec === undefined) {
    const job = shell.jobs.current;
    if (!job) yield* fail(shell, name, 'current: no such job');
    return job;
  }
  const found =
    spec.startsWith('%') || !/^\d+$/.test(spec)
      ? shell.jobs.find(spec)
      : (shell.jobs.byPid(Number(spec)) ?? shell.jobs.find(spec));
  if (found === 'ambiguous') {
    yield* fail(shell, name, `${spec}: ambiguous job spec`);
    return undefined;
  }
  if (!found) yield* fail(shell, name, `${spec}: no such job`);
  return found;
}

export const jobs: Builtin = {
  names: ['jobs'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'lnprs');
    if (bad) return yield* badOption(shell, name, bad, 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]');
    shell.jobs.poll();
    const wanted: Job[] = [];
    let status = 0;
    for (const spec of rest) {
      const job = yield* jobOf(shell, name, spec);
      if (job) wanted.push(job);
      else status = 1;
    }
    for (const job of rest.length > 0 ? wanted : [...shell.jobs.jobs]) {
      if (options.has('r') && job.state !== 'running') continue;
      if (options.has('s') && job.state !== 'stopped') continue;
      const text = options.has('p')
        ? String(job.group || job.processes[0]?.pid)
        : jobLine(shell, job, options.has('l') ? 'long' : 'short');
      yield* print(shell, name, `${text}\n`);
      job.unreported = false;
      if (job.state === 'done') forget(shell, job);
    }
    return status;
  },
};

function continueJob(shell: Shell, job: Job): void {
  shell.process.machine.signalGroup(job.group, 'CONT');
  job.statuses.forEach((status, index) => {
    if (status?.kind === 'stopped') job.statuses[index] = undefined;
  });
}

export const fg: Builtin = {
  names: ['fg', 'bg'],
  *run(shell, args, name) {
    if (!shell.monitor) return yield* fail(shell, name, 'no job control');
    const job = yield* jobOf(shell, name, args[0]);
    if (!job) return 1;
    if (job.state === 'done') {
      forget(shell, job);
      return yield* fail(shell, name, 'job has terminated');
    }
    if (name === 'bg') {
      if (job.state === 'running') return yield* fail(shell, name, `job ${job.number} already in background`, 0);
      yield* print(shell, name, `[${job.number}]${shell.jobs.mark(job)} ${job.text} &\n`);
      continueJob(shell, job);
      return 0;
    }
    yield* print(shell, name, `${job.text}\n`);
    shell.jobs.makeCurrent(job);
    if (shell.process.tty) shell.process.tty.foreground = job.group;
    continueJob(shell, job);
    const statuses = yield* waitForJob(shell, job);
    return statuses.at(-1) ?? 0;
  },
};

function* waitOne(shell: Shell, job: Job): Task<number> {
  for (;;) {
    job.poll();
    if (job.state === 'done') break;
    shell.interruptible = true;
    try {
      yield* wait(shell.process.childChange);
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      shell.checkInterrupt();
      const [signal] = shell.pendingTraps;
      if (signal) return 128 + SIGNALS[signal];
    } finally {
      shell.interruptible = false;
    }
    if (shell.pendingTraps.length > 0) return 128 + SIGNALS[shell.pendingTraps[0] ?? 'INT'];
  }
  const status = job.lastStatus;
  if (shell.jobs.jobs.includes(job)) forget(shell, job);
  return status ? shellStatus(status) : 0;
}

export const waitBuiltin: Builtin = {
  names: ['wait'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'fn', 'p');
    if (bad) return yield* badOption(shell, name, bad, 'wait [-fn] [-p var] [id ...]');
    if (options.has('n')) return yield* waitAny(shell, rest, options.get('p'));
    if (rest.length === 0) {
      for (const job of [...shell.jobs.jobs]) {
        if (job.state === 'stopped') continue;
        const status = yield* waitOne(shell, job);
        if (shell.pendingTraps.length > 0) return status;
      }
      return 0;
    }
    let status = 0;
    for (const word of rest) {
      if (word.startsWith('%')) {
        const job = yield* jobOf(shell, name, word);
        status = job ? yield* waitOne(shell, job) : 127;
      } else if (!/^\d+$/.test(word)) {
        status = yield* fail(shell, name, `\`${word}': not a pid or valid job spec`);
      } else {
        const pid = Number(word);
        const job = shell.jobs.byPid(pid);
        const known = shell.jobs.ended.get(pid);
        if (job) status = yield* waitOne(shell, job);
        else if (known !== undefined) status = known;
        else status = yield* fail(shell, name, `pid ${word} is not a child of this shell`, 127);
      }
    }
    return status;
  },
};

function* waitAny(shell: Shell, specs: readonly string[], variable: string | undefined): Task<number> {
  const wanted = (job: Job) =>
    specs.length === 0 || specs.some((spec) => shell.jobs.find(spec) === job || shell.jobs.byPid(Number(spec)) === job);
  for (;;) {
    shell.jobs.poll();
    const mine = shell.jobs.jobs.filter(wanted);
    if (mine.length === 0) return 127;
    const done = mine.find((job) => job.state === 'done');
    if (done) {
      if (variable) setScalar(shell, variable, String(done.lastPid));
      return yield* waitOne(shell, done);
    }
    shell.interruptible = true;
    try {
      yield* wait(shell.process.childChange);
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      shell.checkInterrupt();
    } finally {
      shell.interruptible = false;
    }
    const [signal] = shell.pendingTraps;
    if (signal) return 128 + SIGNALS[signal];
  }
}

export const disown: Builtin = {
  names: ['disown'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'ahr');
    if (bad) return yield* badOption(shell, name, bad, 'disown [-h] [-ar] [jobspec ... | pid ...]');
    const list = options.has('a') || options.has('r') ? [...shell.jobs.jobs] : [];
    if (list.length === 0) {
      const specs = rest.length > 0 ? rest : [undefined];
      for (const spec of specs) {
        const job = yield* jobOf(shell, name, spec);
        if (!job) return 1;
        list.push(job);
      }
    }
    for (const job of list) {
      if (options.has('r') && job.state !== 'running') continue;
      if (options.has('h')) job.disowned = true;
      else shell.jobs.remove(job);
    }
    return 0;
  },
};

export const kill: Builtin = {
  names: ['kill'],
  *run(shell, args, name) {
    let signal: Signal | 0 = 'TERM';
    let rest = [...args];
    const [first = ''] = rest;
    if (first === '-l' || first === '-L') return yield* listSignals(shell, name, rest.slice(1));
    if (first === '-s' || first === '-n') {
      const chosen = parseSignalOrZero(rest[1] ?? '');
      if (chosen === undefined) return yield* fail(shell, name, `${rest[1] ?? ''}: invalid signal specification`);
      signal = chosen;
      rest = rest.slice(2);
    } else if (/^-./.test(first) && first !== '--') {
      const chosen = parseSignalOrZero(first.slice(1));
      if (chosen === undefined) return yield* fail(shell, name, `${first.slice(1)}: invalid signal specification`);
      signal = chosen;
      rest = rest.slice(1);
    }
    if (rest[0] === '--') rest = rest.slice(1);
    if (rest.length === 0) {
      yield* shell.process.printError(
        'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
      );
      return 2;
    }
    let status = 0;
    for (const word of rest) status = (yield* killOne(shell, name, word, signal)) || status;
    // Those that die do so before the shell goes on.
    yield* shell.process.sleep(0);
    return status;
  },
};

function parseSignalOrZero(text: string): Signal | 0 | undefined {
  return text === '0' ? 0 : parseSignal(text);
}

function* listSignals(shell: Shell, name: string, words: readonly string[]): Task<number> {
  if (words.length === 0) return yield* print(shell, name, signalList());
  for (const word of words) {
    const number = Number(word);
    const found = /^\d+$/.test(word) ? signalOf(number > 128 ? number - 128 : number) : parseSignal(word);
    if (!found) return yield* fail(shell, name, `${word}: invalid signal specification`);
    yield* print(shell, name, `${/^\d+$/.test(word) ? found : SIGNALS[found]}\n`);
  }
  return 0;
}

function* killOne(shell: Shell, name: string, word: string, signal: Signal | 0): Task<number> {
  const { machine, credentials } = shell.process;
  if (word.startsWith('%')) {
    const job = yield* jobOf(shell, name, word);
    if (!job) return 1;
    if (signal === 0) return 0;
    if (shell.monitor) machine.signalGroup(job.group, signal);
    else for (const process of job.processes) process.signal(signal);
    if (job.state === 'stopped' && (signal === 'TERM' || signal === 'HUP')) continueJob(shell, job);
    return 0;
  }
  if (!/^-?\d+$/.test(word)) return yield* fail(shell, name, `${word}: arguments must be process or job IDs`);
  const pid = Number(word);
  const targets =
    pid > 0
      ? [machine.pids.find(pid)]
      : [...machine.processes.values()].filter((process) =>
          pid === 0
            ? process.group === shell.process.group
            : pid === -1
              ? process.pid > 1 && process !== shell.process
              : process.group === -pid,
        );
  const present = targets.filter((process) => process !== undefined);
  if (present.length === 0) return yield* fail(shell, name, `(${word}) - No such process`);
  for (const process of present) {
    if (credentials.uid !== 0 && process.credentials.uid !== credentials.uid) {
      return yield* fail(shell, name, `(${word}) - Operation not permitted`);
    }
    if (signal !== 0) machine.pids.signal(process, signal);
  }
  return 0;
}

import { parseSignal, SIGNALS, type Signal, signalOf } from '../../world/signals.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { utility } from './utility.ts';

/** kill(1) of procps; a shell's own is a builtin that knows jobs. */
export const kill = utility({
  name: 'kill',
  usage: '[options] <pid> [...]',
  about: 'Send a signal to a process.',
  *run(tool) {
    const words = [...tool.args];
    let signal: Signal | undefined = 'TERM';
    let probe = false;
    const first = words[0] ?? '';
    if (first === '-l' || first === '-L' || first === '--list') {
      if (words[1] !== undefined) {
        const number = Number(words[1]);
        const name = Number.isNaN(number) ? parseSignal(words[1]) : signalOf(number > 128 ? number - 128 : number);
        if (!name) throw new Fail(`unknown signal name ${words[1]}`);
        tool.put(`${Number.isNaN(number) ? SIGNALS[name] : name}\n`);
      } else tool.put(`${Object.keys(SIGNALS).join(' ')}\n`);
      return 0;
    }
    if (first.startsWith('-') && first !== '--') {
      words.shift();
      const name =
        first === '-s' || first === '-n' || first === '--signal'
          ? (words.shift() ?? '')
          : first.replace(/^--signal=/, '').replace(/^-s?/, '');
      if (name === '0') probe = true;
      else signal = parseSignal(name);
      if (!signal) throw new Fail(tool.busybox ? `bad signal name '${name}'` : `invalid argument '${name}'`);
    }
    if (words[0] === '--') words.shift();
    if (words.length === 0) throw new Usage(tool.busybox ? 'you need to specify whom to kill' : 'not enough arguments');
    for (const word of words) {
      if (!/^-?\d+$/.test(word))
        throw new Fail(tool.busybox ? `invalid number '${word}'` : `failed to parse argument: '${word}'`);
      const pid = Number(word);
      const { machine } = tool.p;
      const one = machine.pids.find(pid);
      const own = [...machine.processes.values()];
      const targets =
        pid > 0
          ? one
            ? [one]
            : []
          : own.filter((one) =>
              pid === 0 ? one.group === tool.p.group : pid === -1 ? one.pid > 1 && one !== tool.p : one.group === -pid,
            );
      if (targets.length === 0) {
        yield* tool.warn(tool.busybox ? `can't kill pid ${word}: No such process` : `(${word}): No such process`);
        continue;
      }
      for (const target of targets) {
        if (tool.who.uid !== 0 && tool.who.uid !== target.credentials.uid)
          yield* tool.warn(`sending signal to ${word} failed: Operation not permitted`);
        else if (!probe && signal) tool.p.machine.pids.signal(target, signal);
      }
    }
    return tool.status;
  },
});

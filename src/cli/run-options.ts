import { parseDuration } from '../course/duration.ts';
import type { CliMessages } from './locale/messages.ts';

export interface RunOptions {
  readonly world: string;
  readonly seed: string;
  readonly copies: readonly { readonly host: string; readonly path: string }[];
  /** ms of virtual time. */
  readonly timeout: number;
  readonly timeoutText: string;
  /** Seconds of computing. */
  readonly cpu: number;
  /** A host file, or `-`. */
  readonly script: string;
  readonly args: readonly string[];
}

/** Options stand before the script: what follows it is the script's. Gives the text of a usage error, or 'help'. */
export function parseRunOptions(args: readonly string[], say: CliMessages): RunOptions | { error: string } | 'help' {
  const values = new Map<string, string>([
    ['--world', 'default'],
    ['--seed', '1'],
    ['--timeout', '24h'],
    ['--cpu', '600'],
  ]);
  const copies: { host: string; path: string }[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--help' || arg === '-h') return 'help';
    if (arg === '--') {
      at++;
      break;
    }
    if (arg === '-' || !arg.startsWith('-')) break;
    const equals = arg.indexOf('=');
    const name = equals < 0 ? arg : arg.slice(0, equals);
    if (name !== '--copy' && !values.has(name)) return { error: say.unknownOption(arg) };
    const value = equals < 0 ? args[++at] : arg.slice(equals + 1);
    if (value === undefined) return { error: say.needsValue(name) };
    if (name !== '--copy') values.set(name, value);
    else {
      const split = value.indexOf('=');
      if (split <= 0 || split === value.length - 1) return { error: say.badOption(name, value) };
      copies.push({ host: value.slice(0, split), path: value.slice(split + 1) });
    }
  }
  const timeoutText = values.get('--timeout') ?? '';
  const timeout = parseDuration(timeoutText);
  if (timeout === undefined || timeout <= 0) return { error: say.badOption('--timeout', timeoutText) };
  const cpuText = values.get('--cpu') ?? '';
  const cpu = Number(cpuText);
  if (!(cpu > 0)) return { error: say.badOption('--cpu', cpuText) };
  const world = values.get('--world') ?? '';
  const seed = values.get('--seed') ?? '';
  return { world, seed, copies, timeout, timeoutText, cpu, script: args[at] ?? '-', args: args.slice(at + 1) };
}

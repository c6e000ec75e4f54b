/** Signal numbers of Linux on x86-64 and arm64. */
export const SIGNALS = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
} as const;

/** Without the prefix SIG. */
export type Signal = keyof typeof SIGNALS;

const IGNORED: ReadonlySet<Signal> = new Set(['CHLD', 'CONT', 'URG', 'WINCH']);
const STOPPING: ReadonlySet<Signal> = new Set(['STOP', 'TSTP', 'TTIN', 'TTOU']);

export function defaultAction(signal: Signal): 'ignore' | 'stop' | 'terminate' {
  if (IGNORED.has(signal)) return 'ignore';
  return STOPPING.has(signal) ? 'stop' : 'terminate';
}

export function isSignal(name: string): name is Signal {
  return Object.hasOwn(SIGNALS, name);
}

/** `9`, `KILL`, `SIGKILL`, `sigkill` → KILL. */
export function parseSignal(text: string): Signal | undefined {
  if (/^\d+$/.test(text)) return signalOf(Number(text));
  const name = text.toUpperCase().replace(/^SIG/, '');
  return isSignal(name) ? name : undefined;
}

export function signalOf(number: number): Signal | undefined {
  for (const [name, value] of Object.entries(SIGNALS)) if (value === number && isSignal(name)) return name;
  return undefined;
}

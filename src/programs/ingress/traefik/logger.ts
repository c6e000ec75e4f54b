import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';

export type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
export type Fields = Readonly<Record<string, string>>;

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'PANIC'];
const SHORT: Readonly<Record<Level, string>> = { DEBUG: 'DBG', INFO: 'INF', WARN: 'WRN', ERROR: 'ERR' };
const COLOURS: Readonly<Record<Level, number>> = { DEBUG: 0, INFO: 32, WARN: 33, ERROR: 31 };

/** One line of Traefik's own log; its fields in the order in which JSON has them. */
export interface Entry {
  readonly level: Level;
  readonly message: string;
  readonly fields: Fields;
}

/** Traefik's log, as zerolog's ConsoleWriter words it: with colours even where nobody sees them. traefik: cmd/traefik/logger.go */
export class Logger {
  constructor(
    private readonly process: Process,
    private readonly options: { readonly level: string; readonly colour: boolean; readonly json: boolean },
  ) {}

  /** Writes a line if its level is wanted. */
  *log(level: Level, message: string, fields: Fields = {}): Task {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.options.level)) return;
    const time = `${new Date(this.process.now).toISOString().slice(0, 19)}Z`;
    yield* this.process.print(
      this.options.json
        ? jsonLine(time, { level, message, fields })
        : consoleLine(time, { level, message, fields }, this.options.colour),
    );
  }
}

function consoleLine(time: string, { level, message, fields }: Entry, colour: boolean): string {
  const paint = (code: number, text: string) => (colour && code > 0 ? `\x1b[${code}m${text}\x1b[0m` : text);
  const text = message === '' ? [] : [level === 'DEBUG' ? message : paint(1, message)];
  const shown = ordered(fields).map(([name, value]) =>
    name === 'error'
      ? `${paint(36, 'error=')}${paint(1, paint(31, quoted(value)))}`
      : `${paint(36, `${name}=`)}${quoted(value)}`,
  );
  return `${[paint(90, time), paint(COLOURS[level], SHORT[level]), ...text, ...shown].join(' ')}\n`;
}

/** The error first, the others by name. zerolog: ConsoleWriter.writeFields */
function ordered(fields: Fields): [string, string][] {
  return Object.entries(fields).sort(([a], [b]) =>
    a === 'error' ? -1 : b === 'error' ? 1 : a < b ? -1 : a > b ? 1 : 0,
  );
}

/** zerolog: needsQuote */
function quoted(value: string): string {
  return /[^\x21-\x7e]|["\\]/.test(value) ? JSON.stringify(value) : value;
}

/** Before the configuration is known, and with `--log.format=json`. */
export function jsonLine(time: string, { level, message, fields }: Entry): string {
  return `${JSON.stringify({ level: level.toLowerCase(), ...fields, time, message })}\n`;
}

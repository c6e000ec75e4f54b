/** How a flag's text becomes a value. The names are pflag's; `tristate` is component-base's bool that knows whether it was set. */
export type FlagType =
  | 'bool'
  | 'tristate'
  | 'string'
  /** A text whose type is not called "string", so help shows its default without quotes. */
  | 'text'
  | 'int'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'float32'
  | 'duration'
  /** Each use adds one item. */
  | 'stringArray'
  /** Each use adds comma-separated items, read as one line of CSV. */
  | 'stringSlice'
  /** Each use adds comma-separated key=value pairs. */
  | 'stringToString';

export type FlagValue = boolean | string | number | readonly string[] | ReadonlyMap<string, string> | undefined;

/** The definition of a flag. Durations are written as Go writes them (`30s`) and read as milliseconds. */
export interface Flag {
  readonly name: string;
  readonly shorthand?: string;
  readonly type: FlagType;
  readonly default: FlagValue;
  readonly usage: string;
  /** The value of the flag when it stands alone; without it a value must follow. */
  readonly noOptDefVal?: string;
  /** The sentence after "has been deprecated, "; the flag is hidden from help. */
  readonly deprecated?: string;
  readonly hidden?: boolean;
  readonly required?: boolean;
  /** Raises the text of the value's error: types with their own rules. */
  readonly check?: (text: string) => void;
}

export type FlagOptions = Partial<
  Pick<Flag, 'shorthand' | 'noOptDefVal' | 'deprecated' | 'hidden' | 'required' | 'check'>
>;

function define(type: FlagType, name: string, fallback: FlagValue, usage: string, options: FlagOptions = {}): Flag {
  return { name, type, default: fallback, usage, ...options };
}

export function bool(name: string, fallback: boolean, usage: string, options: FlagOptions = {}): Flag {
  return define('bool', name, fallback, usage, { noOptDefVal: 'true', ...options });
}

export function string(name: string, fallback: string, usage: string, options: FlagOptions = {}): Flag {
  return define('string', name, fallback, usage, options);
}

export function int(name: string, fallback: number, usage: string, options: FlagOptions = {}): Flag {
  return define('int', name, fallback, usage, options);
}

export function int32(name: string, fallback: number, usage: string, options: FlagOptions = {}): Flag {
  return define('int32', name, fallback, usage, options);
}

export function int64(name: string, fallback: number, usage: string, options: FlagOptions = {}): Flag {
  return define('int64', name, fallback, usage, options);
}

/** `fallback` in milliseconds. */
export function duration(name: string, fallback: number, usage: string, options: FlagOptions = {}): Flag {
  return define('duration', name, fallback, usage, options);
}

export function stringArray(name: string, usage: string, options: FlagOptions = {}): Flag {
  return define('stringArray', name, [], usage, options);
}

export function stringSlice(
  name: string,
  usage: string,
  options: FlagOptions = {},
  fallback: readonly string[] = [],
): Flag {
  return define('stringSlice', name, fallback, usage, options);
}

export function stringToString(name: string, usage: string, options: FlagOptions = {}): Flag {
  return define('stringToString', name, new Map(), usage, options);
}

export function flagOfType(
  type: FlagType,
  name: string,
  fallback: FlagValue,
  usage: string,
  options: FlagOptions = {},
): Flag {
  return define(type, name, fallback, usage, options);
}

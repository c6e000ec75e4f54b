/** What `complete` has registered for a command. */
export interface CompletionSpec {
  readonly functionName?: string;
  readonly words?: string;
  readonly command?: string;
  readonly glob?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly filter?: string;
  /** Letters of the actions: a alias, b builtin, c command, d directory, f file, v variable … */
  readonly actions: readonly string[];
  readonly options: ReadonlySet<string>;
}

/** The table of `complete`. */
export class Completions {
  readonly byCommand = new Map<string, CompletionSpec>();
  /** Options set by `compopt` while a completion function runs. */
  current: Set<string> | undefined;
}

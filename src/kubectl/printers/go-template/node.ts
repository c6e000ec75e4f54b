/** What a Go template is made of. Go: text/template/parse/node.go. `at`: offset in the text, for error messages. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined; readonly at: number }
  | { readonly kind: 'break' | 'continue' };

export interface Pipe {
  readonly at: number;
  /** Variables that are set; `declares`: with `:=`. */
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

export interface Command {
  readonly at: number;
  readonly arguments: readonly Operand[];
}

export type Operand =
  | { readonly kind: 'dot'; readonly at: number; readonly text: string }
  | { readonly kind: 'field'; readonly at: number; readonly text: string; readonly names: readonly string[] }
  | {
      readonly kind: 'variable';
      readonly at: number;
      readonly text: string;
      readonly name: string;
      readonly names: readonly string[];
    }
  | {
      readonly kind: 'chain';
      readonly at: number;
      readonly text: string;
      readonly base: Operand;
      readonly names: readonly string[];
    }
  | { readonly kind: 'function'; readonly at: number; readonly text: string; readonly name: string }
  | { readonly kind: 'pipe'; readonly at: number; readonly text: string; readonly pipe: Pipe }
  | { readonly kind: 'literal'; readonly at: number; readonly text: string; readonly value: Runtime };

/** A whole number that the template itself made: an int, where those of the data are int64. */
export class GoInt {
  constructor(readonly value: number) {}
}

/** A float of the template with a whole value, such as 2.0. */
export class GoFloat {
  constructor(readonly value: number) {}
}

/** A value while a template runs; undefined is no value. */
export type Runtime =
  | undefined
  | null
  | boolean
  | number
  | string
  | GoInt
  | GoFloat
  | readonly Runtime[]
  | { readonly [key: string]: Runtime };

/** The program of awk as a tree. */
export type Node =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'regex'; readonly source: string }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'index'; readonly name: string; readonly subscripts: readonly Node[] }
  | { readonly type: 'field'; readonly of: Node }
  | { readonly type: 'group'; readonly list: readonly Node[] }
  | { readonly type: 'unary'; readonly operator: '!' | '-' | '+'; readonly of: Node }
  | { readonly type: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly type: 'match'; readonly negated: boolean; readonly left: Node; readonly right: Node }
  | { readonly type: 'in'; readonly subscripts: readonly Node[]; readonly name: string }
  | { readonly type: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly type: 'ternary'; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly type: 'assign'; readonly operator: string; readonly target: Node; readonly value: Node }
  | { readonly type: 'step'; readonly by: 1 | -1; readonly prefix: boolean; readonly target: Node }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly type: 'builtin'; readonly name: string; readonly args: readonly Node[] }
  | {
      readonly type: 'getline';
      readonly target: Node | undefined;
      readonly from: 'main' | 'file' | 'command';
      readonly source: Node | undefined;
    };

export type Statement =
  | { readonly type: 'expression'; readonly value: Node }
  | {
      readonly type: 'print';
      readonly format: boolean;
      readonly args: readonly Node[];
      readonly to: { readonly kind: '>' | '>>' | '|'; readonly path: Node } | undefined;
    }
  | { readonly type: 'block'; readonly body: readonly Statement[] }
  | { readonly type: 'if'; readonly test: Node; readonly yes: Statement; readonly no: Statement | undefined }
  | { readonly type: 'while'; readonly test: Node; readonly body: Statement }
  | { readonly type: 'do'; readonly test: Node; readonly body: Statement }
  | {
      readonly type: 'for';
      readonly start: Statement | undefined;
      readonly test: Node | undefined;
      readonly step: Statement | undefined;
      readonly body: Statement;
    }
  | { readonly type: 'forin'; readonly name: string; readonly array: string; readonly body: Statement }
  | { readonly type: 'delete'; readonly name: string; readonly subscripts: readonly Node[] | undefined }
  | { readonly type: 'next' | 'nextfile' | 'break' | 'continue' }
  | { readonly type: 'exit' | 'return'; readonly value: Node | undefined };

export interface Rule {
  readonly kind: 'BEGIN' | 'END' | 'pattern' | 'range';
  readonly pattern: Node | undefined;
  readonly end: Node | undefined;
  /** Undefined: print the record. */
  readonly body: Statement | undefined;
}

export interface UserFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, UserFunction>;
}

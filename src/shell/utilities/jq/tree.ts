import type { Json } from './json.ts';

export type Pattern =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'array'; readonly items: readonly Pattern[] }
  | {
      readonly type: 'object';
      readonly members: readonly {
        readonly key: Filter;
        readonly bind: string | undefined;
        readonly value: Pattern | undefined;
      }[];
    };

export interface Definition {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Filter;
}

/** A jq program as a tree. */
export type Filter =
  | { readonly type: 'identity' | 'recurse' }
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'string'; readonly parts: readonly (string | Filter)[]; readonly format: string | undefined }
  | { readonly type: 'format'; readonly name: string }
  | { readonly type: 'index'; readonly of: Filter; readonly key: Filter }
  | { readonly type: 'slice'; readonly of: Filter; readonly from: Filter | undefined; readonly to: Filter | undefined }
  | { readonly type: 'iterate'; readonly of: Filter }
  | { readonly type: 'optional'; readonly of: Filter }
  | { readonly type: 'array'; readonly of: Filter | undefined }
  | { readonly type: 'object'; readonly members: readonly { readonly key: Filter; readonly value: Filter }[] }
  | { readonly type: 'negate'; readonly of: Filter }
  | { readonly type: 'pipe' | 'comma' | 'and' | 'or' | 'alternative'; readonly left: Filter; readonly right: Filter }
  | { readonly type: 'binary'; readonly operator: string; readonly left: Filter; readonly right: Filter }
  | { readonly type: 'update'; readonly operator: string; readonly left: Filter; readonly right: Filter }
  | { readonly type: 'if'; readonly test: Filter; readonly yes: Filter; readonly no: Filter | undefined }
  | { readonly type: 'try'; readonly body: Filter; readonly handler: Filter | undefined }
  | {
      readonly type: 'reduce';
      readonly source: Filter;
      readonly patterns: readonly Pattern[];
      readonly start: Filter;
      readonly update: Filter;
    }
  | {
      readonly type: 'foreach';
      readonly source: Filter;
      readonly patterns: readonly Pattern[];
      readonly start: Filter;
      readonly update: Filter;
      readonly extract: Filter | undefined;
    }
  | { readonly type: 'as'; readonly source: Filter; readonly patterns: readonly Pattern[]; readonly body: Filter }
  | { readonly type: 'define'; readonly definition: Definition; readonly body: Filter }
  | { readonly type: 'label'; readonly name: string; readonly body: Filter }
  | { readonly type: 'break'; readonly name: string }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Filter[] };

/** What a jsonpath template is made of. kubernetes: client-go/util/jsonpath/node.go */
export type Node =
  | { readonly kind: 'list'; readonly nodes: Node[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'number'; readonly value: number; readonly float: boolean }
  | { readonly kind: 'bool'; readonly value: boolean }
  | {
      readonly kind: 'array';
      readonly from?: number;
      readonly to?: number;
      readonly single: boolean;
      readonly step?: number;
    }
  | { readonly kind: 'union'; readonly parts: readonly Node[][] }
  | {
      readonly kind: 'filter';
      readonly left: readonly Node[];
      readonly right: readonly Node[];
      readonly operator: string;
    };
